//! HTTP: requests and responses, whatever stands in front of the function.

pub(crate) mod error;
mod problem;

pub use error::HttpError;
pub use lambkin_macros::HttpError;
pub use problem::Problem;

pub use ::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
pub use axum_core::response::{IntoResponse, Response};
