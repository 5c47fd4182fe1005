//! What a command says when it cannot do its work: one line, with what to do about it.

use std::fmt;
use std::io::Write as _;
use std::process::ExitCode;

use anstyle::{AnsiColor, Style};

const WORD: Style = AnsiColor::Red.on_default().bold();

/// Why a command ended without an answer. Wrong usage is clap's to say, with a status of its own.
#[derive(Debug)]
pub(crate) struct CliError {
    message: String,
}

impl CliError {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into() }
    }

    /// A file, or standard input, that could not be read or written.
    pub(crate) fn file(path: &std::path::Path, error: &dyn fmt::Display) -> Self {
        Self::new(format!("`{}`: {error}", path.display()))
    }

    /// Says it on standard error, and is the status to end with.
    pub(crate) fn report(&self) -> ExitCode {
        // With standard error gone there is nobody left to tell.
        let _ = writeln!(anstream::stderr(), "{WORD}error:{WORD:#} {self}");
        ExitCode::FAILURE
    }
}

impl fmt::Display for CliError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}
