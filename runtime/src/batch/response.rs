//! What the event source is answered: which records it has to deliver again.
//!
//! An empty, null or unknown identifier makes Lambda retry the whole batch, and a batch response is
//! honoured only where the event source mapping has `ReportBatchItemFailures`:
//! <https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html>.

use serde::Serialize;
use serde_json::value::RawValue;

use crate::batch::Outcome;
use crate::call::Call;
use crate::error::InvocationError;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct BatchResponse<'a, I> {
    #[serde(skip_serializing_if = "Option::is_none")]
    state: Option<&'a RawValue>,
    batch_item_failures: Vec<ItemFailure<I>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ItemFailure<I> {
    item_identifier: I,
}

/// The partial batch response that names these records; with the state of a tumbling window, if there is one.
pub(crate) fn partial<I: Serialize>(
    identifiers: impl Iterator<Item = I>,
    state: Option<&RawValue>,
) -> Result<Vec<u8>, InvocationError> {
    let batch_item_failures = identifiers.map(|item_identifier| ItemFailure { item_identifier }).collect();
    serde_json::to_vec(&BatchResponse { state, batch_item_failures })
        .map_err(|error| InvocationError::new("InvalidResponse", error.to_string()))
}

/// The response to a source that reads none.
pub(crate) fn nothing() -> Result<Vec<u8>, InvocationError> {
    Ok(b"null".to_vec())
}

/// The records of which the source has to hear again. `records` and `outcomes` are in one order.
pub(crate) fn unacknowledged<'a, R>(records: &'a [R], outcomes: &'a [Outcome]) -> impl Iterator<Item = &'a R> {
    records.iter().zip(outcomes).filter(|(_, outcome)| !outcome.is_acknowledged()).map(|(record, _)| record)
}

/// How many records came to what.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Summary {
    pub(crate) records: usize,
    pub(crate) failed: usize,
    pub(crate) unprocessed: usize,
    pub(crate) discarded: usize,
}

impl Summary {
    fn of(outcomes: &[Outcome]) -> Self {
        let mut summary = Self { records: outcomes.len(), ..Self::default() };
        for outcome in outcomes {
            match outcome {
                Outcome::Done => {}
                Outcome::Failed(_) => summary.failed += 1,
                Outcome::Unprocessed => summary.unprocessed += 1,
                Outcome::Discarded(_) => summary.discarded += 1,
            }
        }
        summary
    }

    /// Writes the line about a batch that is answered. A single record has a line of its own, and an invocation
    /// that fails says so itself.
    pub(crate) fn log(self, call: &Call<'_>) {
        let Self { records, failed, unprocessed, discarded } = self;
        if failed + unprocessed + discarded > 0 && records > 1 {
            tracing::warn!(
                handler = call.spec.name,
                requestId = call.cx.request_id(),
                records,
                failed,
                unprocessed,
                discarded,
                "batch done, and not all of it"
            );
        }
    }
}

/// Tells whoever wants to know what became of each record, and whether the invocation fails as a whole: if
/// single records can't be reported (`partial` is off), at the first that is not acknowledged; else if no
/// record is, unless the handler wants that reported too.
pub(crate) fn settle<'a>(
    call: &Call<'_>,
    partial: bool,
    ids: impl Iterator<Item = &'a str>,
    outcomes: &[Outcome],
) -> Result<Summary, InvocationError> {
    if call.is_observed() {
        for (id, outcome) in ids.zip(outcomes) {
            call.report(id, outcome.clone());
        }
    }
    let summary = Summary::of(outcomes);
    #[cfg(any(feature = "logs", feature = "metrics"))]
    // There is one batch in an invocation.
    let _ = call.tally.set(summary);
    let retried = summary.failed + summary.unprocessed;
    // The only record's failure is the invocation's: its own type is what Lambda shows.
    if let (false, [Outcome::Failed(failure)]) = (partial, outcomes) {
        return Err(failure.clone().into());
    }
    if retried > 0 && (!partial || (call.spec.policy.all_failed_is_error && retried == summary.records)) {
        return Err(batch_failed(outcomes, summary));
    }
    Ok(summary)
}

/// The error of a batch that fails as a whole, with the first record's failure as the example.
fn batch_failed(outcomes: &[Outcome], summary: Summary) -> InvocationError {
    let Summary { records, failed, unprocessed, .. } = summary;
    let left = if unprocessed > 0 { format!(" and {unprocessed} are left") } else { String::new() };
    let example = outcomes.iter().find_map(|outcome| match outcome {
        Outcome::Failed(failure) => Some(format!("; the first: {failure}")),
        _ => None,
    });
    let message = format!("{failed} of {records} records failed{left}{}", example.unwrap_or_default());
    InvocationError::new("BatchFailed", message)
}
