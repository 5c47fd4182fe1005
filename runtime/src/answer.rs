//! From what a handler returned to what the event source is answered.
//!
//! Decided by type, as in [`record`](crate::record): a `Result` whose error knows what is permanent, a
//! `Result` with any error, and a plain value.

use std::marker::PhantomData;

use crate::error::{BoxError, Failure, Permanent};
use crate::source::Source;

/// A value that a handler of the source `S` may return.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "a handler of this event source can't return `{Self}`",
    label = "not an answer that this event source understands",
    note = "lambkin::E103: a source that answers nobody takes `Result<(), E>` or nothing; \
            `#[handler(invoke)]` takes any `serde::Serialize`"
)]
pub trait Answer<S: Source> {
    /// The value as the source keeps it until it responds.
    fn answer(self) -> Result<S::Answer, Failure>;
}

/// An error that a handler may return. Nothing implements it: it words the error.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be a handler's error",
    label = "not an error type",
    note = "lambkin::E104: implement `std::error::Error` for `{Self}` (thiserror derives it), or return \
            `lambkin::Error`"
)]
pub trait HandlerError {}

/// Looks at the type `T` of what a handler of the source `S` returned.
#[doc(hidden)]
pub struct Returned<S, T>(PhantomData<fn(S, T)>);

impl<S, T> Returned<S, T> {
    /// The `T` is the type of this value.
    pub fn of(_: &T) -> Self {
        Self(PhantomData)
    }
}

#[doc(hidden)]
pub trait SettleClassified<S: Source, T, E> {
    /// A `Result` whose error says itself whether it is permanent.
    fn settle(self, returned: Result<T, E>) -> Result<S::Answer, Failure>;
}

impl<S: Source, T: Answer<S>, E: Permanent + Into<BoxError>> SettleClassified<S, T, E>
    for &&&Returned<S, Result<T, E>>
{
    fn settle(self, returned: Result<T, E>) -> Result<S::Answer, Failure> {
        match returned {
            Ok(value) => value.answer(),
            Err(error) => {
                let permanent = error.is_permanent();
                Err(Failure::of(error, permanent))
            }
        }
    }
}

#[doc(hidden)]
pub trait SettleResult<S: Source, T, E> {
    /// A `Result` with any error.
    fn settle(self, returned: Result<T, E>) -> Result<S::Answer, Failure>
    where
        T: Answer<S>;
}

impl<S: Source, T, E: Into<BoxError>> SettleResult<S, T, E> for &&Returned<S, Result<T, E>> {
    fn settle(self, returned: Result<T, E>) -> Result<S::Answer, Failure>
    where
        T: Answer<S>,
    {
        returned.map_err(|error| Failure::of(error, false))?.answer()
    }
}

#[doc(hidden)]
pub trait SettleNothing<S: Source, T, E> {
    /// Never compiles: says what is wrong with the error.
    fn settle(self, returned: Result<T, E>) -> Result<S::Answer, Failure>
    where
        E: HandlerError;
}

impl<S: Source, T, E> SettleNothing<S, T, E> for &Returned<S, Result<T, E>> {
    fn settle(self, _: Result<T, E>) -> Result<S::Answer, Failure>
    where
        E: HandlerError,
    {
        Err(Failure::malformed("not a handler's error"))
    }
}

#[doc(hidden)]
pub trait SettleValue<S: Source, T> {
    /// A value that cannot fail.
    fn settle(self, returned: T) -> Result<S::Answer, Failure>
    where
        T: Answer<S>;
}

impl<S: Source, T> SettleValue<S, T> for Returned<S, T> {
    fn settle(self, returned: T) -> Result<S::Answer, Failure>
    where
        T: Answer<S>,
    {
        returned.answer()
    }
}
