//! Event sources, one file each: how an event is decoded, which order its records keep, what is answered.

mod invoke;
mod sqs;

pub use invoke::{Event, Invoke};
pub use sqs::{MessageAttribute, Sqs, SqsAttributes, SqsMessage, SqsRecord};

use std::borrow::Cow;
use std::fmt;
use std::future::Future;

use futures_util::future::BoxFuture;
use serde::{Deserialize, Deserializer, de};
use serde_json::value::RawValue;

use crate::call::Call;
use crate::error::{Failure, InvocationError};

/// An event source: decodes an event, drives the handler over its records, and answers.
#[doc(hidden)]
pub trait Source: Sized + Send + Sync + 'static {
    /// What the handler's parameters are taken from; borrows from the event.
    type Record<'e>: Sync;

    /// What the source keeps of a handler's result until it responds.
    type Answer: Send;

    /// Serves one event.
    fn serve<'c, H: OnRecord<Self>>(
        handler: &'c H,
        call: &'c Call<'c>,
    ) -> impl Future<Output = Result<Vec<u8>, InvocationError>> + Send + 'c;
}

/// A handler bound to the app, as the attribute macro generates it.
#[doc(hidden)]
pub trait OnRecord<S: Source>: Send + Sync + 'static {
    /// Runs the handler on one record.
    fn on<'a>(
        &'a self,
        record: &'a S::Record<'a>,
        call: &'a Call<'a>,
    ) -> impl Future<Output = Result<S::Answer, Failure>> + Send + 'a;

    /// Shows a record to the user's hook before its last attempt ends, if there is a hook.
    fn on_last_attempt<'a>(&'a self, _record: &'a S::Record<'a>, _failure: &Failure) -> Option<BoxFuture<'a, ()>> {
        None
    }
}

/// A source whose records a hook can be shown.
#[doc(hidden)]
pub trait Messages: Source {
    /// The record as users know it.
    type Message<'r>;

    /// Shows a record.
    fn message<'r>(record: &'r Self::Record<'r>) -> Self::Message<'r>;
}

/// A JSON string, borrowed from the event unless it holds an escape.
///
/// `Cow` alone would not do: serde decodes an owned string into it.
pub(crate) struct Text<'e>(pub(crate) Cow<'e, str>);

impl<'de: 'e, 'e> Deserialize<'de> for Text<'e> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;

        impl<'de> de::Visitor<'de> for Visitor {
            type Value = Text<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }

            fn visit_borrowed_str<E: de::Error>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Text(Cow::Borrowed(text)))
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Text(Cow::Owned(text.to_owned())))
            }

            fn visit_string<E: de::Error>(self, text: String) -> Result<Self::Value, E> {
                Ok(Text(Cow::Owned(text)))
            }
        }

        deserializer.deserialize_str(Visitor)
    }
}

/// A field that is looked at only when asked for: skipped with the event, decoded on its own.
pub(crate) type Lazy<'e> = Option<&'e RawValue>;

/// The text of a lazy field; a number or a boolean as it is written, anything else as absent.
pub(crate) fn lazy_text<'e>(field: Lazy<'e>) -> Option<Cow<'e, str>> {
    let json = field?.get();
    match json.as_bytes().first()? {
        b'"' => serde_json::from_str::<Text<'e>>(json).ok().map(|text| text.0),
        b'{' | b'[' | b'n' => None,
        _ => Some(Cow::Borrowed(json)),
    }
}

/// A lazy field that has to be a string; else what it is instead.
pub(crate) fn lazy_string(field: Lazy<'_>) -> Result<Cow<'_, str>, &'static str> {
    match field.map(RawValue::get) {
        None | Some("null") => Err("is missing"),
        Some(json) => serde_json::from_str::<Text<'_>>(json).map(|text| text.0).map_err(|_| "is not a string"),
    }
}

/// One field of a lazy object; absent where the object is none.
pub(crate) fn lazy_field<'e>(object: Lazy<'e>, name: &str) -> Lazy<'e> {
    let fields = lazy_fields(object);
    fields.into_iter().find(|(key, _)| key == name).map(|(_, value)| value)
}

/// The fields of a lazy object, in their order; none where it is no object.
pub(crate) fn lazy_fields(object: Lazy<'_>) -> Vec<(Cow<'_, str>, &RawValue)> {
    struct Visitor;

    impl<'de> de::Visitor<'de> for Visitor {
        type Value = Vec<(Cow<'de, str>, &'de RawValue)>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object")
        }

        fn visit_map<A: de::MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut fields = Vec::new();
            while let Some((Text(name), value)) = map.next_entry()? {
                fields.push((name, value));
            }
            Ok(fields)
        }
    }

    let json = object.map_or("null", RawValue::get);
    serde_json::Deserializer::from_str(json).deserialize_map(Visitor).unwrap_or_default()
}

/// The event as text. serde_json then lends strings without checking each of them again.
pub(crate) fn event_text<'c>(call: &Call<'c>) -> Result<&'c str, InvocationError> {
    std::str::from_utf8(call.event)
        .map_err(|error| InvocationError::bad_event(format!("the event is not UTF-8 text: {error}")))
}
