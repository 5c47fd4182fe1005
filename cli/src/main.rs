//! `cargo lambkin`: what surrounds a project and is not its code. One folder or file for each command.

#![cfg_attr(
    test,
    allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test fails by panicking")
)]

mod cost;
mod error;
mod output;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::output::Format;

/// Tools around AWS Lambda functions.
#[derive(Parser)]
#[command(name = "cargo-lambkin", bin_name = "cargo lambkin", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
    /// How the answer is written: for people, or as one JSON object for programs
    #[arg(long, global = true, value_enum, default_value_t = Format::Text, help_heading = "Output")]
    format: Format,
}

#[derive(Subcommand)]
enum Command {
    /// What a function costs in a month, line by line, and what would make it cheaper
    Cost(Box<cost::Args>),
}

fn main() -> ExitCode {
    let cli = Cli::parse_from(arguments(std::env::args_os()));
    let done = match &cli.command {
        Command::Cost(args) => cost::run(args).and_then(|estimate| output::print(&estimate, cli.format)),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => error.report(),
    }
}

/// Cargo runs `cargo-lambkin lambkin cost …`; by hand it is `cargo-lambkin cost …`.
fn arguments(all: impl Iterator<Item = OsString>) -> impl Iterator<Item = OsString> {
    all.enumerate().filter(|(place, argument)| *place != 1 || argument != "lambkin").map(|(_, argument)| argument)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_commands_are_well_formed() {
        Cli::command().debug_assert();
    }

    #[test]
    fn cargo_s_own_word_is_left_out_once() {
        let left = |words: &[&str]| arguments(words.iter().map(OsString::from)).collect::<Vec<_>>();
        assert_eq!(left(&["cargo-lambkin", "lambkin", "cost"]), ["cargo-lambkin", "cost"]);
        assert_eq!(left(&["cargo-lambkin", "cost", "lambkin"]), ["cargo-lambkin", "cost", "lambkin"]);
    }
}
