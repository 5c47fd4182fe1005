//! Where templates of the user's set what is reserved: what a deployment brings back, whatever was set by hand.
//!
//! `check`'s readers know the formats and the places; `write` puts a number there.

pub(crate) mod write;

use std::fmt;
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::check::observed::{Field, Function, Observed, Part, Place, Text};
use crate::check::read;
use crate::concurrency::state::State;
use crate::error::CliError;

/// The names that deployers look for.
const WELL_KNOWN: [&str; 5] = ["template.yaml", "template.yml", "template.json", "serverless.yml", "serverless.yaml"];

/// A place that sets it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Setting {
    pub(crate) file: String,
    pub(crate) line: Option<usize>,
    /// The way to it, as the format writes it.
    pub(crate) path: String,
    /// What it comes to, where that is known before it is deployed.
    pub(crate) value: Option<u64>,
}

impl fmt::Display for Setting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, line, path, value } = self;
        let line = line.map(|line| format!(":{line}")).unwrap_or_default();
        match value {
            Some(value) => write!(f, "`{file}{line}` sets {value} (`{path}`)"),
            None => write!(f, "`{file}{line}` sets it (`{path}`)"),
        }
    }
}

/// Reads the templates that were named, or those with well-known names in the current directory.
pub(crate) fn read(named: &[PathBuf], state: &mut State) -> Result<Observed, CliError> {
    let observed = if named.is_empty() {
        let found = well_known(Path::new("."));
        if found.is_empty() {
            return Ok(Observed::default());
        }
        // They may be another's: what can't be read is no reason to say nothing of the account.
        read::read(&found, &[]).unwrap_or_else(|error| {
            state.notes.push(format!("whether a template sets the same numbers is not known: {error}"));
            Observed::default()
        })
    } else {
        read::read(named, &[])?
    };
    for function in &mut state.functions {
        let name = function.live().map(|live| live.function.as_str());
        function.templates =
            of(&observed, &function.handler, name).filter_map(|found| setting(&found.reserved_concurrency)).collect();
    }
    Ok(observed)
}

fn well_known(folder: &Path) -> Vec<PathBuf> {
    let named = WELL_KNOWN.iter().map(|name| folder.join(name)).filter(|path| path.is_file());
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut terraform: Vec<PathBuf> =
        entries.filter(|path| path.extension().is_some_and(|end| end == "tf") && path.is_file()).collect();
    terraform.sort();
    let shown = |path: PathBuf| path.strip_prefix(folder).map(Path::to_owned).unwrap_or(path);
    named.chain(terraform).map(shown).collect()
}

/// The functions of the templates that are this handler's: by their name, or by their `Handler`.
fn of<'o>(observed: &'o Observed, handler: &str, name: Option<&str>) -> impl Iterator<Item = &'o Function> {
    let is_named = move |function: &Function| match (function.name.value(), name) {
        (Some(Text(parts)), Some(name)) => matches!(parts.as_slice(), [Part::Literal(literal)] if literal == name),
        _ => false,
    };
    observed.functions.iter().filter({
        let handler = handler.to_owned();
        move |function| function.handler.value() == Some(&handler) || is_named(function)
    })
}

fn setting(field: &Field<u64>) -> Option<Setting> {
    let Place { file, line, path, .. } = field.place()?.clone();
    Some(Setting { file: file.to_string(), line, path, value: field.value().copied() })
}
