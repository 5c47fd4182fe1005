//! What streams share: events with a window around their records, and the checkpoint.
//!
//! <https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-batchfailurereporting.html>

use std::hash::Hash;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use serde::Deserialize;

use crate::batch::order::Order;
use crate::batch::{Outcome, response};
use crate::call::Call;
use crate::error::{FailureKind, InvocationError};
use crate::source::lazy::{self, Lazy};
use crate::source::window::{Folding, InWindow, Window};
use crate::source::{BatchRecord, OnRecord, Source};
use crate::telemetry::incident::Incident;

/// The event of a stream: records, and around them what belongs to a window.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", bound(deserialize = "F: Deserialize<'de>"))]
pub(crate) struct StreamEvent<'e, F> {
    #[serde(rename = "Records", default = "Option::default")]
    records: Option<Vec<F>>,
    #[serde(borrow)]
    window: Lazy<'e>,
    #[serde(borrow)]
    state: Lazy<'e>,
    #[serde(borrow)]
    shard_id: Lazy<'e>,
    #[serde(borrow)]
    is_final_invoke_for_window: Lazy<'e>,
    #[serde(borrow)]
    is_window_terminated_early: Lazy<'e>,
}

impl<'e, F: Deserialize<'e>> StreamEvent<'e, F> {
    /// Decodes an event; `what` names it in the error. The last event of a window may hold no records.
    pub(crate) fn decode(event: &'e str, what: &str) -> Result<(Option<Arc<Folding<'e>>>, Vec<F>), InvocationError> {
        let Self { records, window, state, shard_id, is_final_invoke_for_window, is_window_terminated_early } =
            lazy::envelope(event, what)?;
        let folding = window.filter(|window| window.get().starts_with('{')).map(|window| {
            let is_final = lazy::flag(is_final_invoke_for_window);
            let is_terminated_early = lazy::flag(is_window_terminated_early);
            Arc::new(Folding::new(window, state, shard_id, is_final, is_terminated_early))
        });
        match records {
            Some(records) => Ok((folding, records)),
            None if folding.is_some() => Ok((folding, Vec::new())),
            None => Err(InvocationError::bad_event(format!("the event is not {what}: missing field `Records`"))),
        }
    }
}

/// A record has succeeded: what it made of the state stands.
pub(crate) fn commit<'r>(record: &'r impl InWindow<'r>) {
    if let Some(folding) = record.folding() {
        folding.commit();
    }
}

/// A record has failed: nothing of what it made stands.
pub(crate) fn forget<'r>(record: &'r impl InWindow<'r>) {
    if let Some(folding) = record.folding() {
        folding.forget();
    }
}

/// A stream's order: sequential, or that of each key; and nothing starts behind a failure.
pub(crate) fn order<'r, R: InWindow<'r>, K: Eq + Hash>(
    records: &'r [R],
    workers: usize,
    key: impl Fn(&'r R) -> K,
) -> Order {
    // A window's state goes through the records one by one.
    let is_windowed = records.first().is_some_and(|record| record.folding().is_some());
    let order = match workers == 1 || is_windowed {
        true => Order::in_turn(records.len()),
        false => Order::by_key(records.iter().map(key)),
    };
    order.with_checkpoint()
}

/// A stream's response: the lowest record that is not done, and the window's state.
pub(crate) fn respond<R: BatchRecord>(
    folding: Option<&Folding<'_>>,
    records: &[R],
    outcomes: &[Outcome],
) -> Result<Vec<u8>, InvocationError> {
    let state = folding.map(Folding::state).transpose()?;
    let lowest = response::unacknowledged(records, outcomes).take(1).map(BatchRecord::id);
    response::partial(lowest, state.as_deref())
}

/// Hands the state of a window that ends to the handler's hook.
pub(crate) fn close<'c, S: Source, H: OnRecord<S>>(
    handler: &'c H,
    folding: Option<&'c Folding<'c>>,
    call: &'c Call<'c>,
) -> Option<BoxFuture<'c, Result<(), InvocationError>>> {
    let folding = folding.filter(|folding| Window::of(folding).is_final())?;
    let closing = handler.on_window_end(Window::of(folding), call)?;
    Some(Box::pin(async move {
        // What can't be answered fails before the hook has had its effect.
        folding.state()?;
        match closing.await {
            // Tried again it would fail again, and hold up the shard without end.
            Err(failure) if failure.kind() == FailureKind::Permanent => {
                let incident = Incident::failure(&failure).by(call.spec.name, &call.cx);
                incident.warn(format_args!("`on_window_end` gave up: {}", failure.message()));
                Ok(())
            }
            closed => Ok(closed?),
        }
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_event_of_a_window_may_hold_no_records() {
        let decode = |json| StreamEvent::<()>::decode(json, "an event").map(|(folding, _)| folding.is_some());
        assert_eq!(decode(r#"{"window":{"start":"2020-01-01T00:00:00Z"}}"#), Ok(true));
        assert_eq!(decode(r#"{"window":null,"Records":[]}"#), Ok(false));
        assert!(decode(r#"{"window":null}"#).is_err());
    }
}
