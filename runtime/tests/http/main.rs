//! Routes: from a request to its response.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test fails by panicking")]

mod idempotent;
mod mounting;
mod paths;
mod routing;
mod whole;
