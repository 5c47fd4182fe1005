//! `#[shutdown]`: what runs before the execution environment goes away.

use std::future::Future;

use futures_util::future::BoxFuture;

use crate::app::App;
use crate::error::{BoxError, Failure};
use crate::panic;
use crate::serve::RuntimeApi;
use crate::serve::extension;
use crate::telemetry::incident::Incident;

/// The `#[shutdown]` functions of the app `A`, and what waits for the signal to run them.
#[doc(hidden)]
pub struct Shutdown<A: 'static> {
    functions: &'static [fn(&'static A) -> BoxFuture<'static, ()>],
    pub(crate) watch: fn(&'static A, RuntimeApi) -> BoxFuture<'static, Result<(), BoxError>>,
}

impl<A: App> Shutdown<A> {
    /// These functions, in this order.
    pub const fn of(functions: &'static [fn(&'static A) -> BoxFuture<'static, ()>]) -> Self {
        Self { functions, watch: |app, client| Box::pin(extension::watch(app, client)) }
    }
}

/// A function marked `#[shutdown]`, for the apps that provide what it borrows.
#[diagnostic::on_unimplemented(
    message = "this function is not marked `#[shutdown]`",
    label = "not a `#[shutdown]` function",
    note = "lambkin::E109: `shutdown: […]` lists what runs at the end: write `#[shutdown]` above the function, \
            or move its name to the list it belongs to"
)]
#[doc(hidden)]
pub trait ShutdownFn<A> {
    /// Runs it, if all that it borrows was made.
    fn run(app: &'static A) -> BoxFuture<'static, ()>;
}

/// What a `#[shutdown]` function may return.
#[diagnostic::on_unimplemented(
    message = "a `#[shutdown]` function can't return `{Self}`",
    label = "nobody is there to take it",
    note = "lambkin::E106: return nothing, or `Result<(), E>` to have an error logged"
)]
#[doc(hidden)]
pub trait ShutdownReturn {
    /// The failure to log, if any.
    fn failure(self) -> Option<Failure>;
}

impl ShutdownReturn for () {
    fn failure(self) -> Option<Failure> {
        None
    }
}

impl<E: Into<BoxError>> ShutdownReturn for Result<(), E> {
    fn failure(self) -> Option<Failure> {
        self.err().map(|error| Failure::of(error, false))
    }
}

/// What the function returned, or its panic.
#[doc(hidden)]
pub struct Ended<T>(Result<T, Failure>);

/// Runs the function itself.
#[doc(hidden)]
pub async fn catch<F: Future>(future: F) -> Ended<F::Output> {
    Ended(panic::catch(future).await)
}

impl<T> Ended<T> {
    /// A failure is logged, and does not keep the other functions from running.
    pub fn log(self, function: &'static str)
    where
        T: ShutdownReturn,
    {
        let failure = match self.0 {
            Ok(returned) => returned.failure(),
            Err(failure) => Some(failure),
        };
        if let Some(failure) = failure {
            let message = failure.message();
            Incident::failure(&failure).error(format_args!("`#[shutdown]` function `{function}` failed: {message}"));
        }
    }
}

/// Runs all of them, one after the other.
pub(crate) async fn run_all<A: App>(app: &'static A) {
    let functions = A::SHUTDOWN.map(|shutdown| shutdown.functions).unwrap_or_default();
    for function in functions {
        function(app).await;
    }
    #[cfg(feature = "metrics")]
    crate::telemetry::metrics::rest();
}
