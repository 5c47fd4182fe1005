//! `#[deadline]`: being done before Lambda ends the process.

pub(crate) mod watchdog;

use std::fmt;
use std::time::Duration;

use crate::error::{Failure, FailureKind};

/// The handler was not done `margin` before Lambda's limit, and was cancelled.
///
/// It is the error of a record, or of a direct invocation, that [`#[deadline]`](macro@crate::deadline)
/// stopped, and the argument of its `on_exceeded` function.
#[derive(Clone, Debug)]
pub struct DeadlineExceeded {
    handler: &'static str,
    margin: Duration,
    remaining: Duration,
}

impl DeadlineExceeded {
    pub(crate) fn new(handler: &'static str, margin: Duration, remaining: Duration) -> Self {
        Self { handler, margin, remaining }
    }

    /// The margin that `#[deadline]` asks for.
    pub fn margin(&self) -> Duration {
        self.margin
    }

    /// The time that was left until Lambda's limit when the handler was stopped.
    pub fn remaining(&self) -> Duration {
        self.remaining
    }
}

impl fmt::Display for DeadlineExceeded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "`{}` was not done {} ms before the function's time limit and was stopped",
            self.handler,
            self.margin.as_millis()
        )
    }
}

impl std::error::Error for DeadlineExceeded {}

impl From<DeadlineExceeded> for Failure {
    fn from(exceeded: DeadlineExceeded) -> Self {
        Self::new(FailureKind::DeadlineExceeded, "DeadlineExceeded", exceeded.to_string())
    }
}
