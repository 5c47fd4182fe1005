//! The one way out: an answer as text for people or as JSON for programs.

mod table;

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use serde::Serialize;

use crate::error::CliError;
pub(crate) use crate::output::table::Table;

/// A heading.
pub(crate) const HEADING: Style = Style::new().bold();
/// What is good news.
pub(crate) const GOOD: Style = AnsiColor::Green.on_default();
/// What asks to be read, and is no error.
const NOTE: Style = AnsiColor::Yellow.on_default().bold();
/// What matters less.
pub(crate) const QUIET: Style = Style::new().dimmed();

/// How an answer is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Format {
    /// For people
    Text,
    /// One JSON object
    Json,
}

/// What a command has to say. Both forms say the same.
pub(crate) trait Answer: Serialize {
    /// Writes it for people. Styles may be written freely: what is no terminal, and who sets `NO_COLOR`, gets none.
    fn text(&self, out: &mut dyn Write) -> io::Result<()>;

    /// Writes it for programs.
    fn json(&self, out: &mut dyn Write) -> io::Result<()> {
        serde_json::to_writer_pretty(&mut *out, self).map_err(io::Error::from)?;
        writeln!(out)
    }
}

/// Writes an answer to standard output.
pub(crate) fn print(answer: &impl Answer, format: Format) -> Result<(), CliError> {
    let mut out = anstream::stdout().lock();
    let written = match format {
        Format::Text => answer.text(&mut out),
        Format::Json => answer.json(&mut out),
    };
    finish(written, &mut out)
}

/// What became of an answer that was written to standard output.
pub(crate) fn finish(written: io::Result<()>, out: &mut dyn Write) -> Result<(), CliError> {
    match written.and_then(|()| out.flush()) {
        // The reader has seen enough, as `head` does.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        Err(error) => Err(CliError::new(format!("standard output: {error}"))),
        Ok(()) => Ok(()),
    }
}

/// Says something beside the answer, on standard error.
pub(crate) fn note(text: &str) {
    // With standard error gone there is nobody left to tell.
    let _ = writeln!(anstream::stderr(), "{NOTE}note:{NOTE:#} {text}");
}
