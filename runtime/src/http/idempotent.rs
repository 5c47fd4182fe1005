//! `#[idempotent]` on a route, after the IETF's draft of the [`Idempotency-Key`][draft] header: missing 400, in flight
//! 409, with another payload 422; what is told again says so.
//!
//! [draft]: https://datatracker.ietf.org/doc/html/draft-ietf-httpapi-idempotency-key-header

use std::borrow::Cow;

use ::http::{HeaderName, StatusCode};

use super::problem::Problem;
use super::reply::Reply;
use super::request::Request;
use super::routing::Target;
use crate::call::Call;
use crate::error::{Failure, FailureKind};
use crate::idempotency::{Held, Key, NaturalKey, Refused, hash};
use crate::telemetry::incident::Incident;

/// The header of the draft.
const HEADER: &str = "idempotency-key";

impl NaturalKey for Request<'_> {
    fn natural_key(&self) -> Vec<Option<Cow<'_, str>>> {
        vec![self.key(HEADER).map(Cow::Owned), Some(self.caller())]
    }
}

impl Request<'_> {
    /// A header's value as a key. The draft has it in quotes, and clients send it without.
    fn key(&self, header: &str) -> Option<String> {
        let value = self.header(header)?;
        let value = value.trim();
        let bare = value.strip_prefix('"').and_then(|value| value.strip_suffix('"')).unwrap_or(value);
        (!bare.is_empty()).then(|| bare.to_owned())
    }
}

impl<'a> Target<'a> {
    /// The value of a header that is part of a key.
    pub fn key_header(&self, name: &str) -> Option<String> {
        self.request.key(name)
    }

    /// The key that a header makes: of each caller's own, and of each route's.
    ///
    /// # Errors
    /// As [`Key::of`].
    pub fn header_key(&self, name: &str) -> Result<Key, Refused> {
        Key::of(&[self.request.key(name).map(Cow::Owned), Some(self.request.caller())])
    }

    /// What has to be the same whenever the key is, where nobody says: the method, the path, the query and the body.
    ///
    /// # Errors
    /// As [`Key::of`].
    pub fn fingerprint(&self) -> Result<Key, Refused> {
        let body = self.request.bytes().unwrap_or_default();
        Key::of(&(self.request.method(), self.request.path(), self.request.query_text(), hash::sha256(body)))
    }

    /// What the user wants to be the same, and where: a key that is used at another path is used for something else.
    ///
    /// # Errors
    /// Those of the value.
    pub fn verified(&self, value: Result<Key, Refused>) -> Result<Key, Refused> {
        Key::compound([Key::of(self.request.method()), Key::of(self.request.path()), value])
    }

    /// The record's own key.
    ///
    /// # Errors
    /// As [`Key::of`].
    pub fn natural_key(&self) -> Result<Key, Refused> {
        Key::of(&self.request.natural_key())
    }
}

/// The response to a request that is not served, or not again.
#[doc(hidden)]
#[cold]
pub fn refused(refused: &Refused, call: &Call<'_>, route: &str) -> Result<Reply, Failure> {
    if let Refused::NoResult(_) = refused {
        let incident = Incident::of(refused.error_type()).by(call.spec.name, &call.cx).record(Some(route));
        incident.warn(format_args!("a repeated request is not answered as the first one was: {refused}"));
    }
    let problem = match refused {
        Refused::MissingKey => Problem::new(StatusCode::BAD_REQUEST)
            .title("Idempotency-Key is missing")
            .detail("this operation is idempotent and needs the header `Idempotency-Key`, with a value of its own per operation"),
        Refused::BadKey(_) => {
            Problem::new(StatusCode::BAD_REQUEST).title("Idempotency-Key is invalid").detail(refused.to_string())
        }
        Refused::InProgress { retry_after } => {
            Problem::new(StatusCode::CONFLICT)
                .title("A request is outstanding for this Idempotency-Key")
                .detail("a request with the same key is being served: repeat it later")
                .retry_after(*retry_after)
        }
        Refused::Mismatch => Problem::new(StatusCode::UNPROCESSABLE_ENTITY)
            .title("Idempotency-Key is already used")
            .detail("the key was used before with another payload: an operation of its own needs a key of its own"),
        // Nothing that would be better later.
        Refused::NoResult(_) => Problem::new(StatusCode::CONFLICT)
            .title("Idempotency-Key is already used")
            .detail("the request with this key was served, and its response can't be told again"),
        // Ours, and logged by the pipeline.
        Refused::Store(_) | Refused::LeaseExceeded => {
            return Err(Failure::new(FailureKind::Idempotency, refused.error_type(), refused.to_string()));
        }
    };
    Ok(problem.into())
}

/// Keeps the response for the requests that repeat this one. One that says that the server failed is not what a
/// client wants to be told again.
#[doc(hidden)]
pub fn keep(held: Held, reply: Reply) -> Result<Reply, Failure> {
    if reply.status.is_server_error() {
        release(held);
        return Ok(reply);
    }
    held.keep(|| Ok(reply))
}

/// Gives the key back, as the route returned an error.
#[doc(hidden)]
pub fn release(mut held: Held) {
    let _ = held.passed::<()>(Err(Failure::new(FailureKind::Error, "Error", "")));
}

/// Marks a response that was made for an earlier request with the same key.
pub(crate) const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");
