//! A running binary.

use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::sync::{Arc, Mutex};

use serde_json::Value;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::watch;

use crate::within;

/// A process of which every line on standard error is kept; killed with this value.
pub struct Process {
    child: Child,
    lines: Arc<Mutex<Vec<String>>>,
    /// How many lines there are; closed at the end of standard error.
    count: watch::Receiver<usize>,
}

impl Process {
    /// Starts the binary with these variables and no others.
    pub fn start<'v>(binary: &Path, variables: impl IntoIterator<Item = (&'v str, &'v str)>) -> Self {
        Self::start_command(Command::new(binary), variables)
    }

    /// Starts the command with these variables and no others.
    pub fn start_command<'v>(mut command: Command, variables: impl IntoIterator<Item = (&'v str, &'v str)>) -> Self {
        command.env_clear().envs(variables).stdin(Stdio::null()).stdout(Stdio::null());
        Self::spawn(command)
    }

    /// Starts the command; its standard error is read here.
    pub fn spawn(mut command: Command) -> Self {
        let mut child = command.stderr(Stdio::piped()).kill_on_drop(true).spawn().unwrap();
        let lines = Arc::new(Mutex::new(Vec::new()));
        let (sender, count) = watch::channel(0);
        let mut stderr = BufReader::new(child.stderr.take().unwrap()).split(b'\n');
        let kept = Arc::clone(&lines);
        tokio::spawn(async move {
            while let Ok(Some(line)) = stderr.next_segment().await {
                kept.lock().unwrap().push(String::from_utf8_lossy(&line).into_owned());
                sender.send_modify(|count| *count += 1);
            }
        });
        Self { child, lines, count }
    }

    /// The lines so far.
    pub fn lines(&self) -> Vec<String> {
        self.lines.lock().unwrap().clone()
    }

    /// Waits for the first line that fits.
    pub async fn line(&mut self, fits: impl Fn(&str) -> bool) -> String {
        let find = |lines: &Mutex<Vec<String>>| lines.lock().unwrap().iter().find(|line| fits(line)).cloned();
        let search = async {
            loop {
                self.count.mark_unchanged();
                if let Some(line) = find(&self.lines) {
                    return line;
                }
                if self.count.changed().await.is_err() {
                    // The last lines may have come together with the end.
                    return find(&self.lines).expect("standard error ended without the line");
                }
            }
        };
        within("a line on standard error", search).await
    }

    /// Waits for the end of the process.
    pub async fn wait(&mut self) -> ExitStatus {
        within("the process to end", self.child.wait()).await.unwrap()
    }

    /// Waits for the end of the process, and for all that it has written.
    pub async fn end(&mut self) -> (ExitStatus, Vec<String>) {
        let status = self.wait().await;
        (status, self.all_lines().await)
    }

    /// Kills the process; all that it has written.
    pub async fn kill(&mut self) -> Vec<String> {
        within("the process to be killed", self.child.kill()).await.unwrap();
        self.all_lines().await
    }

    async fn all_lines(&mut self) -> Vec<String> {
        within("the end of standard error", async { while self.count.changed().await.is_ok() {} }).await;
        self.lines()
    }

    /// Sends a signal, by its name.
    pub async fn signal(&self, signal: &str) {
        // Every shell has `kill` built in, while the program of that name may be missing.
        let script = format!("kill -s {signal} {}", self.id());
        let status = Command::new("sh").arg("-c").arg(script).status();
        assert!(within("`kill`", status).await.unwrap().success());
    }

    /// Kills the process and all that it has started, where it was spawned as the head of a group of its own.
    pub fn kill_group(&self) {
        // None is a process that has ended already, and has been waited for.
        let Some(id) = self.child.id() else { return };
        let script = format!("kill -s KILL -- -{id}");
        // There may be nobody left to kill.
        let _ = std::process::Command::new("sh").arg("-c").arg(script).stderr(Stdio::null()).status();
    }

    /// The process's memory in RAM, in KiB.
    pub fn rss_kib(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.trim().trim_end_matches("kB").trim_end().parse().unwrap()
    }

    fn id(&self) -> u32 {
        self.child.id().expect("the process has ended")
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let lines = self.lines();
            eprintln!("--- the last of {} lines on standard error of the process under test:", lines.len());
            lines.iter().rev().take(30).rev().for_each(|line| eprintln!("{line}"));
        }
    }
}

/// A line of the JSON log format, checked for what Lambda's own filters read.
pub fn structured(line: &str) -> Value {
    let value: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
    for name in ["timestamp", "level", "message"] {
        assert!(value[name].is_string(), "no `{name}` at the top: {line}");
    }
    value
}
