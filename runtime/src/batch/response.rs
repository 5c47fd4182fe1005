//! The partial batch response: which records the event source has to deliver again.
//!
//! An empty, null or unknown identifier makes Lambda retry the whole batch, and a batch response is
//! honoured only where the event source mapping has `ReportBatchItemFailures`:
//! <https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html>.

use serde::Serialize;

use crate::batch::Outcome;
use crate::call::Call;
use crate::error::InvocationError;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct BatchResponse<'a> {
    batch_item_failures: Vec<ItemFailure<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ItemFailure<'a> {
    item_identifier: &'a str,
}

/// The response to a batch, as the handler's settings want it. `ids` and `outcomes` are in one order.
pub(crate) fn respond<'a>(
    call: &Call<'_>,
    ids: impl Iterator<Item = &'a str> + Clone,
    outcomes: &[Outcome],
) -> Result<Vec<u8>, InvocationError> {
    if call.is_observed() {
        for (id, outcome) in ids.clone().zip(outcomes) {
            call.report(id, outcome.clone());
        }
    }
    let count = |is: fn(&Outcome) -> bool| outcomes.iter().filter(|o| is(o)).count();
    let records = outcomes.len();
    let failed = count(|o| matches!(o, Outcome::Failed(_)));
    let unprocessed = count(|o| matches!(o, Outcome::Unprocessed));
    let discarded = count(|o| matches!(o, Outcome::Discarded(_)));
    let retried = failed + unprocessed;
    if retried + discarded > 0 {
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

    let policy = &call.spec.policy;
    if retried > 0 && (!policy.partial || (policy.all_failed_is_error && retried == records)) {
        return Err(batch_failed(outcomes, failed, unprocessed));
    }
    let batch_item_failures = ids
        .zip(outcomes)
        .filter(|(_, outcome)| !outcome.is_acknowledged())
        .map(|(item_identifier, _)| ItemFailure { item_identifier })
        .collect();
    serde_json::to_vec(&BatchResponse { batch_item_failures })
        .map_err(|error| InvocationError::new("InvalidResponse", error.to_string()))
}

/// The error of a batch that fails as a whole, with the first record's failure as the example.
fn batch_failed(outcomes: &[Outcome], failed: usize, unprocessed: usize) -> InvocationError {
    let records = outcomes.len();
    let mut message = format!("{failed} of {records} records failed");
    if unprocessed > 0 {
        message.push_str(&format!(" and {unprocessed} were not started"));
    }
    if let Some(failure) = outcomes.iter().find_map(|outcome| match outcome {
        Outcome::Failed(failure) => Some(failure),
        _ => None,
    }) {
        message.push_str("; the first: ");
        message.push_str(&failure.to_string());
    }
    InvocationError::new("BatchFailed", message)
}
