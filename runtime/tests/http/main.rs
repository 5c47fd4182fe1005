//! Routes: from a request to its response.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test fails by panicking")]
#![allow(unreachable_pub, reason = "modules of routes are public where they are real")]

mod cors;
mod deadline;
mod extractors;
mod front_ends;
mod idempotent;
mod mounting;
mod names;
mod odd;
mod params;
mod paths;
mod redirects;
mod replies;
mod routing;
mod safety;
mod whole;
