//! A binary without Lambda: the local tool, which serves HTTP.

use std::net::SocketAddr;
use std::path::Path;
use std::process::Stdio;

use tokio::process::Command;

use crate::client::Client;
use crate::process::Process;

/// `serve`, on free ports.
pub struct Served {
    /// The process, with its log.
    pub process: Process,
}

impl Served {
    /// Starts `serve --port 0` with these arguments more, and no variables.
    pub fn start(binary: &Path, arguments: &[&str]) -> Self {
        Self::start_with(binary, arguments, [])
    }

    /// [`Self::start`], with these variables.
    pub fn start_with<'v>(
        binary: &Path,
        arguments: &[&str],
        variables: impl IntoIterator<Item = (&'v str, &'v str)>,
    ) -> Self {
        let mut command = Command::new(binary);
        command.args(["serve", "--port", "0"]).args(arguments).env_clear().envs(variables);
        command.stdin(Stdio::null()).stdout(Stdio::null());
        Self { process: Process::spawn(command) }
    }

    /// Waits until the handler is served; where.
    pub async fn address(&mut self, handler: &str) -> SocketAddr {
        let start = format!("serving {handler} on http://");
        let line = self.process.line(|line| line.starts_with(&start)).await;
        line.trim_start_matches(&start).parse().unwrap()
    }

    /// Waits until the handler is served, and connects.
    pub async fn client(&mut self, handler: &str) -> Client {
        Client::connect(self.address(handler).await).await
    }
}
