//! `cargo lambkin template` as it is run: on each example, with every setting of every source, and what the tools of the
//! deployers say to what it writes.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test fails by panicking")]

mod command;
mod given;
mod snapshots;
mod terraform;
mod tools;
