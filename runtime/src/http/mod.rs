//! HTTP: requests and responses, whatever stands in front of the function.

#[allow(dead_code, reason = "the request takes its cookies with it")]
mod cookie;
#[allow(dead_code, reason = "the routes answer with it")]
mod cors;
mod page;
mod problem;
#[allow(dead_code, reason = "the request takes its values with it")]
mod query;
mod response;
#[allow(dead_code, reason = "the request takes its values with it")]
mod value;

pub use cors::{Cors, Origins};
pub use page::{Cursor, Page};
pub use problem::Problem;
pub use response::{Accepted, Created, Json, NoContent};

pub use ::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
pub use axum_core::response::{IntoResponse, Response};
