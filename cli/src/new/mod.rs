//! `cargo lambkin new`: a project that builds, runs and tests at once.
//!
//! `kind` is what a project of each source is, out of `templates`; `files` puts the project together, with the events
//! that `cargo lambkin event` prints. Cargo itself (`cargo`) makes the folder, as `cargo new` does.

mod args;
mod cargo;
mod files;
mod kind;
mod name;

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::error::CliError;
pub(crate) use crate::new::args::Args;
use crate::new::args::Vcs;
use crate::new::files::Files;
use crate::new::kind::Kind;
use crate::output::{self, Answer, GOOD, HEADING, QUIET};
use crate::shell::quoted;

/// A project that was made.
#[derive(Debug, Serialize)]
pub(crate) struct Project {
    name: String,
    folder: PathBuf,
    handlers: Vec<Handler>,
    /// From the folder on.
    files: Vec<String>,
    /// Commands to go on with.
    next: Vec<String>,
}

#[derive(Debug, Serialize)]
struct Handler {
    name: &'static str,
    source: &'static str,
    /// The file with an event for it.
    event: String,
}

impl Answer for Project {
    fn text(&self, out: &mut dyn Write) -> io::Result<()> {
        let Self { name, handlers, files, next, .. } = self;
        let handlers: Vec<String> =
            handlers.iter().map(|handler| format!("`{}` ({})", handler.name, handler.source)).collect();
        writeln!(out, "{GOOD}Created{GOOD:#} `{name}`, which handles {}", handlers.join(", "))?;
        for file in files {
            writeln!(out, "  {QUIET}{file}{QUIET:#}")?;
        }
        writeln!(out, "\n{HEADING}Next{HEADING:#}")?;
        for command in next {
            writeln!(out, "  {command}")?;
        }
        Ok(())
    }
}

/// Makes the project.
pub(crate) fn run(args: &Args) -> Result<Project, CliError> {
    let name = name::of(&args.path)?;
    let kinds = kinds(args)?;
    let lambkin = match &args.lambkin {
        Some(path) => cargo::Lambkin::at(path)?,
        None => cargo::Lambkin::published(),
    };
    is_free(&args.path)?;
    cargo::init(&args.path, &name, args.vcs)?;
    let root = cargo::workspace_of(&args.path);
    let ignores = args.vcs != Some(Vcs::None);
    let files = Files { name: &name, kinds: &kinds, lambkin: &lambkin, is_alone: root.is_none(), ignores }.all();
    for (file, text) in &files {
        let path = args.path.join(file);
        let parent = path.parent().unwrap_or(&args.path);
        std::fs::create_dir_all(parent)
            .and_then(|()| std::fs::write(&path, text))
            .map_err(|error| CliError::file(&path, &error))?;
    }
    if let Some(root) = root
        && !cargo::unwinds(&root)
    {
        output::note(&format!(
            "profiles belong to the workspace: write `panic = \"unwind\"` under `[profile.release]` in `{}`, since \
             cargo-lambda builds with `abort` where nothing is said, and lambkin refuses that",
            root.display()
        ));
    }
    let handlers: Vec<Handler> = kinds.iter().map(|kind| kind.handler()).collect();
    let run = handlers.iter().map(|handler| format!("cargo run -- {} {}", handler.name, handler.event));
    let next = [format!("cd {}", quoted(&args.path.display().to_string()))].into_iter().chain(run);
    let next = next.chain(["cargo test", "cargo lambda build --release --arm64"].map(str::to_owned)).collect();
    let files = files.into_iter().map(|(file, _)| file).collect();
    Ok(Project { name, folder: args.path.clone(), handlers, files, next })
}

/// The kinds that are asked for, each once.
fn kinds(args: &Args) -> Result<Vec<&'static Kind>, CliError> {
    let mut seen = BTreeSet::new();
    for source in &args.source {
        if !seen.insert(*source) {
            let name = source.name();
            return Err(CliError::new(format!(
                "`--source {name}` stands there twice: a project has one handler of each"
            )));
        }
    }
    Ok(args.source.iter().map(|source| Kind::of(*source)).collect())
}

/// Refuses a folder with something in it.
fn is_free(folder: &Path) -> Result<(), CliError> {
    match std::fs::read_dir(folder) {
        Ok(mut entries) => match entries.next() {
            None => Ok(()),
            Some(_) => Err(CliError::new(format!(
                "`{}` exists and is not empty: choose another name, or empty it first",
                folder.display()
            ))),
        },
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(CliError::file(folder, &error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_free_while_nothing_is_in_it() {
        let folder = tempfile::tempdir().unwrap();
        assert!(is_free(folder.path()).is_ok());
        assert!(is_free(&folder.path().join("new")).is_ok());
        std::fs::write(folder.path().join("file"), "").unwrap();
        assert!(is_free(folder.path()).unwrap_err().to_string().contains("is not empty"));
        assert!(is_free(&folder.path().join("file")).is_err());
    }
}
