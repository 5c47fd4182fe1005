//! `cargo lambkin new` and `cargo lambkin event` as they are run, and the projects that come of them.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test fails by panicking")]

mod commands;
mod events;
mod projects;

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

/// The program, as cargo runs it.
fn lambkin(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cargo-lambkin"));
    command.arg("lambkin").args(arguments);
    for variable in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE"] {
        command.env_remove(variable);
    }
    command
}

/// What a command that succeeds writes to standard output.
fn text(output: Output) -> String {
    assert!(output.status.success(), "{}{}", utf8(&output.stderr), utf8(&output.stdout));
    utf8(&output.stdout)
}

/// What a command that is refused says, in one line.
fn refused(mut command: Command) -> String {
    let output = command.output().unwrap();
    assert!(!output.status.success() && output.stdout.is_empty(), "{}", utf8(&output.stdout));
    utf8(&output.stderr)
}

/// Runs a command with this on its standard input.
fn piped(mut command: Command, input: &str) -> Output {
    let command = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

fn utf8(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// The repository, whose lambkin the projects use.
fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}
