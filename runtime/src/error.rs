//! What goes wrong with one record or one invocation, and how it is told apart.

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;

use serde::Serialize;

/// The boxed error that any handler error turns into.
pub type BoxError = Box<dyn StdError + Send + Sync + 'static>;

/// An error that can hold any other, and remembers the type it was made from.
///
/// `?` turns every [`std::error::Error`] into it. Unlike a `Box<dyn Error>`, it reports the original
/// type's name as Lambda's `errorType`.
///
/// ```
/// use lambkin::Error;
///
/// fn total(text: &str) -> Result<u64, Error> {
///     if text.is_empty() {
///         return Err(Error::msg("the total is empty"));
///     }
///     Ok(text.parse()?)
/// }
/// assert_eq!(total("12").unwrap(), 12);
/// assert_eq!(total("x").unwrap_err().type_name(), "core::num::error::ParseIntError");
/// ```
pub struct Error(Typed);

impl Error {
    /// An error out of a message alone.
    pub fn msg(message: impl Into<String>) -> Self {
        Self(Typed { type_name: "Error", inner: message.into().into() })
    }

    /// The full name of the type that this error was made from.
    pub fn type_name(&self) -> &'static str {
        self.0.type_name
    }

    /// The error that this one was made from.
    pub fn inner(&self) -> &(dyn StdError + Send + Sync + 'static) {
        &*self.0.inner
    }
}

impl<E: StdError + Send + Sync + 'static> From<E> for Error {
    fn from(error: E) -> Self {
        Self(Typed { type_name: std::any::type_name::<E>(), inner: Box::new(error) })
    }
}

impl From<Error> for BoxError {
    fn from(error: Error) -> Self {
        Box::new(error.0)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0.inner, f)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0.inner, f)
    }
}

/// An [`Error`] on its way through a [`BoxError`], so that the type's name survives the box.
#[derive(Debug)]
struct Typed {
    type_name: &'static str,
    inner: BoxError,
}

impl fmt::Display for Typed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.inner, f)
    }
}

impl StdError for Typed {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        // The inner error itself, not its source: whoever looks for a type in the chain finds it.
        // `chain` leaves out the repeated message.
        Some(&*self.inner)
    }
}

/// A permanent failure: trying again would fail again, so the record is acknowledged instead of retried.
///
/// The record is logged with its identifier and counted as discarded. It may be the handler's error
/// itself or stand anywhere in the error's [source](StdError::source) chain, so that it passes through
/// error enums and `anyhow` alike. An error type can also decide for itself: see [`Permanent`].
///
/// ```
/// use lambkin::{Discard, Error};
///
/// async fn ship(country: &str) -> Result<(), Error> {
///     if country == "Atlantis" {
///         return Err(Discard::new("there is no carrier to Atlantis").into());
///     }
///     Ok(())
/// }
/// ```
#[derive(Debug)]
pub struct Discard {
    reason: Reason,
}

impl Discard {
    /// A permanent failure for this reason: a message or an error.
    pub fn new(reason: impl Into<BoxError>) -> Self {
        Self { reason: Reason(reason.into()) }
    }
}

impl fmt::Display for Discard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("permanent failure")
    }
}

impl StdError for Discard {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        // `Reason` stays visible where a wrapper hides the `Discard` around it: anyhow's box and
        // `#[error(transparent)]` both forward `source` but not their own type.
        Some(&self.reason)
    }
}

#[derive(Debug)]
struct Reason(BoxError);

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl StdError for Reason {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source()
    }
}

/// Makes the error of a `Result` permanent: see [`Discard`].
///
/// ```
/// use lambkin::{Discard, OrDiscard};
///
/// fn quantity(text: &str) -> Result<u32, Discard> {
///     text.parse().or_discard()
/// }
/// assert!(quantity("three").is_err());
/// ```
pub trait OrDiscard<T> {
    /// Wraps the error in a [`Discard`].
    ///
    /// # Errors
    /// The same error, as a permanent one.
    fn or_discard(self) -> Result<T, Discard>;
}

impl<T, E: Into<BoxError>> OrDiscard<T> for Result<T, E> {
    fn or_discard(self) -> Result<T, Discard> {
        self.map_err(Discard::new)
    }
}

/// An error type that knows which of its values are permanent.
///
/// A handler whose error type implements it needs no [`Discard`]. It counts only where it is the error that the
/// handler's signature names: behind [`Error`], a `Box<dyn Error>` or `anyhow::Error` the type is no longer known,
/// and [`Discard`] is what is found there.
///
/// ```
/// use lambkin::Permanent;
///
/// #[derive(Debug)]
/// enum ShipError {
///     UnknownAddress,
///     CarrierBusy,
/// }
/// # impl std::fmt::Display for ShipError {
/// #     fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { f.write_str("ship") }
/// # }
/// # impl std::error::Error for ShipError {}
///
/// impl Permanent for ShipError {
///     fn is_permanent(&self) -> bool {
///         matches!(self, ShipError::UnknownAddress)
///     }
/// }
/// ```
pub trait Permanent {
    /// Whether trying again would fail again.
    fn is_permanent(&self) -> bool;
}

/// Why a record or an invocation failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FailureKind {
    /// The record did not decode into the handler's parameters.
    Malformed,
    /// The handler returned an error.
    Error,
    /// The handler returned a permanent error: [`Discard`] or [`Permanent`].
    Permanent,
    /// The handler, a decoder or a destructor panicked.
    Panic,
    /// The handler was cancelled at the line that `#[deadline]` draws, or at the end of its idempotency lease.
    DeadlineExceeded,
    /// The handler did not run: `#[idempotent]` refused it. See [`Refused`](crate::idempotency::Refused).
    Idempotency,
}

impl FailureKind {
    /// The word that stands in the log.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Malformed => "malformed",
            Self::Error => "error",
            Self::Permanent => "permanent",
            Self::Panic => "panic",
            Self::DeadlineExceeded => "deadline exceeded",
            Self::Idempotency => "idempotency",
        }
    }
}

/// A failed record or invocation: what kind of failure, the error's type and its message.
///
/// The message holds the error's whole source chain, and never the payload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    kind: FailureKind,
    error_type: &'static str,
    message: String,
}

impl Failure {
    pub(crate) fn new(kind: FailureKind, error_type: &'static str, message: impl Into<String>) -> Self {
        Self { kind, error_type, message: message.into() }
    }

    /// The record does not hold what the handler takes; for implementations of
    /// [`FromRecord`](crate::FromRecord). The message must not quote the payload.
    pub fn malformed(message: impl Into<String>) -> Self {
        Self::new(FailureKind::Malformed, "MalformedPayload", message)
    }

    /// A handler's error, permanent if the error or one in its chain is.
    pub(crate) fn of<E: Into<BoxError>>(error: E, permanent: bool) -> Self {
        let error: BoxError = error.into();
        let error_type = match error.downcast_ref::<Typed>() {
            Some(typed) => typed.type_name,
            None => readable_type_name::<E>(),
        };
        let kind = if permanent || holds_discard(&*error) { FailureKind::Permanent } else { FailureKind::Error };
        Self::new(kind, error_type, chain(&*error))
    }

    /// What kind of failure this is.
    pub fn kind(&self) -> FailureKind {
        self.kind
    }

    /// The full name of the error's type, such as `orders::FulfilError`.
    pub fn error_type(&self) -> &str {
        self.error_type
    }

    /// The error's message and those of its sources, joined by `: `.
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.error_type, self.message)
    }
}

impl StdError for Failure {}

/// What is posted to Lambda when an invocation or the start fails.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct InvocationError {
    /// The type of the error, as CloudWatch and the caller see it.
    pub error_type: Cow<'static, str>,
    /// What went wrong.
    pub error_message: String,
}

impl InvocationError {
    pub(crate) fn new(error_type: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Self {
        Self { error_type: error_type.into(), error_message: message.into() }
    }

    /// The envelope is not what the event source sends.
    pub(crate) fn bad_event(message: impl Into<String>) -> Self {
        Self::new("InvalidEvent", message)
    }

    /// The payload as JSON. A struct of two strings always serialises.
    pub(crate) fn to_json(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }
}

impl From<Failure> for InvocationError {
    fn from(failure: Failure) -> Self {
        Self::new(failure.error_type, failure.message)
    }
}

impl fmt::Display for InvocationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.error_type, self.error_message)
    }
}

impl StdError for InvocationError {}

/// The name to report for an error of type `E`: a box hides its content's type.
fn readable_type_name<E>() -> &'static str {
    let name = std::any::type_name::<E>();
    if name.starts_with("alloc::boxed::Box<dyn") || name == "&str" || name == "alloc::string::String" {
        "Error"
    } else {
        name
    }
}

fn holds_discard(error: &(dyn StdError + 'static)) -> bool {
    sources(error).any(|e| e.is::<Discard>() || e.is::<Reason>())
}

fn sources<'e>(error: &'e (dyn StdError + 'static)) -> impl Iterator<Item = &'e (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |&e| e.source())
}

/// The messages of an error and its sources, joined by `: `; a message that only repeats the one
/// before it is left out.
pub(crate) fn chain(error: &dyn StdError) -> String {
    let mut text = String::new();
    let mut last = String::new();
    // Only the sources have to be `'static`.
    let mut next = Some(error);
    while let Some(e) = next {
        next = e.source().map(|source| source as &dyn StdError);
        let message = e.to_string();
        if message == last || message.is_empty() {
            continue;
        }
        if !text.is_empty() {
            text.push_str(": ");
        }
        text.push_str(&message);
        last = message;
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug)]
    struct Outer(BoxError);

    impl fmt::Display for Outer {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("outer")
        }
    }

    impl StdError for Outer {
        fn source(&self) -> Option<&(dyn StdError + 'static)> {
            Some(&*self.0)
        }
    }

    #[test]
    fn the_users_type_is_reported_and_the_chain_told_once() {
        let plain = Failure::of(Outer("inner".into()), false);
        assert_eq!(plain.error_type(), std::any::type_name::<Outer>());
        assert_eq!(plain.message(), "outer: inner");
        assert_eq!(plain.kind(), FailureKind::Error);

        let through = Failure::of(Error::from(Outer("inner".into())), false);
        assert_eq!(through, plain);

        let boxed: BoxError = Error::from(Outer("inner".into())).into();
        assert_eq!(Failure::of(boxed, false), plain);
        assert_eq!(Failure::of("text", false).error_type(), "Error");
        assert_eq!(Failure::of(BoxError::from("text"), false).error_type(), "Error");
    }

    #[test]
    fn a_discard_is_found_wherever_it_stands() {
        let kind = |f: Failure| f.kind();
        assert_eq!(kind(Failure::of(Discard::new("no"), false)), FailureKind::Permanent);
        assert_eq!(kind(Failure::of(Error::from(Discard::new("no")), false)), FailureKind::Permanent);
        let wrapped = Failure::of(Outer(Box::new(Discard::new("no"))), false);
        assert_eq!(kind(wrapped.clone()), FailureKind::Permanent);
        assert_eq!(wrapped.message(), "outer: permanent failure: no");
        // A wrapper that hides the `Discard` itself and shows only its source.
        let Discard { reason } = Discard::new("no");
        assert_eq!(kind(Failure::of(Outer(Box::new(reason)), false)), FailureKind::Permanent);
    }
}
