//! `cargo lambkin concurrency` as it is run, against moto's server: functions that are there, metrics that were put.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test fails by panicking")]

mod apply;
mod cloud;
mod plan;
mod refusals;
mod show;
mod templates;
mod terminal;
