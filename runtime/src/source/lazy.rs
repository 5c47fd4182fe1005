//! Fields of an event that are looked at only when asked for: skipped with the event, decoded on their own, so
//! that one of an odd type fails its record and not the batch.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;
use std::time::{Duration, SystemTime};

use base64::Engine;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde::{Deserialize, Deserializer, de};
use serde_json::value::RawValue;

use crate::decode;
use crate::error::{Failure, InvocationError};

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

/// The same, also of what is half a pair of surrogates: such a character is replaced.
struct Lossy<'e>(Cow<'e, str>);

impl<'de: 'e, 'e> Deserialize<'de> for Lossy<'e> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;

        impl<'de> de::Visitor<'de> for Visitor {
            type Value = Lossy<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }

            fn visit_borrowed_bytes<E: de::Error>(self, text: &'de [u8]) -> Result<Self::Value, E> {
                Ok(Lossy(String::from_utf8_lossy(text)))
            }

            fn visit_bytes<E: de::Error>(self, text: &[u8]) -> Result<Self::Value, E> {
                Ok(Lossy(Cow::Owned(String::from_utf8_lossy(text).into_owned())))
            }
        }

        // serde_json checks the surrogates of a string, and not those of bytes.
        deserializer.deserialize_bytes(Visitor)
    }
}

/// A field as it is written.
pub(crate) type Lazy<'e> = Option<&'e RawValue>;

/// A struct of lazy fields, each with its name in JSON: what it is expected to be, for errors, stands behind the
/// struct's name. Not derived: serde's code for it is several times as large, and takes a list for the fields.
macro_rules! lazy_fields {
    ($(#[$attribute:meta])* struct $name:ident: $expected:literal { $($(#[$doc:meta])* $field:ident: $json:literal,)* }) => {
        $(#[$attribute])*
        struct $name<'e> {
            $($(#[$doc])* $field: Lazy<'e>,)*
        }

        impl<'de: 'e, 'e> serde::Deserialize<'de> for $name<'e> {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let [$($field),*] = $crate::source::lazy::named(deserializer, $expected, &[$($json),*])?;
                Ok(Self { $($field),* })
            }
        }
    };
}

pub(crate) use lazy_fields;

/// The fields of these names.
pub(crate) fn named<'de, D: Deserializer<'de>, const N: usize>(
    deserializer: D,
    expected: &'static str,
    names: &'static [&'static str; N],
) -> Result<[Lazy<'de>; N], D::Error> {
    struct Named<const N: usize> {
        expected: &'static str,
        names: &'static [&'static str; N],
    }

    impl<'de, const N: usize> de::Visitor<'de> for Named<N> {
        type Value = [Lazy<'de>; N];

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str(self.expected)
        }

        fn visit_map<A: de::MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut fields = [None; N];
            while let Some(Text(name)) = map.next_key()? {
                let value = map.next_value()?;
                let place = self.names.iter().zip(&mut fields).find(|(field, _)| **field == name);
                let Some((field, place)) = place else { continue };
                if place.is_some() {
                    return Err(de::Error::duplicate_field(field));
                }
                *place = Some(value);
            }
            // What is null is as good as absent.
            Ok(fields.map(|field: Option<&RawValue>| field.filter(|value| value.get() != "null")))
        }
    }

    deserializer.deserialize_map(Named { expected, names })
}

/// The text of a field; a number or a boolean as it is written, anything else as absent.
pub(crate) fn text<'e>(field: Lazy<'e>) -> Option<Cow<'e, str>> {
    let json = field?.get();
    match json.as_bytes().first()? {
        b'"' => serde_json::from_str::<Text<'e>>(json).ok().map(|text| text.0),
        b'{' | b'[' | b'n' => None,
        _ => Some(Cow::Borrowed(json)),
    }
}

/// A field that has to be a string; else what it is instead.
pub(crate) fn string(field: Lazy<'_>) -> Result<Cow<'_, str>, &'static str> {
    match field.map(RawValue::get) {
        None | Some("null") => Err("is missing"),
        Some(json) => serde_json::from_str::<Text<'_>>(json).map(|text| text.0).map_err(|_| "is not a string"),
    }
}

/// The text of a string that a client had a hand in: what can't be a character is replaced, so that nobody takes the
/// event for a broken one.
pub(crate) fn lossy(field: Lazy<'_>) -> Option<Cow<'_, str>> {
    let json = field.map(RawValue::get).filter(|json| json.starts_with('"'))?;
    serde_json::from_str::<Lossy<'_>>(json).ok().map(|text| text.0)
}

/// One field of an object; absent where the object is none.
pub(crate) fn field<'e>(object: Lazy<'e>, name: &str) -> Lazy<'e> {
    fields(object).into_iter().find(|(key, _)| key == name).map(|(_, value)| value)
}

/// The fields of an object, in their order; none where it is no object.
pub(crate) fn fields(object: Lazy<'_>) -> Vec<(Cow<'_, str>, &RawValue)> {
    named_by::<Text<'_>>(object)
}

/// [`fields`], where a client has a hand in the names: an odd one costs no other field. Not for all, as it is more code.
pub(crate) fn lossy_fields(object: Lazy<'_>) -> Vec<(Cow<'_, str>, &RawValue)> {
    named_by::<Lossy<'_>>(object)
}

fn named_by<'e, N: Deserialize<'e> + Into<Cow<'e, str>>>(object: Lazy<'e>) -> Vec<(Cow<'e, str>, &'e RawValue)> {
    struct Visitor<N>(PhantomData<N>);

    impl<'de, N: Deserialize<'de> + Into<Cow<'de, str>>> de::Visitor<'de> for Visitor<N> {
        type Value = Vec<(Cow<'de, str>, &'de RawValue)>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object")
        }

        fn visit_map<A: de::MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut fields = Vec::new();
            while let Some((name, value)) = map.next_entry::<N, _>()? {
                fields.push((name.into(), value));
            }
            Ok(fields)
        }
    }

    // Looked at first: what serde_json says of something else costs more than most objects.
    let Some(json) = object.map(RawValue::get).filter(|json| json.starts_with('{')) else { return Vec::new() };
    serde_json::Deserializer::from_str(json).deserialize_map(Visitor::<N>(PhantomData)).unwrap_or_default()
}

impl<'e> From<Text<'e>> for Cow<'e, str> {
    fn from(text: Text<'e>) -> Self {
        text.0
    }
}

impl<'e> From<Lossy<'e>> for Cow<'e, str> {
    fn from(text: Lossy<'e>) -> Self {
        text.0
    }
}

/// The items of a list; none where it is no list.
pub(crate) fn items(list: Lazy<'_>) -> Vec<&RawValue> {
    list.and_then(|list| serde_json::from_str(list.get()).ok()).unwrap_or_default()
}

/// The texts of a list, as [`text`] reads each; without those that are none.
pub(crate) fn texts(list: Lazy<'_>) -> Vec<Cow<'_, str>> {
    items(list).into_iter().filter_map(|item| text(Some(item))).collect()
}

/// A number, also one in quotes.
pub(crate) fn number<T: FromStr>(field: Lazy<'_>) -> Option<T> {
    text(field)?.parse().ok()
}

/// `true`, also in quotes; else `false`.
pub(crate) fn flag(field: Lazy<'_>) -> bool {
    text(field).is_some_and(|text| text == "true")
}

/// Milliseconds since 1970, which some producers write with a fraction.
pub(crate) fn millis(field: Lazy<'_>) -> Option<SystemTime> {
    let ms: u64 = text(field)?.split('.').next()?.parse().ok()?;
    SystemTime::UNIX_EPOCH.checked_add(Duration::from_millis(ms))
}

/// Seconds since 1970, which may have a fraction or an exponent; to the microsecond.
pub(crate) fn seconds(field: Lazy<'_>) -> Option<SystemTime> {
    let micros = number::<f64>(field)? * 1e6;
    // Past 2^53 microseconds, the year 2255, a float holds no single ones.
    let is_a_time = (0.0..9_007_199_254_740_992.0).contains(&micros);
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is within the range")]
    let micros = is_a_time.then_some(micros.round() as u64)?;
    SystemTime::UNIX_EPOCH.checked_add(Duration::from_micros(micros))
}

/// A date and time as RFC 3339 writes it, in UTC.
pub(crate) fn rfc3339(field: Lazy<'_>) -> Option<SystemTime> {
    humantime::parse_rfc3339_weak(&text(field)?).ok()
}

/// Bytes in Base64, padded or not, and whatever the bits are that stand for nothing.
pub(crate) fn base64(field: Lazy<'_>) -> Result<Vec<u8>, &'static str> {
    const TOLERANT: GeneralPurpose = GeneralPurpose::new(
        &base64::alphabet::STANDARD,
        GeneralPurposeConfig::new()
            .with_decode_padding_mode(DecodePaddingMode::Indifferent)
            .with_decode_allow_trailing_bits(true),
    );
    TOLERANT.decode(string(field)?.as_bytes()).map_err(|_| "is not Base64")
}

/// Decodes the outermost part of an event; `what` names it in the error.
pub(crate) fn envelope<'e, T: Deserialize<'e>>(event: &'e str, what: &str) -> Result<T, InvocationError> {
    // serde takes a list's items for the fields.
    if event.trim_ascii_start().starts_with('[') {
        return Err(refusal(format_args!("the event is not {what}: it is a list")));
    }
    decoded(event, what)
}

/// An event that may be anything.
pub(crate) fn json(event: &str) -> Result<&RawValue, InvocationError> {
    decoded(event, "JSON")
}

fn decoded<'e, T: Deserialize<'e>>(event: &'e str, what: &str) -> Result<T, InvocationError> {
    serde_json::from_str(event).map_err(|error| not_an(what, &error))
}

#[cold]
#[inline(never)]
fn not_an(event: &str, error: &serde_json::Error) -> InvocationError {
    let what = if error.is_data() { event } else { "JSON" };
    let reason = decode::without_values(&error.to_string());
    refusal(format_args!("the event is not {what}: {reason}"))
}

/// Not inlined, as all of these: each place that words an error would hold a copy of what allocates it.
#[cold]
#[inline(never)]
fn refusal(message: fmt::Arguments<'_>) -> InvocationError {
    InvocationError::bad_event(message.to_string())
}

/// A record whose field can't be read.
#[cold]
#[inline(never)]
pub(crate) fn unreadable(field: &str, what: &str) -> Failure {
    Failure::malformed(format!("the record's `{field}` {what}"))
}

/// Refuses a record that another service has sent. One that does not say where it comes from passes.
pub(crate) fn check_source(field: Lazy<'_>, expected: &str, record: usize) -> Result<(), InvocationError> {
    match text(field) {
        Some(source) if source != expected => Err(foreign(&source, expected, record)),
        _ => Ok(()),
    }
}

#[cold]
#[inline(never)]
fn foreign(source: &str, expected: &str, record: usize) -> InvocationError {
    // The name of a source, and not whatever else stands there.
    let is_name = source.len() <= 64 && source.bytes().all(|b| b.is_ascii_alphanumeric() || b":.-".contains(&b));
    let source = if is_name { source } else { "…" };
    refusal(format_args!("`Records[{record}]` comes from `{source}`, and this handler serves `{expected}`"))
}

/// The text by which the source's response names a record. Reported with an empty identifier, a failure would
/// bring back the whole batch; not reported at all, it would be lost.
pub(crate) fn identifier<'e>(field: Lazy<'e>, name: &str, record: usize) -> Result<Cow<'e, str>, InvocationError> {
    let id = string(field).and_then(|id| if id.is_empty() { Err("is empty") } else { Ok(id) });
    id.map_err(|what| refusal(format_args!("`Records[{record}].{name}` {what}, so the record can't be named")))
}

/// The part of a record that holds its identifier.
pub(crate) fn part<'e, T: Deserialize<'e>>(field: Lazy<'e>, name: &str, record: usize) -> Result<T, InvocationError> {
    field.and_then(|part| serde_json::from_str(part.get()).ok()).ok_or_else(|| {
        refusal(format_args!("`Records[{record}].{name}` is not an object, so the record can't be named"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lazy(json: &str) -> Lazy<'_> {
        Some(serde_json::from_str(json).unwrap())
    }

    #[test]
    fn times_are_read_in_each_of_their_forms() {
        let at = |micros| Some(SystemTime::UNIX_EPOCH + Duration::from_micros(micros));
        assert_eq!(seconds(lazy("1545084650.987")), at(1_545_084_650_987_000));
        assert_eq!(seconds(lazy("1.479499740E9")), at(1_479_499_740_000_000));
        assert_eq!(seconds(lazy("\"1428537600\"")), at(1_428_537_600_000_000));
        assert_eq!(seconds(lazy("-1")), None);
        assert_eq!(seconds(lazy("1e300")), None);
        assert_eq!(seconds(lazy("\"NaN\"")), None);
        assert_eq!(millis(lazy("1545082649183")), at(1_545_082_649_183_000));
        assert_eq!(rfc3339(lazy("\"1970-01-01T00:00:01.000Z\"")), at(1_000_000));
        assert_eq!(rfc3339(lazy("\"soon\"")), None);
        assert_eq!((millis(None), millis(lazy("null")), millis(lazy("{}"))), (None, None, None));
    }

    #[test]
    fn bytes_are_decoded_with_padding_and_without() {
        assert_eq!(base64(lazy("\"aGk=\"")), Ok(b"hi".to_vec()));
        assert_eq!(base64(lazy("\"aGk\"")), Ok(b"hi".to_vec()));
        assert_eq!(base64(lazy("\"aG\\u006b=\"")), Ok(b"hi".to_vec()));
        // As in AWS's own example of a Kafka key.
        assert_eq!(base64(lazy("\"aGl=\"")), Ok(b"hi".to_vec()));
        assert_eq!(base64(lazy("\"a b\"")), Err("is not Base64"));
        assert_eq!(base64(lazy("null")), Err("is missing"));
        assert_eq!(base64(lazy("7")), Err("is not a string"));
    }
}
