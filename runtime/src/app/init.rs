//! `#[init]`: making what handlers borrow, once, before the first event is asked for.

use std::future::{Future, poll_fn};
use std::marker::PhantomData;
use std::task::Poll;

use futures_util::future::BoxFuture;

use crate::app::Resolving;
use crate::app::error::InitError;
use crate::app::provide::{Needs, Provide};
use crate::error::Failure;
use crate::panic;

/// Whether a type is a `Result`, through any alias: the constant of `Probe` itself is found before the
/// trait's.
#[doc(hidden)]
pub struct Probe<T>(PhantomData<T>);

impl<T, E> Probe<Result<T, E>> {
    /// It is one.
    pub const IS_RESULT: bool = true;
}

#[doc(hidden)]
pub trait ProbeOther {
    /// It is none.
    const IS_RESULT: bool = false;
}

impl<T> ProbeOther for Probe<T> {}

/// Picks what a function provides out of what it returns. One that returns no `Result` is refused by
/// [`IsResult`]; here it provides the whole, so that it is refused once and not at each use.
#[doc(hidden)]
pub struct InitValue<const IS_RESULT: bool>;

/// `Local` is the function's own type: without a local type in it, coherence takes all provided types for
/// one and reports a conflict between any two `#[init]` functions.
#[doc(hidden)]
pub trait InitReturn<T, Local: ?Sized> {
    /// What the function provides.
    type Value;
}

impl<Local: ?Sized, T, E> InitReturn<Result<T, E>, Local> for InitValue<true> {
    type Value = T;
}

impl<Local: ?Sized, T> InitReturn<T, Local> for InitValue<false> {
    type Value = T;
}

/// What an `#[init]` function returns.
#[diagnostic::on_unimplemented(
    message = "an `#[init]` function returns a `Result`",
    label = "not a `Result`",
    note = "lambkin::E105: return `Result<{Self}, Error>`; what cannot fail returns `Ok(…)`"
)]
#[doc(hidden)]
pub trait IsResult {}

impl<T, E> IsResult for Result<T, E> {}

/// A function marked `#[init]`.
#[diagnostic::on_unimplemented(
    message = "this function is not marked `#[init]`",
    label = "not an `#[init]` function",
    note = "lambkin::E108: `init: […]` lists what makes the app: write `#[init]` above the function, or \
            move its name to the list it belongs to"
)]
#[doc(hidden)]
pub trait IsInit {}

/// Refuses what is not marked `#[init]`.
#[doc(hidden)]
pub const fn must_be_init<T: ?Sized + IsInit>() {}

/// A function that is not marked `#[init]`, found in `init: […]`. It provides itself, that is nothing, so
/// that [`must_be_init`] is the only one to complain.
#[doc(hidden)]
pub trait NotInit: Sync + 'static {}

/// Stands in the lists of `main!` for a function without an attribute.
#[doc(hidden)]
pub struct Unmarked;

impl Unmarked {
    /// What `handlers: […]` looks for.
    pub const __LAMBKIN: Self = Self;
}

impl NotInit for Unmarked {}

impl<T: NotInit> InitOutput for T {
    type Provided = T;
}

impl<A, T: NotInit> InitFn<A> for T {
    const NEEDS: &'static Needs = &Needs { name: "", deps: &[], reads: &[] };

    fn run(_: &'static A) -> Resolving<&'static T> {
        broken()
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

/// Runs the function itself, and names it if it panics.
#[doc(hidden)]
pub async fn catch<F: Future>(function: &'static str, future: F) -> Result<F::Output, InitError> {
    #[cfg(any(feature = "logs", feature = "metrics"))]
    let running = crate::telemetry::startup::Running::begin(function);
    let caught = panic::catch(future).await;
    #[cfg(any(feature = "logs", feature = "metrics"))]
    running.done();
    caught.map_err(|failure| InitError::of(function, &failure))
}

/// The value that the function made; names it if it failed.
#[doc(hidden)]
pub fn made<T>(function: &'static str, settled: Result<T, Failure>) -> Result<T, InitError> {
    settled.map_err(|failure| InitError::of(function, &failure))
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
