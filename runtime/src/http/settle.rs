//! From what a route returned to its response.
//!
//! Decided by type, as in [`answer`](crate::answer): an error that is a problem, one that is a response, any other,
//! and a plain value.

use std::marker::PhantomData;

use axum_core::response::{IntoResponse, Response};

use super::error::HttpError;
use super::problem::Problem;
use super::reply::Reply;
use crate::answer::ReportableError;
use crate::call::Call;
use crate::error::{BoxError, Failure, chain};
use crate::telemetry::incident::Incident;

/// A route's error.
#[doc(hidden)]
pub enum Fault {
    /// It says itself how a client is answered, and the log hears more.
    Problem {
        /// The answer.
        problem: Problem,
        /// The error's type, and its message with those of its sources.
        error: (&'static str, String),
    },
    /// It is the response.
    Response(Box<Response>),
    /// It is nobody's to read but the log's.
    Failure(Failure),
}

/// Looks at the type `T` of what a route returned.
#[doc(hidden)]
pub struct Sent<T>(PhantomData<fn(T)>);

// The last level is called on the value behind the references, so it has to be copied out.
impl<T> Clone for Sent<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Sent<T> {}

impl<T> Sent<T> {
    /// The `T` is the type of this value.
    pub fn of(_: &T) -> Self {
        Self(PhantomData)
    }
}

#[doc(hidden)]
pub trait SettleProblem<T, E> {
    /// A `Result` whose error is a problem.
    fn settle(self, returned: Result<T, E>) -> Result<T, Fault>;
}

impl<T, E: HttpError + 'static> SettleProblem<T, E> for &&&&Sent<Result<T, E>> {
    fn settle(self, returned: Result<T, E>) -> Result<T, Fault> {
        returned.map_err(|error| Fault::Problem {
            problem: error.problem(),
            error: (std::any::type_name::<E>(), chain(&error)),
        })
    }
}

#[doc(hidden)]
pub trait SettleResponse<T, E> {
    /// A `Result` whose error is a response.
    fn settle(self, returned: Result<T, E>) -> Result<T, Fault>;
}

impl<T, E: IntoResponse> SettleResponse<T, E> for &&&Sent<Result<T, E>> {
    fn settle(self, returned: Result<T, E>) -> Result<T, Fault> {
        returned.map_err(|error| Fault::Response(Box::new(error.into_response())))
    }
}

#[doc(hidden)]
pub trait SettleError<T, E> {
    /// A `Result` with any error.
    fn settle(self, returned: Result<T, E>) -> Result<T, Fault>;
}

impl<T, E: Into<BoxError>> SettleError<T, E> for &&Sent<Result<T, E>> {
    fn settle(self, returned: Result<T, E>) -> Result<T, Fault> {
        returned.map_err(|error| Fault::Failure(Failure::of(error, false)))
    }
}

#[doc(hidden)]
pub trait SettleNothing<T, E> {
    /// Never compiles: says what is wrong with the error.
    fn settle(self, returned: Result<T, E>) -> Result<T, Fault>
    where
        E: ReportableError;
}

impl<T, E> SettleNothing<T, E> for &Sent<Result<T, E>> {
    fn settle(self, _: Result<T, E>) -> Result<T, Fault>
    where
        E: ReportableError,
    {
        Err(Fault::Failure(Failure::malformed("not an error type")))
    }
}

#[doc(hidden)]
pub trait SettleValue<T> {
    /// A value that cannot fail.
    fn settle(self, returned: T) -> Result<T, Fault>;
}

impl<T> SettleValue<T> for Sent<T> {
    fn settle(self, returned: T) -> Result<T, Fault> {
        Ok(returned)
    }
}

/// A value that a route may return.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "a route can't return `{Self}`",
    label = "not a response",
    note = "lambkin::E128: return what implements axum's `IntoResponse`: `Json<T>`, `Created<T>`, `NoContent`, a `String`, a \
            `StatusCode`, a tuple such as `(StatusCode, Json<T>)`; or a `Result` of it",
    note = "what stands in `Json<T>`, `Created<T>` or `Accepted<T>` implements `serde::Serialize`"
)]
pub trait Respond {
    /// The response.
    fn respond(self) -> Response;
}

#[diagnostic::do_not_recommend]
impl<T: IntoResponse> Respond for T {
    fn respond(self) -> Response {
        self.into_response()
    }
}

/// A route's value without its error.
#[doc(hidden)]
pub struct Settled<T>(pub T);

impl<T> Settled<T> {
    /// The response. A method, as all checks of types are: an error is reported at a method's name, which
    /// generated code places at the type.
    pub fn respond(self) -> Response
    where
        T: Respond,
    {
        self.0.respond()
    }
}

impl Fault {
    /// The response of this route, or what the pipeline makes one of.
    ///
    /// # Errors
    /// The failure.
    pub async fn reply(self, call: &Call<'_>, route: &str) -> Result<Reply, Failure> {
        match self {
            Self::Problem { problem, error: (error_type, message) } => {
                let incident = Incident::of(error_type).by(call.spec.name, &call.cx).record(Some(route));
                super::error::log_as(incident, problem.status(), &message);
                #[cfg(feature = "otel")]
                call.request_failed(error_type);
                Ok(problem.into())
            }
            Self::Response(response) => Reply::in_time(*response, call).await,
            Self::Failure(failure) => Err(failure),
        }
    }
}
