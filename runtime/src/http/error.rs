//! Errors that know how a client is answered.

use std::error::Error as StdError;
use std::sync::Arc;

use ::http::StatusCode;
use axum_core::response::{IntoResponse, Response};

use crate::error::chain;
use crate::http::Problem;
use crate::telemetry::incident::Incident;

/// An error that knows how a client is answered.
///
/// [`#[derive(HttpError)]`](macro@crate::http::HttpError) implements it. By hand, an answer can hold what only the value
/// knows:
///
/// ```
/// use std::fmt;
///
/// use lambkin::http::{HttpError, Problem, StatusCode};
///
/// #[derive(Debug)]
/// struct OutOfStock {
///     left: u32,
/// }
///
/// impl fmt::Display for OutOfStock {
///     fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
///         write!(f, "there are {} left", self.left)
///     }
/// }
///
/// impl std::error::Error for OutOfStock {}
///
/// impl HttpError for OutOfStock {
///     fn problem(&self) -> Problem {
///         Problem::of_error(StatusCode::CONFLICT, self).with("left", self.left)
///     }
/// }
///
/// assert_eq!(
///     OutOfStock { left: 2 }.problem().to_json(),
///     r#"{"status":409,"title":"Conflict","detail":"there are 2 left","left":2}"#
/// );
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not say how a client is answered",
    label = "does not implement `lambkin::http::HttpError`",
    note = "lambkin::E123: write `#[derive(HttpError)]` above it, with `#[status(…)]`; what is not yours can stand in a variant \
            with a status of its own, such as `#[status(500)]`"
)]
pub trait HttpError: StdError {
    /// The answer. The client reads all of it, so it holds nothing of what is wrong inside; that is for the log, which is
    /// told the error itself.
    fn problem(&self) -> Problem;
}

#[diagnostic::do_not_recommend]
impl<E: HttpError + ?Sized> HttpError for &E {
    fn problem(&self) -> Problem {
        (**self).problem()
    }
}

#[diagnostic::do_not_recommend]
impl<E: HttpError> HttpError for Box<E> {
    fn problem(&self) -> Problem {
        (**self).problem()
    }
}

#[diagnostic::do_not_recommend]
impl<E: HttpError + ?Sized> HttpError for Arc<E> {
    fn problem(&self) -> Problem {
        (**self).problem()
    }
}

/// The answer to a derived error of this status.
#[doc(hidden)]
pub fn error_problem(error: &dyn HttpError, status: u16) -> Problem {
    // The derive has checked the number.
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    Problem::of_error(status, error)
}

/// The response to an error, which is logged on the way: a response does not hold it any more.
#[doc(hidden)]
pub fn error_response<E: HttpError>(error: &E) -> Response {
    respond(error, std::any::type_name::<E>())
}

/// Not generic: each error type would hold a copy.
#[inline(never)]
fn respond(error: &dyn HttpError, error_type: &'static str) -> Response {
    let problem = error.problem();
    log(error, error_type, problem.status());
    problem.into_response()
}

/// Logs an error that is answered with this status, with its sources.
///
/// A status from 500 on is the function's failure. What a client did wrong is worth a line only to whoever looks for it:
/// clients could fill the log at will.
pub(crate) fn log(error: &dyn StdError, error_type: &'static str, status: StatusCode) {
    log_as(Incident::of(error_type), status, &chain(error));
}

/// [`log`], for what is known about the error besides.
pub(crate) fn log_as(incident: Incident<'_>, status: StatusCode, message: &str) {
    let status_code = status.as_u16();
    if status.is_server_error() {
        incident.error(format_args!("answered with {status_code}: {message}"));
    } else {
        incident.debug(format_args!("answered with {status_code}: {message}"));
    }
}
