//! A binary without Lambda: the local tool, which runs one event.

use std::io::ErrorKind;
use std::path::Path;
use std::process::Stdio;

use serde_json::Value;
use tokio::io::AsyncWriteExt;
use tokio::process::Command;

use crate::within;

/// What a run of the tool came to.
#[derive(Debug)]
pub struct Output {
    /// The exit code.
    pub code: Option<i32>,
    /// Standard output: the response, or the error.
    pub stdout: String,
    /// Standard error: the log.
    pub stderr: String,
}

impl Output {
    /// Standard output, which has to be one JSON value.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {} {}", self.stdout, self.stderr))
    }

    /// The JSON of what has to be the response to an invocation.
    pub fn response(&self) -> Value {
        assert_eq!(self.code, Some(0), "{self:?}");
        self.json()
    }

    /// The JSON of what has to be the error of an invocation.
    pub fn error(&self) -> Value {
        assert_eq!(self.code, Some(1), "{self:?}");
        self.json()
    }
}

/// Runs the tool with these arguments and this standard input, and no variables.
pub async fn run(binary: &Path, arguments: &[&str], stdin: &str) -> Output {
    run_with(binary, arguments, stdin, []).await
}

/// [`run`], with these variables.
pub async fn run_with<'v>(
    binary: &Path,
    arguments: &[&str],
    stdin: &str,
    variables: impl IntoIterator<Item = (&'v str, &'v str)>,
) -> Output {
    run_in(Path::new("."), binary, arguments, stdin, variables).await
}

/// [`run_with`], in this folder.
pub async fn run_in<'v>(
    folder: &Path,
    binary: &Path,
    arguments: &[&str],
    stdin: &str,
    variables: impl IntoIterator<Item = (&'v str, &'v str)>,
) -> Output {
    let mut command = Command::new(binary);
    command.current_dir(folder).args(arguments).env_clear().envs(variables).kill_on_drop(true);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = loop {
        match command.spawn() {
            // A copy of a binary stays open for writing in whatever process another test was starting just then, until that
            // has become its program.
            Err(error) if error.kind() == ErrorKind::ExecutableFileBusy => tokio::task::yield_now().await,
            child => break child.unwrap(),
        }
    };
    let mut input = child.stdin.take().unwrap();
    // A tool that does not read its input has closed it.
    let _ = input.write_all(stdin.as_bytes()).await;
    drop(input);
    let output = within("the tool", child.wait_with_output()).await.unwrap();
    Output {
        code: output.status.code(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}
