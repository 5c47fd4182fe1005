//! JSON text into payloads that may borrow from it.

use std::sync::OnceLock;

use serde::Deserialize;
use serde_json::Value;

use crate::error::Failure;

/// Holds a parsed copy of a body whose strings cannot be borrowed as they are.
pub(crate) type Slot = OnceLock<Value>;

/// Decodes a payload, borrowing from `text` where it can.
///
/// serde_json refuses to lend a string that holds an escape, and many producers escape every letter
/// outside of ASCII. On such a refusal the text is parsed once into `slot`, where strings stand unescaped,
/// and the payload borrows from there.
pub(crate) fn json<'t, T: Deserialize<'t>>(text: &'t str, slot: &'t Slot) -> Result<T, Failure> {
    let error = match serde_json::from_str(text) {
        Ok(payload) => return Ok(payload),
        Err(error) => error,
    };
    if error.is_data() && text.contains('\\') {
        let parsed = match slot.get() {
            Some(parsed) => Some(parsed),
            None => serde_json::from_str(text).ok().map(|value| slot.get_or_init(|| value)),
        };
        if let Some(payload) = parsed.and_then(|value| T::deserialize(value).ok()) {
            return Ok(payload);
        }
    }
    Err(refusal(&error, std::any::type_name::<T>()))
}

/// Not generic: each payload's type would hold a copy.
#[inline(never)]
fn refusal(error: &serde_json::Error, into: &str) -> Failure {
    let (what, into, end) = match error.is_data() {
        true => ("the payload does not decode into `", into, "`"),
        false => ("the payload is not JSON", "", ""),
    };
    Failure::malformed(format!("{what}{into}{end}: {}", without_values(&error.to_string())))
}

/// What is wrong with a payload, for the client that sent it: without the name of the type that it does not decode into.
pub(crate) fn of_client(message: &str) -> String {
    let reason = message.split_once("`: ").map_or(message, |(_, reason)| reason);
    reason.strip_prefix("the payload ").unwrap_or(reason).to_owned()
}

/// Takes the payload's own values out of a serde message: a log must not hold them.
///
/// serde words its messages as `invalid type: string "…", expected u64` and ``unknown variant `…`, expected
/// one of …``, and a payload's own code may wrap such a message in another. What precedes the first quote, and
/// what follows the last `, expected` or ` at line`, is not the payload's.
pub(crate) fn without_values(message: &str) -> String {
    let names_a_field = ["missing field", "duplicate field"].iter().any(|words| message.starts_with(words));
    let Some(quote) = message.bytes().position(|byte| matches!(byte, b'"' | b'`')).filter(|_| !names_a_field) else {
        return message.to_owned();
    };
    let last = |mark: &[u8]| message.as_bytes().windows(mark.len()).rposition(|bytes| bytes == mark);
    let rest = last(b", expected ").or_else(|| last(b" at line ")).filter(|rest| *rest > quote);
    let (before, after) = (message.get(..quote), rest.and_then(|rest| message.get(rest..)));
    format!("{}{}", before.unwrap_or_default().trim_end(), after.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize, PartialEq)]
    struct Order<'a> {
        id: &'a str,
        total: u64,
    }

    #[test]
    fn a_borrowed_field_takes_a_string_with_escapes() {
        let slot = Slot::new();
        let text = r#"{"id":"caf\u00e9","total":3}"#;
        let order: Order<'_> = json(text, &slot).unwrap();
        assert_eq!(order, Order { id: "café", total: 3 });

        let plain = Slot::new();
        let order: Order<'_> = json(r#"{"id":"tea","total":3}"#, &plain).unwrap();
        assert_eq!(order.id, "tea");
        assert!(plain.get().is_none(), "nothing to unescape, nothing parsed twice");
    }

    #[test]
    fn an_error_names_the_place_and_never_the_value() {
        let slot = Slot::new();
        let error = json::<Order<'_>>(r#"{"id":"a","total":"hunter2, expected nothing"}"#, &slot).unwrap_err();
        assert!(!error.message().contains("hunter2"), "{error}");
        assert!(error.message().contains("expected u64 at line 1 column"), "{error}");

        assert_eq!(
            without_values("unknown variant `hunter2`, expected `a` or `b` at line 1 column 3"),
            "unknown variant, expected `a` or `b` at line 1 column 3"
        );
        assert_eq!(
            without_values("invalid type: integer `12`, expected a string at line 1 column 3"),
            "invalid type: integer, expected a string at line 1 column 3"
        );
        assert_eq!(without_values("missing field `id` at line 1 column 2"), "missing field `id` at line 1 column 2");
        assert_eq!(
            without_values("inner: invalid type: string \"hunter2\", expected u32 at line 1 column 3"),
            "inner: invalid type: string, expected u32 at line 1 column 3"
        );
        let syntax = json::<Order<'_>>("{\"id\": hunter2", &slot).unwrap_err();
        assert!(!syntax.message().contains("hunter2"), "{syntax}");
    }
}
