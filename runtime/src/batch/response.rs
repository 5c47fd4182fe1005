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

/// Tells whoever wants to know what became of each record, and whether the invocation fails as a whole: if
/// single records can't be reported (`partial` is off), at the first that is not acknowledged; else if no
/// record is, unless the handler wants that reported too.
pub(crate) fn settle<'a>(
    call: &Call<'_>,
    partial: bool,
    ids: impl Iterator<Item = &'a str>,
    outcomes: &[Outcome],
) -> Result<(), InvocationError> {
    if call.is_observed() {
        for (id, outcome) in ids.zip(outcomes) {
            call.report(id, outcome.clone());
        }
    }
    let records = outcomes.len();
    let (mut failed, mut unprocessed, mut discarded) = (0_usize, 0_usize, 0_usize);
    for outcome in outcomes {
        match outcome {
            Outcome::Done => {}
            Outcome::Failed(_) => failed += 1,
            Outcome::Unprocessed => unprocessed += 1,
            Outcome::Discarded(_) => discarded += 1,
        }
    }
    let retried = failed + unprocessed;
    // The only record's failure is the invocation's: its own type is what Lambda shows.
    if let (false, [Outcome::Failed(failure)]) = (partial, outcomes) {
        return Err(failure.clone().into());
    }
    if retried > 0 && (!partial || (call.spec.policy.all_failed_is_error && retried == records)) {
        return Err(batch_failed(outcomes, failed, unprocessed));
    }
    // What failed as a whole says so itself, and a single record has a line of its own.
    if retried + discarded > 0 && records > 1 {
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
    Ok(())
}

/// The error of a batch that fails as a whole, with the first record's failure as the example.
fn batch_failed(outcomes: &[Outcome], failed: usize, unprocessed: usize) -> InvocationError {
    let records = outcomes.len();
    let left = if unprocessed > 0 { format!(" and {unprocessed} are left") } else { String::new() };
    let example = outcomes.iter().find_map(|outcome| match outcome {
        Outcome::Failed(failure) => Some(format!("; the first: {failure}")),
        _ => None,
    });
    let message = format!("{failed} of {records} records failed{left}{}", example.unwrap_or_default());
    InvocationError::new("BatchFailed", message)
}
