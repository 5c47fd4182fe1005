//! What is wrong with a request's parameters: all of it at once.

use ::http::StatusCode;
use serde::Serialize;

use super::problem::Problem;
use super::reply::Reply;

/// Where a parameter comes from.
#[doc(hidden)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Place {
    Path,
    Query,
    Header,
    Cookie,
    Body,
}

#[derive(Debug, Serialize)]
struct Fault {
    r#in: Place,
    name: String,
    detail: String,
}

/// The faults found so far.
#[doc(hidden)]
#[derive(Debug, Default)]
pub struct Faults {
    found: Vec<Fault>,
    /// One that says more than 400.
    status: Option<StatusCode>,
}

impl Faults {
    pub(crate) fn add(&mut self, place: Place, name: &str, detail: impl Into<String>) {
        self.found.push(Fault { r#in: place, name: name.to_owned(), detail: detail.into() });
    }

    pub(crate) fn status(&mut self, status: StatusCode) {
        self.status = Some(status);
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// The response that names them.
    pub fn reply(self) -> Reply {
        let (status, detail) = match (self.status, self.found.as_slice()) {
            (Some(status), [_]) => (status, "the request's body is not what this route takes"),
            (_, [_]) => (StatusCode::BAD_REQUEST, "a parameter of the request is wrong"),
            _ => (StatusCode::BAD_REQUEST, "some parameters of the request are wrong"),
        };
        Problem::new(status).detail(detail).with("errors", self.found).into()
    }
}
