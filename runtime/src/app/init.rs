//! `#[init]`: making what handlers borrow, once, before the first event is asked for.

use std::fmt;
use std::future::{Future, poll_fn};
use std::sync::Arc;
use std::task::Poll;

use futures_util::future::BoxFuture;

use crate::app::Resolving;
use crate::app::provide::{Needs, Provide};
use crate::error::{BoxError, Failure, InvocationError};
use crate::panic;
use crate::telemetry::incident::Incident;

/// The start failed: an `#[init]` function returned an error or panicked, or the set-up is wrong.
#[derive(Clone, Debug)]
#[doc(hidden)]
pub struct InitError(Arc<InvocationError>);

impl InitError {
    pub(crate) fn new(error_type: &'static str, message: impl Into<String>) -> Self {
        Self(Arc::new(InvocationError::new(error_type, message)))
    }

    fn of(function: &str, failure: &Failure) -> Self {
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

/// The result of an `#[init]` function, through any alias of `Result`.
///
/// `Local` is the function's own type: without a local type in it, coherence takes all provided types for
/// one and reports a conflict between any two `#[init]` functions.
#[diagnostic::on_unimplemented(
    message = "an `#[init]` function returns a `Result`",
    label = "not a `Result`",
    note = "lambkin::E105: return `Result<{Self}, Error>`; what cannot fail returns `Ok(…)`"
)]
#[doc(hidden)]
pub trait InitReturn<Local: ?Sized> {
    /// What the function provides.
    type Value;

    /// The result with a reportable error.
    fn into_result(self) -> Result<Self::Value, Failure>;
}

impl<Local: ?Sized, T, E: Into<BoxError>> InitReturn<Local> for Result<T, E> {
    type Value = T;

    fn into_result(self) -> Result<T, Failure> {
        self.map_err(|error| Failure::of(error, false))
    }
}

/// What an `#[init]` function provides, whatever app it is in.
#[doc(hidden)]
pub trait InitOutput {
    /// The type that handlers borrow.
    type Provided: ?Sized + Sync + 'static;
}

/// An `#[init]` function, for the apps that provide what it borrows itself.
#[doc(hidden)]
pub trait InitFn<A>: InitOutput {
    /// The function and what it borrows.
    const NEEDS: &'static Needs;

    /// Runs it, after what it borrows.
    fn run(app: &'static A) -> Resolving<&'static Self::Provided>;
}

/// One dependency on its way.
#[doc(hidden)]
pub fn begin<A: Provide<T>, T: ?Sized + Sync + 'static>(app: &'static A) -> Resolving<()> {
    Box::pin(async move { app.init().await.map(drop) })
}

/// Waits for independent dependencies at the same time; the first failure ends the others.
#[doc(hidden)]
pub async fn init_all(mut dependencies: Vec<Resolving<()>>) -> Result<(), InitError> {
    // They are a handful, polled a few times in all: a plain list is smaller than a set that wakes each.
    poll_fn(|cx| {
        let mut failed = None;
        dependencies.retain_mut(|dependency| match dependency.as_mut().poll(cx) {
            Poll::Pending => true,
            Poll::Ready(result) => {
                failed = failed.take().or(result.err());
                false
            }
        });
        match failed {
            Some(error) => Poll::Ready(Err(error)),
            None if dependencies.is_empty() => Poll::Ready(Ok(())),
            None => Poll::Pending,
        }
    })
    .await
}

/// The value of a dependency that has been waited for.
#[doc(hidden)]
pub fn provided<A: Provide<T>, T: ?Sized + Sync + 'static>(app: &'static A) -> Result<&'static T, InitError> {
    let missing = || InitError::new("MissingDependency", "a dependency was used before it was made");
    app.slot().get().ok_or_else(missing)
}

/// Runs the function itself, and names it if it fails or panics.
#[doc(hidden)]
pub async fn finish<Local, F>(
    function: &'static str,
    future: F,
) -> Result<<F::Output as InitReturn<Local>>::Value, InitError>
where
    F: Future,
    F::Output: InitReturn<Local>,
{
    let result = panic::catch(future).await.and_then(InitReturn::into_result);
    result.map_err(|failure| InitError::of(function, &failure))
}

/// Keeps a provided value for the rest of the process.
#[doc(hidden)]
pub fn keep<T>(value: T) -> &'static T {
    Box::leak(Box::new(value))
}

/// Stands in for the future of an `#[init]` function whose attribute is wrong.
#[doc(hidden)]
pub fn broken<T: 'static>() -> BoxFuture<'static, T> {
    Box::pin(std::future::pending())
}
