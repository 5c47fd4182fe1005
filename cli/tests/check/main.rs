//! `cargo lambkin check` as it is run: on templates that are right, with one mistake each, and on what is generated.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test fails by panicking")]

mod command;
mod generated;
mod given;
mod mistakes;
mod sarif;
mod workspaces;
