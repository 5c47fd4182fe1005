//! From the value of a key expression to the identifier under which its record is kept.

use serde::Serialize;
use serde_json::Value;

use super::options::{Form, Options};
use super::refused::Refused;
use super::{compat, hash};

/// What a key expression may be: anything that derives `serde::Serialize`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can be neither `key` nor `verify` of `#[idempotent]`",
    label = "not a value that serde serialises",
    note = "lambkin::E118: derive `serde::Serialize` for it, or name the fields that identify the event: `key = (order.id, \
            order.line)`"
)]
#[doc(hidden)]
pub trait IdempotencyKey {
    /// The value as JSON.
    fn json(&self) -> Result<Value, serde_json::Error>;
}

// Not named in errors: they would speak of serde, and not of the key.
#[diagnostic::do_not_recommend]
impl<T: Serialize + ?Sized> IdempotencyKey for T {
    fn json(&self) -> Result<Value, serde_json::Error> {
        serde_json::to_value(self)
    }
}

/// The value of a key expression, or of what is to be verified.
#[doc(hidden)]
pub struct Key(Value);

impl Key {
    /// Takes the value of an expression.
    ///
    /// # Errors
    /// If it is not JSON: a map whose keys are no text, say.
    pub fn of(key: &(impl IdempotencyKey + ?Sized)) -> Result<Self, Refused> {
        // serde's own words may quote the value.
        key.json().map(Self).map_err(|error| Refused::BadKey(crate::decode::without_values(&error.to_string())))
    }

    /// Takes those of a compound key's parts.
    ///
    /// # Errors
    /// If one of them is not JSON.
    pub fn compound<const N: usize>(parts: [Result<Self, Refused>; N]) -> Result<Self, Refused> {
        let values = parts.into_iter().map(|part| part.map(|Self(value)| value));
        values.collect::<Result<_, _>>().map(|values| Self(Value::Array(values)))
    }

    /// Whether nothing or not all is there that would tell this event from others. Other libraries are less strict, and
    /// who shares their keys has to find them.
    fn is_missing(&self, form: Form) -> bool {
        match form {
            Form::Lambkin => self.is_incomplete(),
            Form::PowertoolsPython => compat::is_missing_in_python(&self.0),
            Form::PowertoolsTypescript => compat::is_missing_in_typescript(&self.0),
        }
    }

    fn is_incomplete(&self) -> bool {
        let is_empty = |value: &Value| match value {
            Value::Null => true,
            Value::String(text) => text.is_empty(),
            Value::Array(items) => items.is_empty(),
            Value::Object(fields) => fields.is_empty(),
            Value::Bool(_) | Value::Number(_) => false,
        };
        match &self.0 {
            // The parts of a compound key: `(tenant, order)`.
            Value::Array(parts) if !parts.is_empty() => parts.iter().any(is_empty),
            whole => is_empty(whole),
        }
    }

    /// The identifier of the record, in which the key itself can't be read; `None` if the key is missing.
    pub(crate) fn id(&self, options: &Options, function: &str, tenant: Option<&str>) -> Option<String> {
        if self.is_missing(options.form) {
            return None;
        }
        let hash = match options.form {
            // The tenant goes into the hash: nobody else's key comes to the same.
            Form::Lambkin => hash::sha256(hash::canonical(&Value::Array(vec![tenant.into(), self.0.clone()]))),
            Form::PowertoolsPython => compat::python_hash(&self.0),
            Form::PowertoolsTypescript => compat::typescript_hash(&self.0),
        };
        Some(format!("{}#{hash}", options.scope.replace("{function}", function)))
    }

    /// The hash of what has to be the same whenever the key is.
    pub(crate) fn validation(&self, options: &Options) -> String {
        match options.form {
            Form::Lambkin => hash::sha256(hash::canonical(&self.0)),
            Form::PowertoolsPython => compat::python_hash(&self.0),
            Form::PowertoolsTypescript => compat::typescript_hash(&self.0),
        }
    }
}
