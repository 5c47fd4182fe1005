//! `apply` at a terminal: the question, and what may happen while nobody answers it.

use std::io::{Read as _, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use crate::cloud::{Cloud, DAY, MANIFEST};

/// Gives the program a terminal, and passes on what is written to it and read from it.
const TERMINAL: &str = "import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))";

/// The tool at a terminal of its own.
struct Terminal {
    child: Child,
    input: ChildStdin,
    output: ChildStdout,
    seen: String,
    _folder: tempfile::TempDir,
}

impl Terminal {
    fn start(cloud: &Cloud, arguments: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("manifest.json"), MANIFEST).unwrap();
        let mut command = Command::new("python3");
        command.args(["-c", TERMINAL, env!("CARGO_BIN_EXE_cargo-lambkin"), "concurrency", "apply"]).args(arguments);
        command.args(["--manifest", "manifest.json"]).current_dir(folder.path()).env("NO_COLOR", "1");
        command.env("HOME", "/nowhere").envs(cloud.variables());
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let (input, output) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        Self { child, input, output, seen: String::new(), _folder: folder }
    }

    /// Reads until this is there.
    fn until(&mut self, text: &str) {
        let mut byte = [0];
        while !self.seen.contains(text) {
            assert_eq!(self.output.read(&mut byte).unwrap(), 1, "it ended: {}", self.seen);
            self.seen.push(char::from(byte[0]));
        }
    }

    /// Answers, and waits for the end: all that was seen, and the status.
    fn answer(mut self, answer: &str) -> (String, Option<i32>) {
        writeln!(self.input, "{answer}").unwrap();
        let mut rest = Vec::new();
        self.output.read_to_end(&mut rest).unwrap();
        self.seen.push_str(&String::from_utf8_lossy(&rest));
        let status = self.child.wait().unwrap();
        (self.seen.replace("\r\n", "\n"), status.code())
    }
}

/// Two functions to be raised, the second one by more: `api` to 8 and `nightly` to 10.
async fn cloud() -> Cloud {
    let cloud = Cloud::start(1000).await;
    for (function, handler, peak) in [("orders-dev-api", "api", 5.0), ("orders-dev-nightly", "nightly", 7.0)] {
        cloud.function(function, handler).await;
        cloud.ran(function, 10 * DAY, &[peak]).await;
    }
    cloud
}

#[tokio::test]
async fn only_a_yes_changes_anything() {
    let cloud = cloud().await;
    for answer in ["", "n", "what?"] {
        let mut terminal = Terminal::start(&cloud, &[]);
        terminal.until("Reserve this? [y/N] ");
        let (seen, status) = terminal.answer(answer);
        assert_eq!(status, Some(1), "{seen}");
        assert!(seen.contains("nothing was changed"), "{seen}");
        assert_eq!(cloud.reserved("orders-dev-api").await, None);
    }
    let mut terminal = Terminal::start(&cloud, &[]);
    terminal.until("[y/N] ");
    assert!(terminal.seen.contains("api (orders-dev-api): nothing -> 8"), "{}", terminal.seen);
    let (seen, status) = terminal.answer("y");
    assert_eq!(status, Some(0), "{seen}");
    assert_eq!(cloud.reserved("orders-dev-api").await, Some(8));
    assert_eq!(cloud.reserved("orders-dev-nightly").await, Some(10));
}

#[tokio::test]
async fn what_changed_since_the_plan_was_shown_stops_it() {
    let cloud = cloud().await;
    let mut terminal = Terminal::start(&cloud, &[]);
    terminal.until("[y/N] ");
    cloud.reserve("orders-dev-nightly", 77).await;
    let (seen, status) = terminal.answer("y");
    assert_eq!(status, Some(1), "{seen}");
    let expected = "1 of 2 were changed: what is reserved for `orders-dev-nightly` was nothing when the plan was made, and is 77 now";
    assert!(seen.contains(expected), "{seen}");
    assert!(seen.contains("reserved      api (orders-dev-api): nothing -> 8"), "{seen}");
    assert!(seen.contains("not reserved  nightly (orders-dev-nightly): nothing -> 10"), "{seen}");
    assert_eq!(cloud.reserved("orders-dev-api").await, Some(8));
    assert_eq!(cloud.reserved("orders-dev-nightly").await, Some(77));
}

#[tokio::test]
async fn room_that_others_took_since_stops_it() {
    let cloud = cloud().await;
    cloud.function("other", "other").await;
    let mut terminal = Terminal::start(&cloud, &[]);
    terminal.until("[y/N] ");
    cloud.reserve("other", 895).await;
    let (seen, status) = terminal.answer("y");
    assert_eq!(status, Some(1), "{seen}");
    assert!(
        seen.contains("nothing was changed: `orders-dev-api` takes 8 more, and the account has only 105 unreserved"),
        "{seen}"
    );
    assert_eq!(cloud.reserved("orders-dev-api").await, None);
}

#[tokio::test]
async fn a_function_that_is_gone_stops_it() {
    let cloud = cloud().await;
    let mut terminal = Terminal::start(&cloud, &[]);
    terminal.until("[y/N] ");
    cloud.lambda.delete_function().function_name("orders-dev-nightly").send().await.unwrap();
    let (seen, status) = terminal.answer("yes");
    assert_eq!(status, Some(1), "{seen}");
    assert!(seen.contains("1 of 2 were changed: `lambda:GetFunctionConcurrency` of `orders-dev-nightly`"), "{seen}");
    assert_eq!(cloud.reserved("orders-dev-api").await, Some(8));
}
