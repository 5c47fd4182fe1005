//! Batches of records: in which order they run, what becomes of each, what the response says.

mod ahead;
mod each;
pub(crate) mod engine;
pub(crate) mod order;
pub(crate) mod response;
pub(crate) mod whole;

use crate::error::Failure;

/// What became of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// The handler succeeded: the record is acknowledged.
    Done,
    /// It failed for good: acknowledged, logged, not retried.
    Discarded(Failure),
    /// It failed: reported, so that it is retried.
    Failed(Failure),
    /// It was not started, because a record before it in its order failed or the time was over; or it was, and stands
    /// behind the checkpoint of its stream. It comes again.
    Unprocessed,
}

impl Outcome {
    /// Whether the event source is told that this record is dealt with.
    pub fn is_acknowledged(&self) -> bool {
        matches!(self, Self::Done | Self::Discarded(_))
    }

    /// The failure of a discarded or failed record.
    pub fn failure(&self) -> Option<&Failure> {
        match self {
            Self::Discarded(failure) | Self::Failed(failure) => Some(failure),
            Self::Done | Self::Unprocessed => None,
        }
    }
}
