//! HTTP: what routes take and return.
//!
//! [`handler`](macro@crate::handler#http) and [`get`](macro@crate::get) say how routes are written; `docs/http.md` in the repository
//! is a page on all of it.
//!
//! - Parameters: [`HttpRequest`] is the request as a whole, [`Claims`] what is known about its caller, [`Form`] a body that is not
//!   JSON, [`Cursor`] where a page goes on. [`FromHttp`] and [`FromBody`] are for types of your own.
//! - Responses: [`Json`], [`Created`], [`Accepted`], [`NoContent`], [`Page`], and all else that implements [`IntoResponse`].
//! - Errors: [`HttpError`](trait@HttpError), which [can be derived](derive@HttpError), and [`Problem`].

// `event` reads the events of the front ends, `request` is what is taken out of them, `reply` goes back; `serve` is the way in
// between, `route` and `routing` what generated code tells it. `param`, `body` and `extract` make a route's parameters, `settle` its response.

mod body;
mod caller;
mod conflict;
mod cookie;
mod cors;
pub(crate) mod error;
mod event;
mod extract;
mod fault;
mod idempotent;
mod mount;
mod page;
mod param;
mod problem;
mod query;
mod reply;
mod request;
mod response;
mod route;
mod routing;
mod serve;
mod service;
mod settle;
mod value;
mod verb;

pub use ::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
pub use axum_core::response::{IntoResponse, Response};
#[cfg(all(feature = "schema", any(debug_assertions, feature = "local")))]
pub(crate) use body::FORM;
pub use body::{BadBody, Form, FromBody};
pub use cors::{Cors, Origins};
pub use error::HttpError;
pub use event::FrontEnd;
pub use extract::{Claims, FromHttp, HttpRequest, WholeBody};
pub use lambkin_macros::HttpError;
pub use page::{Cursor, Page};
pub use problem::Problem;
pub use request::Request;
pub use response::{Accepted, Created, Json, NoContent};

/// What generated code calls.
#[doc(hidden)]
pub mod __private {
    pub use super::body::{BodyParam, TakeBody, TakeJson, TakeNoBody};
    pub use super::conflict::check;
    pub use super::cors::{Cors, Origins};
    pub use super::extract::{Extract, TakeFromHttp, TakeFromParts, TakeFromRequest, TakeNothingElse};
    pub use super::fault::{Faults, Place};
    pub use super::idempotent::{keep, refused, release};
    pub use super::mount::{BrokenRoutes, IsRoutes, Mountable, Mounted, UnmarkedRoutes, bound};
    pub use super::param::{Input, Param, TakeFromStr, TakeNoValue, TakeValue, borrowed};
    pub use super::reply::Reply;
    pub use super::route::{Group, Mount, Route};
    pub use super::routing::{AnyRoutes, Hit, Routes, Segment, Target, is_something, nowhere};
    pub use super::serve::{Settings, Slash, ready};
    pub use super::service::Made;
    pub use super::settle::{
        Fault, Sent, SettleError, SettleNothing, SettleProblem, SettleResponse, SettleValue, Settled,
    };
    pub use super::verb::{Verb, Verbs};
    pub use crate::call::Call;
    pub use crate::error::Failure;
}
