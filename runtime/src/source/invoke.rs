//! Direct invocation, and any event without a source of its own: any JSON in, any JSON out.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::answer::Answer;
use crate::call::Call;
use crate::context::Context;
use crate::decode::{self, Slot};
use crate::error::{Failure, FailureKind, InvocationError};
use crate::record::{Decode, HasBody};
use crate::source::{OnRecord, Source, event_text};

/// The source behind `#[handler(invoke)]` and `#[handler(event)]`.
#[doc(hidden)]
pub struct Invoke;

/// The whole event.
pub struct InvokeEvent<'e> {
    text: &'e str,
    slot: Slot,
}

impl fmt::Debug for InvokeEvent<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InvokeEvent").finish_non_exhaustive()
    }
}

impl HasBody for InvokeEvent<'_> {
    fn body(&self) -> Result<&str, Failure> {
        Ok(self.text)
    }

    fn bytes(&self) -> Result<&[u8], Failure> {
        Ok(self.text.as_bytes())
    }
}

impl<'r, T: Deserialize<'r>> Decode<'r, T> for InvokeEvent<'r> {
    fn decode(&'r self, _: &Context) -> Result<T, Failure> {
        decode::json(self.text, &self.slot)
    }
}

impl<T: Serialize> Answer<Invoke> for T {
    fn answer(self) -> Result<Vec<u8>, Failure> {
        serde_json::to_vec(&self).map_err(|error| {
            let message = format!("the response does not serialise: {error}");
            Failure::new(FailureKind::Error, "InvalidResponse", message)
        })
    }
}

impl Source for Invoke {
    type Record<'e> = InvokeEvent<'e>;
    type Answer = Vec<u8>;

    async fn serve<'c, H: OnRecord<Self>>(handler: &'c H, call: &'c Call<'c>) -> Result<Vec<u8>, InvocationError> {
        let event = InvokeEvent { text: event_text(call)?, slot: Slot::new() };
        Ok(call.attempt(0, handler.on(&event, call)).await?)
    }
}
