//! How findings are written.

mod json;
mod sarif;
mod text;

use std::path::PathBuf;

use crate::check::args::Format;
use crate::check::finding::Finding;
use crate::check::observed::Observed;
use crate::error::CliError;
use crate::output;

/// All that there is to say.
pub(crate) struct Report<'a> {
    pub(crate) templates: &'a [PathBuf],
    /// Those that were looked at.
    pub(crate) handlers: &'a [String],
    /// Those of them that no function is known to run here.
    pub(crate) unchecked: &'a [String],
    pub(crate) observed: &'a Observed,
    pub(crate) findings: &'a [Finding],
}

impl Report<'_> {
    /// Writes it to standard output.
    pub(crate) fn print(&self, format: Format) -> Result<(), CliError> {
        let mut out = anstream::stdout().lock();
        let written = match format {
            Format::Text => text::write(self, &mut out),
            Format::Json => json::write(self, &mut out),
            Format::Sarif => sarif::write(self, &mut out),
        };
        output::finish(written, &mut out)
    }
}
