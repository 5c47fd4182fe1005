//! From the type of a parameter to the schema of what it is decoded from, in the order in which generated code takes
//! parameters: an extractor has none, whatever it implements. Each step stands behind one reference less than the one before.

use std::marker::PhantomData;

use schemars::consts::meta_schemas::DRAFT2020_12;
use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::batch::whole::Batch;
use crate::http::{FORM, Form, FromBody};
use crate::record::{Decode, FromRecord};
use crate::source::dynamodb::Change;

/// A type whose schema is known: one that implements `JsonSchema`, or one of ours around such types.
#[doc(hidden)]
pub trait Shape {
    /// The schema, where others may stand beside it.
    fn part(generator: &mut SchemaGenerator) -> Schema;

    /// The whole schema.
    fn whole() -> Schema;
}

fn generator() -> SchemaGenerator {
    SchemaSettings::draft2020_12().into_generator()
}

impl<T: JsonSchema> Shape for T {
    fn part(generator: &mut SchemaGenerator) -> Schema {
        generator.subschema_for::<T>()
    }

    fn whole() -> Schema {
        generator().into_root_schema_for::<T>()
    }
}

/// That of one record.
impl<T: Shape, M> Shape for Batch<T, M> {
    fn part(generator: &mut SchemaGenerator) -> Schema {
        T::part(generator)
    }

    fn whole() -> Schema {
        T::whole()
    }
}

/// That of the item, which has to be both where the images are of two types: one of them is its key then.
impl<N: Shape, O: Shape> Shape for Change<N, O> {
    fn part(generator: &mut SchemaGenerator) -> Schema {
        let (new, old) = (N::part(generator), O::part(generator));
        if new == old {
            return new;
        }
        let mut both = Schema::default();
        both.insert("allOf".to_owned(), json!([new, old]));
        both
    }

    fn whole() -> Schema {
        let mut generator = generator();
        let mut schema = Self::part(&mut generator);
        let words = schema.ensure_object();
        words.insert("$schema".to_owned(), json!(DRAFT2020_12));
        let definitions = generator.take_definitions(true);
        if !definitions.is_empty() {
            words.insert("$defs".to_owned(), Value::Object(definitions));
        }
        schema
    }
}

/// A schema that says something; `serde_json::Value` has one that lets everything pass.
fn said(schema: Schema) -> Option<Value> {
    let is_about_values = |word: &String| !matches!(word.as_str(), "$schema" | "title" | "description");
    let says_something = schema.as_object().is_some_and(|words| words.keys().any(is_about_values));
    says_something.then(|| schema.to_value())
}

/// A parameter that is taken out of an `R`.
#[doc(hidden)]
pub struct Taken<T, R>(PhantomData<fn(R) -> T>);

impl<T, R> Taken<T, R> {
    /// Of this type.
    #[allow(clippy::new_without_default, reason = "generated code calls it by its name")]
    pub const fn new() -> Self {
        Self(PhantomData)
    }
}

/// The body of a request.
#[doc(hidden)]
pub struct Body<T>(PhantomData<fn() -> T>);

impl<T> Body<T> {
    /// Of this type.
    #[allow(clippy::new_without_default, reason = "generated code calls it by its name")]
    pub const fn new() -> Self {
        Self(PhantomData)
    }
}

#[doc(hidden)]
pub trait OfExtractor<'r, T, R> {
    /// None: it leaves the payload to others.
    fn schema(&self) -> Option<Value> {
        None
    }
}

impl<'r, T: FromRecord<'r, R>, R> OfExtractor<'r, T, R> for &&Taken<T, R> {}

#[doc(hidden)]
pub trait OfPayload<'r, T: Shape, R> {
    /// The payload's.
    fn schema(&self) -> Option<Value> {
        said(T::whole())
    }
}

impl<'r, T: Shape, R: Decode<'r, T>> OfPayload<'r, T, R> for &Taken<T, R> {}

#[doc(hidden)]
pub trait OfForm<T: Shape> {
    /// That of a text, whose fields are the form's.
    fn schema(&self) -> Option<Value> {
        let mut fields = said(T::whole())?;
        let words = fields.as_object_mut()?;
        // They hold for the whole document.
        let outer: Vec<(String, Value)> =
            ["$schema", "$defs"].iter().filter_map(|word| words.remove_entry(*word)).collect();
        let mut form = json!({"type": "string", "contentMediaType": FORM, "contentSchema": fields});
        form.as_object_mut()?.extend(outer);
        Some(form)
    }
}

impl<T: Shape> OfForm<T> for &&&Body<Form<T>> {}

#[doc(hidden)]
pub trait OfBody<'r, T> {
    /// None: it takes the body in a way of its own, which may not be JSON.
    fn schema(&self) -> Option<Value> {
        None
    }
}

impl<'r, T: FromBody<'r>> OfBody<'r, T> for &&Body<T> {}

#[doc(hidden)]
pub trait OfJson<'r, T: Shape> {
    /// The body's.
    fn schema(&self) -> Option<Value> {
        said(T::whole())
    }
}

impl<'r, T: Shape + Deserialize<'r>> OfJson<'r, T> for &Body<T> {}

#[doc(hidden)]
pub trait OfAny {
    /// None: the type says nothing.
    fn schema(&self) -> Option<Value> {
        None
    }
}

impl<T, R> OfAny for Taken<T, R> {}

impl<T> OfAny for Body<T> {}
