//! From what a handler returned to what the event source is answered.
//!
//! Decided by type, as in [`record`](crate::record): a `Result` whose error knows what is permanent, a
//! `Result` with any error, and a plain value. What stands in the `Ok` is looked at afterwards, so that a
//! mistake in either half is reported at that half.

use std::marker::PhantomData;

use crate::app::init::IsResult;
use crate::error::{BoxError, Failure, Permanent};
use crate::source::{BatchSource, Source};

/// A value that a handler of the source `S` may return.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "a handler of this event source can't return `{Self}`",
    label = "not an answer that this event source understands",
    note = "lambkin::E103: queues, streams and notifications are not answered: return `Result<(), E>`; a handler of a \
            whole `Batch` returns its `Processed`; one of `ses` may return a `Disposition`; one of `invoke` or `event` anything \
            that derives `serde::Serialize`"
)]
pub trait Answer<S: Source> {
    /// The value as the source keeps it until it responds.
    fn answer(self) -> Result<S::Answer, Failure>;
}

// Not named in errors: they would speak of the bound, and not of the answer.
#[diagnostic::do_not_recommend]
impl<S: BatchSource<Answer = ()>> Answer<S> for () {
    fn answer(self) -> Result<(), Failure> {
        Ok(())
    }
}

/// A handler's value without its error.
#[doc(hidden)]
pub struct Settled<T>(pub T);

impl<T> Settled<T> {
    /// The source's answer. A method, as all checks of types are: an error is reported at a method's
    /// name, which generated code places at the type.
    pub fn answer<S: Source>(self) -> Result<S::Answer, Failure>
    where
        T: Answer<S>,
    {
        self.0.answer()
    }

    /// What a hook returned, which is nothing.
    pub fn nothing(self)
    where
        T: NoValue,
    {
    }
}

/// What a hook may return.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "a hook can't return `{Self}`",
    label = "nobody is there to take it",
    note = "lambkin::E103: return nothing; the hook of `on_window_end` may return `Result<(), E>`"
)]
pub trait NoValue {}

#[diagnostic::do_not_recommend]
impl NoValue for () {}

/// An error that a handler or an `#[init]` function may return. Nothing implements it: it words the error.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an error that lambkin can report",
    label = "not an error type",
    note = "lambkin::E104: implement `std::error::Error` for it, which thiserror derives, or return `lambkin::Error`",
    note = "an error crosses threads: the boxed one is `Box<dyn std::error::Error + Send + Sync>`"
)]
pub trait ReportableError {}

/// Looks at the type `T` of what a function returned.
#[doc(hidden)]
pub struct Returned<T>(PhantomData<fn(T)>);

// The last level is called on the value behind the references, so it has to be copied out.
impl<T> Clone for Returned<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Returned<T> {}

impl<T> Returned<T> {
    /// The `T` is the type of this value.
    pub fn of(_: &T) -> Self {
        Self(PhantomData)
    }

    /// Refuses what an `#[init]` function can't return.
    pub fn must_be_result(&self)
    where
        T: IsResult,
    {
    }
}

#[doc(hidden)]
pub trait SettleClassified<T, E> {
    /// A `Result` whose error says itself whether it is permanent.
    fn settle(self, returned: Result<T, E>) -> Result<T, Failure>;
}

impl<T, E: Permanent + Into<BoxError>> SettleClassified<T, E> for &&&Returned<Result<T, E>> {
    fn settle(self, returned: Result<T, E>) -> Result<T, Failure> {
        returned.map_err(|error| {
            let permanent = error.is_permanent();
            Failure::of(error, permanent)
        })
    }
}

#[doc(hidden)]
pub trait SettleResult<T, E> {
    /// A `Result` with any error.
    fn settle(self, returned: Result<T, E>) -> Result<T, Failure>;
}

impl<T, E: Into<BoxError>> SettleResult<T, E> for &&Returned<Result<T, E>> {
    fn settle(self, returned: Result<T, E>) -> Result<T, Failure> {
        returned.map_err(|error| Failure::of(error, false))
    }
}

#[doc(hidden)]
pub trait SettleNothing<T, E> {
    /// Never compiles: says what is wrong with the error.
    fn settle(self, returned: Result<T, E>) -> Result<T, Failure>
    where
        E: ReportableError;
}

impl<T, E> SettleNothing<T, E> for &Returned<Result<T, E>> {
    fn settle(self, _: Result<T, E>) -> Result<T, Failure>
    where
        E: ReportableError,
    {
        Err(Failure::malformed("not an error type"))
    }
}

#[doc(hidden)]
pub trait SettleValue<T> {
    /// A value that cannot fail.
    fn settle(self, returned: T) -> Result<T, Failure>;
}

impl<T> SettleValue<T> for Returned<T> {
    fn settle(self, returned: T) -> Result<T, Failure> {
        Ok(returned)
    }
}
