//! A binary together with the Runtime API that it serves.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::Value;
use tokio::process::Command;

use crate::api::{Api, Posted};
use crate::event::Event;
use crate::process::Process;

/// What an execution environment is started with.
#[derive(Clone, Debug)]
pub struct Setup {
    binary: PathBuf,
    /// What the binary is started with, if not by itself: a program and its first arguments.
    under: Option<(PathBuf, Vec<String>)>,
    variables: BTreeMap<String, String>,
}

impl Setup {
    /// The binary with the variables that Lambda sets, and logs as JSON.
    pub fn new(binary: &Path) -> Self {
        let variables = [
            ("AWS_LAMBDA_FUNCTION_NAME", "function"),
            ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256"),
            ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
            ("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand"),
            ("AWS_LAMBDA_LOG_FORMAT", "JSON"),
            ("AWS_LAMBDA_LOG_GROUP_NAME", "/aws/lambda/function"),
            ("AWS_LAMBDA_LOG_STREAM_NAME", "2026/01/01/[$LATEST]1"),
            ("AWS_REGION", "us-east-2"),
            ("LAMBDA_TASK_ROOT", "/var/task"),
            ("_HANDLER", "bootstrap"),
        ];
        let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned()));
        Self { binary: binary.to_owned(), under: None, variables: variables.into() }
    }

    /// The same with this variable.
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.variables.insert(name.to_owned(), value.to_owned());
        self
    }

    /// The same without this variable.
    pub fn without(mut self, name: &str) -> Self {
        self.variables.remove(name).expect("the variable was not there");
        self
    }

    /// The same, started by this program: after these arguments it gets the binary's path.
    pub fn under(self, program: &Path, arguments: &[&str]) -> Self {
        let arguments = arguments.iter().map(|&argument| argument.to_owned()).collect();
        Self { under: Some((program.to_owned(), arguments)), ..self }
    }

    /// The same with this handler.
    pub fn handler(self, name: &str) -> Self {
        self.with("_HANDLER", name)
    }

    /// Starts an API and the binary.
    pub async fn start(self) -> Lambda {
        let api = Api::start().await;
        let setup = self.with("AWS_LAMBDA_RUNTIME_API", &api.address());
        let variables = setup.variables.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let process = match &setup.under {
            None => Process::start(&setup.binary, variables),
            Some((program, arguments)) => {
                let mut command = Command::new(program);
                command.args(arguments).arg(&setup.binary);
                Process::start_command(command, variables)
            }
        };
        Lambda { api, process }
    }
}

/// An execution environment: a process, and the API that it asks for events.
pub struct Lambda {
    /// What the process asks.
    pub api: Api,
    /// The process.
    pub process: Process,
}

impl Lambda {
    /// Hands out an event, and waits for what is posted about it.
    pub async fn serve(&mut self, event: Event) -> Posted {
        let path = format!("/2018-06-01/runtime/invocation/{}/", event.request_id);
        self.api.queue(event);
        let posted = self.api.posted().await;
        assert!(posted.path.starts_with(&path), "another invocation was answered: {posted:?}");
        posted
    }

    /// [`Self::serve`] with an event of JSON.
    pub async fn invoke(&mut self, event: Value) -> Posted {
        self.serve(Event::new(&event)).await
    }
}
