//! `cargo lambkin`: what surrounds a project and is not its code. One folder or file for each command.

#![cfg_attr(
    test,
    allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test fails by panicking")
)]

mod check;
mod concurrency;
mod cost;
mod error;
mod event;
mod file;
mod filters;
mod manifest;
mod new;
mod output;
mod shell;
mod source;
mod template;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Tools around AWS Lambda functions.
#[derive(Parser)]
#[command(name = "cargo-lambkin", bin_name = "cargo lambkin", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Whether a template gives the functions what they need: settings, permissions, what invokes them
    Check(Box<check::Args>),
    /// How many invocations run at the same time, and how many should be reserved for a function
    Concurrency(Box<concurrency::Args>),
    /// What a function costs in a month, line by line, and what would make it cheaper
    Cost(Box<Answering<cost::Args>>),
    /// An example event, for a source or for a handler of the current crate
    Event(Box<Answering<event::Args>>),
    /// A project that builds, runs and tests at once
    New(Box<Answering<new::Args>>),
    /// What a crate's functions need to be deployed, for SAM, CloudFormation, the Serverless Framework or Terraform
    Template(Box<template::Args>),
}

/// A command that answers, and in which form. What `--format` means is each command's own: a template has other forms.
#[derive(clap::Args)]
struct Answering<A: clap::Args> {
    #[command(flatten)]
    args: A,
    /// How the answer is written: for people, or as one JSON object for programs
    #[arg(long, value_enum, default_value_t = output::Format::Text, help_heading = "Output")]
    format: output::Format,
}

fn main() -> ExitCode {
    let cli = Cli::parse_from(arguments(std::env::args_os()));
    let done = match &cli.command {
        Command::Check(args) => match check::run(args) {
            // What was found is written already.
            Ok(true) => return ExitCode::FAILURE,
            other => other.map(|_| ()),
        },
        Command::Concurrency(args) => concurrency::run(args),
        Command::Cost(command) => {
            cost::run(&command.args).and_then(|estimate| output::print(&estimate, command.format))
        }
        Command::Event(command) => event::run(&command.args).and_then(|event| output::print(&event, command.format)),
        Command::New(command) => new::run(&command.args).and_then(|project| output::print(&project, command.format)),
        Command::Template(args) => template::run(args),
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
