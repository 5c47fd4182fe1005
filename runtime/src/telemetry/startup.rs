//! How the process started: what took how long until the first event was asked for.

use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

/// When `main` began.
static MAIN: OnceLock<Instant> = OnceLock::new();

/// When the first event was asked for.
static READY: OnceLock<Instant> = OnceLock::new();

/// The `#[init]` functions and configs that are done, and how long each took by itself.
static INITS: Mutex<Vec<(&'static str, Duration)>> = Mutex::new(Vec::new());

/// `main` begins.
pub(crate) fn main_begins() {
    MAIN.get_or_init(Instant::now);
}

/// This function has run.
pub(crate) fn init_done(name: &'static str, took: Duration) {
    INITS.lock().unwrap_or_else(PoisonError::into_inner).push((name, took));
}

/// The first event is asked for.
pub(crate) fn ready() {
    READY.get_or_init(Instant::now);
}

/// From `main` to the first event asked for; `None` before that, and in tests, where there is no such moment.
pub(crate) fn init_duration() -> Option<Duration> {
    Some(READY.get()?.saturating_duration_since(*MAIN.get()?))
}

/// What has run, in the order in which it ended.
#[cfg_attr(not(feature = "logs"), allow(dead_code, reason = "it is for the log"))]
pub(crate) fn inits() -> Vec<(&'static str, Duration)> {
    INITS.lock().unwrap_or_else(PoisonError::into_inner).clone()
}
