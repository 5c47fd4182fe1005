//! Why nothing will run.

use std::fmt;
use std::sync::Arc;

use crate::error::{Failure, InvocationError};
use crate::telemetry::incident::Incident;

/// The start failed: an `#[init]` function returned an error or panicked, or the set-up is wrong.
#[derive(Clone, Debug)]
#[doc(hidden)]
pub struct InitError(Arc<InvocationError>);

impl InitError {
    pub(crate) fn new(error_type: &'static str, message: impl Into<String>) -> Self {
        Self(Arc::new(InvocationError::new(error_type, message)))
    }

    pub(crate) fn of(function: &str, failure: &Failure) -> Self {
        let message = format!("`#[init]` function `{function}` failed: {}", failure.message());
        Self(Arc::new(InvocationError::new(failure.error_type().to_owned(), message)))
    }

    /// Says in the log why nothing will run.
    pub(crate) fn log(&self) {
        Incident::of(&self.0.error_type).error(format_args!("init failed: {}", self.0.error_message));
    }

    /// What is posted to Lambda.
    pub(crate) fn payload(&self) -> &InvocationError {
        &self.0
    }
}

impl fmt::Display for InitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
