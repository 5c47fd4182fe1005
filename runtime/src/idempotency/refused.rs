//! Why a function was not run for a key.

use std::fmt;
use std::time::Duration;

use super::store::StoreError;
use crate::error::{Failure, FailureKind};

/// A function did not run, or its result of an earlier run can't be told.
///
/// The error of a record or an invocation; and of a function with `#[idempotent(store = …)]` alone, whose own error type
/// converts from it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Refused {
    /// The key is `None`, empty, or holds a part that is: strangers must not share a result.
    MissingKey,
    /// The key's value is not JSON; with what serde says.
    BadKey(String),
    /// Another run holds the key.
    InProgress {
        /// When the other run's lease ends at the latest.
        retry_after: Duration,
    },
    /// The key was used before, with another payload.
    Mismatch,
    /// The store is out of reach, so nobody knows.
    Store(StoreError),
    /// The function succeeded before, and its result was not kept, or can't be read any more; with the reason.
    NoResult(String),
    /// The function did not end within its lease and was stopped.
    LeaseExceeded,
}

impl Refused {
    /// The name that stands for it in logs and in Lambda's `errorType`.
    pub fn error_type(&self) -> &'static str {
        match self {
            Self::MissingKey => "IdempotencyKeyMissing",
            Self::BadKey(_) => "IdempotencyKeyInvalid",
            Self::InProgress { .. } => "IdempotencyInProgress",
            Self::Mismatch => "IdempotencyMismatch",
            Self::Store(_) => "IdempotencyStoreError",
            Self::NoResult(_) => "IdempotencyNoResult",
            Self::LeaseExceeded => "IdempotencyLeaseExceeded",
        }
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MissingKey => f.write_str("the idempotency key is missing or empty"),
            Self::BadKey(why) => write!(f, "the idempotency key is not JSON: {why}"),
            Self::InProgress { retry_after } => {
                let seconds = retry_after.as_millis().div_ceil(1000);
                write!(f, "another run of this idempotency key is in progress, for {seconds} s at most")
            }
            Self::Mismatch => f.write_str("this idempotency key was used before with another payload"),
            Self::Store(error) => write!(f, "the idempotency store failed: {error}"),
            Self::NoResult(why) => write!(f, "the function ran before for this idempotency key, but {why}"),
            Self::LeaseExceeded => {
                f.write_str("the function was not done within its idempotency lease and was stopped")
            }
        }
    }
}

// A store's own messages are in this one's.
impl std::error::Error for Refused {}

impl From<Refused> for Failure {
    fn from(refused: Refused) -> Self {
        let kind = match refused {
            Refused::MissingKey | Refused::BadKey(_) => FailureKind::Malformed,
            Refused::LeaseExceeded => FailureKind::DeadlineExceeded,
            _ => FailureKind::Idempotency,
        };
        Self::new(kind, refused.error_type(), refused.to_string())
    }
}
