//! JSON that is written as what a format makes JSON of.

use serde_json::{Number, Value};

use crate::template::terraform::hcl::Expr;
use crate::template::yaml::{Map, Node};

/// The largest whole number that a reader keeps as it is which has only fractions.
const LARGEST: u64 = 1 << 53;

/// A number that each format writes as it stands here: Lambda compares numbers as texts, and tells 300 from 300.0.
fn whole(number: &Number) -> Option<i64> {
    number.as_i64().filter(|whole| whole.unsigned_abs() <= LARGEST)
}

impl Node {
    /// JSON as YAML; none where a number would not come back as it is written.
    pub(crate) fn from_json(value: &Value) -> Option<Self> {
        Some(match value {
            Value::Null => Self::Null,
            Value::Bool(flag) => Self::Flag(*flag),
            Value::Number(number) => Self::Number(whole(number)?),
            Value::String(text) => Self::Text(text.clone()),
            Value::Array(items) => Self::List(items.iter().map(Self::from_json).collect::<Option<_>>()?),
            Value::Object(fields) => {
                let mut map = Map::new();
                for (key, value) in fields {
                    map.set(key, Self::from_json(value)?);
                }
                Self::Map(map)
            }
        })
    }
}

impl Expr {
    /// JSON as what `jsonencode` makes it of; none where a number would not come back as it is written.
    pub(crate) fn from_json(value: &Value) -> Option<Self> {
        Some(match value {
            Value::Null => Self::Raw("null".to_owned()),
            Value::Bool(flag) => Self::Flag(*flag),
            Value::Number(number) => Self::Number(whole(number)?),
            Value::String(text) => text.into(),
            Value::Array(items) => Self::List(items.iter().map(Self::from_json).collect::<Option<_>>()?),
            Value::Object(fields) => {
                let field = |(key, value): (&String, _)| Some((key.clone(), Self::from_json(value)?));
                Self::Object(fields.iter().map(field).collect::<Option<_>>()?)
            }
        })
    }
}
