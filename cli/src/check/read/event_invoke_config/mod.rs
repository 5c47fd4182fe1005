//! What becomes of events that fail, in the words of CloudFormation, which other formats share or are translated to.

use crate::check::observed::{EventInvokeConfig, Field, Place, Target};
use crate::check::read::document::Node;
use crate::check::read::field;

/// What Lambda does where nothing is said: <https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html>.
pub(crate) const RETRIES: u64 = 2;
/// In seconds.
pub(crate) const AGE: u64 = 21_600;

/// Reads a configuration that holds for this function, or for an alias of it.
pub(crate) fn event_invoke_config(node: &Node, place: &Place, function: Target) -> EventInvokeConfig {
    EventInvokeConfig {
        place: place.clone(),
        function,
        maximum_retry_attempts: field::number(node.get("MaximumRetryAttempts"), Field::Default(RETRIES)),
        maximum_event_age: field::number(node.get("MaximumEventAgeInSeconds"), Field::Default(AGE)),
        on_failure: field::within(node, &["DestinationConfig", "OnFailure", "Destination"]),
    }
}

#[cfg(test)]
mod tests;
