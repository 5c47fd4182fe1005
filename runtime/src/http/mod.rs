//! HTTP: requests and responses, whatever stands in front of the function.

mod problem;
#[allow(dead_code, reason = "the request takes its values with it")]
mod query;
#[allow(dead_code, reason = "the request takes its values with it")]
mod value;

pub use problem::Problem;

pub use ::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
pub use axum_core::response::{IntoResponse, Response};
