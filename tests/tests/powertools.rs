//! One table, two libraries: what Powertools for AWS Lambda (Python) completes lambkin replays, and the other way round; what
//! one has in progress blocks the other.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test fails by panicking")]

use std::path::PathBuf;
use std::process::Stdio;

use lambkin_e2e::binaries::{debug, workspace};
use lambkin_e2e::within;
use lambkin_peers::dynamodb::DynamoDb;
use lambkin_peers::redis::Redis;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, Command};

/// Each language has its own way to write this as JSON.
const BY_PYTHON: &str = "zahlung-ü-😀";

/// Both functions, on one store and with one list of effects.
struct Functions {
    environment: Vec<(&'static str, String)>,
    folder: tempfile::TempDir,
}

/// A process that says `holding` when it is in the middle of its work, and goes on when it is told.
struct Held(Child, BufReader<tokio::process::ChildStdout>);

impl Held {
    async fn finish(mut self) -> Value {
        self.0.stdin.take().unwrap().write_all(b"go on\n").await.unwrap();
        let mut rest = String::new();
        within("the held process", self.1.read_to_string(&mut rest)).await.unwrap();
        serde_json::from_str(&rest).unwrap()
    }
}

impl Functions {
    fn new(store: String, environment: impl IntoIterator<Item = (&'static str, String)>) -> Self {
        let mut environment: Vec<_> = environment.into_iter().collect();
        let folder = tempfile::tempdir().unwrap();
        environment.push(("LAMBKIN_IDEMPOTENCY", store));
        environment.push(("PAYER_EFFECTS", folder.path().join("effects").to_str().unwrap().to_owned()));
        Self { environment, folder }
    }

    fn command(&self, program: PathBuf) -> Command {
        let mut command = Command::new(program);
        command.env_clear().envs(self.environment.iter().map(|(name, value)| (*name, value))).kill_on_drop(true);
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        command
    }

    fn lambkin(&self, payment: &Value) -> Command {
        let event = self.folder.path().join("event.json");
        std::fs::write(&event, payment.to_string()).unwrap();
        let mut command = self.command(debug().payer.clone());
        command.arg("shared").arg(event).arg("--deadline=20s");
        command
    }

    fn python(&self, payment: &Value, validate: bool) -> Command {
        let python = workspace().join(".venv/bin/python");
        assert!(python.exists(), "`.venv` is not there: `./check` makes it, with Powertools for AWS Lambda in it");
        let mut command = self.command(python);
        command.arg(workspace().join("tests/powertools/pay.py")).arg(self.folder.path().join("effects"));
        command.arg(payment.to_string());
        if validate {
            command.env("VALIDATE", "cents");
        }
        command
    }

    async fn answer(mut command: Command) -> Value {
        let output = within("a function", command.output()).await.unwrap();
        let [said, log] = [&output.stdout, &output.stderr].map(|text| String::from_utf8_lossy(text));
        serde_json::from_str(&said).unwrap_or_else(|error| panic!("{error}: {said}\n{log}"))
    }

    async fn held(mut command: Command) -> Held {
        let mut child = command.spawn().unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        within("a function in the middle of its work", output.read_line(&mut line)).await.unwrap();
        assert_eq!(line, "holding\n");
        Held(child, output)
    }

    fn effects(&self) -> usize {
        std::fs::read_to_string(self.folder.path().join("effects")).unwrap().lines().count()
    }

    async fn agree(&self, validate: bool) {
        let payment = |id: &str| json!({"id": id, "cents": 1250});
        let receipt = |id: &str, by: &str| json!({"payment": id, "cents": 1250, "by": by});

        // Completed by one, replayed by the other; an identifier outside of ASCII, too.
        assert_eq!(Self::answer(self.python(&payment(BY_PYTHON), validate)).await, receipt(BY_PYTHON, "powertools"));
        assert_eq!(Self::answer(self.lambkin(&payment(BY_PYTHON))).await, receipt(BY_PYTHON, "powertools"));
        assert_eq!(Self::answer(self.lambkin(&payment("by-lambkin"))).await, receipt("by-lambkin", "lambkin"));
        assert_eq!(Self::answer(self.python(&payment("by-lambkin"), validate)).await, receipt("by-lambkin", "lambkin"));
        assert_eq!(self.effects(), 2);

        // In progress with one, refused by the other.
        let mut python = self.python(&payment("held-by-python"), validate);
        python.arg("hold");
        let held = Self::held(python).await;
        let refused = Self::answer(self.lambkin(&payment("held-by-python"))).await;
        assert_eq!(refused["errorType"], "IdempotencyInProgress", "{refused}");
        assert_eq!(held.finish().await, receipt("held-by-python", "powertools"));
        assert_eq!(
            Self::answer(self.lambkin(&payment("held-by-python"))).await,
            receipt("held-by-python", "powertools")
        );

        let held = Self::held(self.lambkin(&json!({"id": "held-by-lambkin", "cents": 1250, "holds": true}))).await;
        let refused = Self::answer(self.python(&payment("held-by-lambkin"), validate)).await;
        assert_eq!(refused["refused"], "IdempotencyAlreadyInProgressError", "{refused}");
        assert_eq!(held.finish().await, receipt("held-by-lambkin", "lambkin"));
        let replayed = Self::answer(self.python(&payment("held-by-lambkin"), validate)).await;
        assert_eq!(replayed, receipt("held-by-lambkin", "lambkin"));
        assert_eq!(self.effects(), 4);
    }
}

#[tokio::test]
async fn on_a_dynamodb_table() {
    let peer = DynamoDb::start().table("payments", None);
    let functions = Functions::new("dynamodb://payments".to_owned(), peer.environment());
    functions.agree(true).await;

    // The hash of what is verified is the same, too.
    let other = json!({"id": BY_PYTHON, "cents": 1});
    let refused = Functions::answer(functions.lambkin(&other)).await;
    assert_eq!(refused["errorType"], "IdempotencyMismatch", "{refused}");
    let other = json!({"id": "by-lambkin", "cents": 1});
    let refused = Functions::answer(functions.python(&other, true)).await;
    assert_eq!(refused["refused"], "IdempotencyValidationError", "{refused}");
}

/// The library drops the hash of what is verified when it completes a record there, and then refuses its own records.
#[tokio::test]
async fn on_a_redis_server() {
    let peer = Redis::start();
    Functions::new(peer.url(), []).agree(false).await;
}
