//! AWS IoT rules: the event is what the rule's `SELECT` makes, without an envelope.
//!
//! <https://docs.aws.amazon.com/lambda/latest/dg/services-iot.html>

use std::fmt;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::context::Context;
use crate::decode::{self, Slot};
use crate::error::{Failure, InvocationError};
use crate::record::{Decode, HasBody};
use crate::source::{BatchRecord, BatchSource, lazy};

/// The source behind `#[handler(iot)]`.
#[doc(hidden)]
pub struct Iot;

/// What a rule selected.
pub struct Record<'e> {
    selected: &'e RawValue,
    slot: Slot,
}

impl fmt::Debug for Record<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Record").finish_non_exhaustive()
    }
}

impl HasBody for Record<'_> {
    fn bytes(&self) -> Result<&[u8], Failure> {
        Ok(self.selected.get().as_bytes())
    }
}

impl<'r, T: Deserialize<'r>> Decode<'r, T> for Record<'r> {
    fn decode(&'r self, _: &Context) -> Result<T, Failure> {
        decode::json(self.selected.get(), &self.slot)
    }
}

impl BatchRecord for Record<'_> {
    fn id(&self) -> &str {
        "event"
    }
}

impl BatchSource for Iot {
    type Record<'e> = Record<'e>;
    type Envelope<'e> = ();
    type Answer = ();

    fn decode(event: &str) -> Result<((), Vec<Record<'_>>), InvocationError> {
        Ok(((), vec![Record { selected: lazy::json(event)?, slot: Slot::new() }]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_a_rule_selects_is_the_payload() {
        for event in [r#"{"temperature":7}"#, r#""warm""#, "7", "[]", "null"] {
            let (_, records) = Iot::decode(event).unwrap();
            assert_eq!(records[0].body().unwrap(), event);
        }
        assert!(Iot::decode("{").is_err());
    }
}
