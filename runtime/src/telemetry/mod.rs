//! What a function tells about itself.

pub(crate) mod incident;
pub(crate) mod logs;

use std::io::Write as _;
use std::process::ExitCode;

/// Says on standard error what keeps the process from running.
pub(crate) fn complain(message: &str) -> ExitCode {
    // Nobody could be told that nobody can be told.
    let _ = writeln!(std::io::stderr(), "error: {}", message.trim_end());
    ExitCode::FAILURE
}
