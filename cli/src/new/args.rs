//! What `cargo lambkin new` can be told.

use std::path::PathBuf;

use crate::source::Source;

/// Makes a project with a handler, an event for it, and tests.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cargo lambkin new orders
  cargo lambkin new notes --source http
  cargo lambkin new shop --source http --source sqs --source schedule")]
pub(crate) struct Args {
    /// The folder to make; its name is the package's
    #[arg(value_name = "NAME")]
    pub(crate) path: PathBuf,
    /// What invokes the function. Given several times, the program holds a handler for each
    #[arg(long, short, value_enum, default_value = "sqs")]
    pub(crate) source: Vec<Source>,
    /// Use the lambkin of this folder, and not the published one
    #[arg(long, value_name = "PATH")]
    pub(crate) lambkin: Option<PathBuf>,
    /// Which repository to make [default: git, unless the folder is in a repository]
    #[arg(long, value_enum)]
    pub(crate) vcs: Option<Vcs>,
}

/// A repository for the project.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Vcs {
    /// A repository of git
    Git,
    /// None
    None,
}
