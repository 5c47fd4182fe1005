//! `#[idempotent]`, in-process: one effect for a key, and what each refusal does to its record.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test fails by panicking")]

mod batches;
mod functions;
mod hostile;
mod keys;
mod options;
mod peer;
mod trouble;
