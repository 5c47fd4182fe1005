//! What the end-to-end tests stand on: a Lambda Runtime API on loopback, and real binaries that ask it
//! for events.
//!
//! A test starts a [`Lambda`] from a binary of [`binaries`], hands it an [`Event`] and looks at what was
//! [posted](Posted). Nothing sleeps: a test waits for what happens, and fails by panicking if it does not
//! within [`PATIENCE`].

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test fails by panicking, and tells why on standard error"
)]

mod api;
pub mod binaries;
pub mod browser;
mod client;
mod collector;
mod event;
mod lambda;
mod moto;
mod process;
mod served;
mod site;
pub mod tool;
mod vault;

use std::future::Future;
use std::time::Duration;

pub use api::{Api, Posted};
pub use client::Client;
pub use collector::{Collector, Exported, Span};
pub use event::{Event, sqs, sqs_texts};
pub use lambda::{Lambda, Setup};
pub use moto::Moto;
pub use process::{Process, structured};
pub use served::Served;
pub use site::Site;
pub use vault::{Trouble, Vault};

/// How long anything may take before its test fails; no test is about being fast.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// Waits for what is named, but not for ever.
pub async fn within<F: Future>(what: &str, future: F) -> F::Output {
    match tokio::time::timeout(PATIENCE, future).await {
        Ok(output) => output,
        Err(_) => panic!("waited {PATIENCE:?} for {what}"),
    }
}
