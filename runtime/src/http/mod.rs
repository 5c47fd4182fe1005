//! HTTP: requests and responses, whatever stands in front of the function.

mod problem;

pub use problem::Problem;

pub use ::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
pub use axum_core::response::{IntoResponse, Response};
