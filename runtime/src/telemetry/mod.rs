//! What a function tells about itself.

#[cfg(feature = "logs")]
pub(crate) mod guard_rails;
pub(crate) mod incident;
#[cfg(any(feature = "logs", feature = "metrics"))]
pub(crate) mod invocation;
pub(crate) mod logs;
#[cfg(any(feature = "logs", feature = "metrics"))]
pub(crate) mod memory;
pub(crate) mod metrics;
#[cfg(feature = "otel")]
pub(crate) mod otel;
pub(crate) mod spans;
#[cfg(any(feature = "logs", feature = "metrics"))]
pub(crate) mod startup;
pub(crate) mod timestamp;

use std::io::Write as _;
use std::process::ExitCode;

/// Says on standard error what keeps the process from running.
pub(crate) fn complain(message: &str) -> ExitCode {
    // Nobody could be told that nobody can be told.
    let line = format!("error: {}\n", message.trim_end());
    let _ = std::io::stderr().lock().write_all(line.as_bytes());
    ExitCode::FAILURE
}
