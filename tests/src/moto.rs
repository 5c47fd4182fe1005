//! [moto](https://docs.getmoto.org/en/latest/docs/server_mode.html): AWS's own protocols, as others have understood them.

use std::net::SocketAddr;
use std::path::PathBuf;

use http::Request;
use serde_json::{Value, json};
use tokio::process::Command;

use crate::binaries::workspace;
use crate::client::Client;
use crate::process::Process;

/// Where everything is.
const REGION: &str = "us-east-2";

/// moto's server, killed with this value. What is made in it is gone then.
pub struct Moto {
    address: SocketAddr,
    _process: Process,
}

impl Moto {
    /// Starts it, on a port of its own.
    pub async fn start() -> Self {
        Self::run(Command::new(environment("moto_server")), "").await
    }

    /// Starts it with what it lacks of Lambda and CloudWatch. All functions together may run so many invocations at the same
    /// time.
    pub async fn start_with_concurrency(limit: u32) -> Self {
        let mut command = Command::new(environment("python"));
        command.arg(workspace().join("tests/moto/server.py"));
        Self::run(command, &limit.to_string()).await
    }

    async fn run(mut command: Command, limit: &str) -> Self {
        command.args(["-H", "127.0.0.1", "-p", "0"]);
        let variables = [("PYTHONUNBUFFERED", "1"), ("NO_COLOR", "1"), ("MOTO_LAMBDA_CONCURRENCY_QUOTA", limit)];
        let variables = variables.into_iter().filter(|(_, value)| !value.is_empty());
        let mut process = Process::start_command(command, variables);
        let line = process.line(|line| line.contains("Running on http://")).await;
        let (_, address) = line.split_once("http://").unwrap();
        Self { address: address.trim().parse().unwrap(), _process: process }
    }

    /// Where it is.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Calls an API: `secretsmanager.CreateSecret`, `AmazonSSM.PutParameter`.
    pub async fn call(&self, target: &str, body: Value) -> Value {
        let service = match target.split_once('.') {
            Some(("AmazonSSM", _)) => "ssm",
            Some(("AmazonSQS", _)) => "sqs",
            _ => "secretsmanager",
        };
        let scope = format!("Credential=key/20260101/{REGION}/{service}/aws4_request");
        let request = Request::post("/")
            .header("x-amz-target", target)
            .header("content-type", "application/x-amz-json-1.1")
            .header("authorization", format!("AWS4-HMAC-SHA256 {scope}, SignedHeaders=host, Signature=none"));
        let response = Client::connect(self.address).await.send(request, body.to_string()).await;
        let text = String::from_utf8_lossy(response.body());
        assert!(response.status().is_success(), "{target}: {} {text}", response.status());
        serde_json::from_str(&text).unwrap()
    }

    /// Makes a secret.
    pub async fn secret(&self, name: &str, text: &str) {
        self.call("secretsmanager.CreateSecret", json!({"Name": name, "SecretString": text})).await;
    }

    /// Gives a secret a new version; the one before becomes the previous one. The new one's identifier.
    pub async fn rotate(&self, name: &str, text: &str) -> String {
        let body = json!({"SecretId": name, "SecretString": text});
        let put = self.call("secretsmanager.PutSecretValue", body).await;
        put["VersionId"].as_str().unwrap().to_owned()
    }

    /// Puts an encrypted parameter, or its next version.
    pub async fn parameter(&self, name: &str, text: &str) {
        let body = json!({"Name": name, "Value": text, "Type": "SecureString", "Overwrite": true});
        self.call("AmazonSSM.PutParameter", body).await;
    }

    /// Makes a queue; its ARN.
    pub async fn queue(&self, name: &str) -> String {
        self.call("AmazonSQS.CreateQueue", json!({"QueueName": name})).await;
        format!("arn:aws:sqs:{REGION}:123456789012:{name}")
    }

    /// The variables by which a function finds it.
    pub fn variables(&self) -> [(&'static str, String); 4] {
        let url = self.url();
        [
            ("AWS_ENDPOINT_URL_SECRETS_MANAGER", url.clone()),
            ("AWS_ENDPOINT_URL_SSM", url),
            ("AWS_ACCESS_KEY_ID", "key".to_owned()),
            ("AWS_SECRET_ACCESS_KEY", "secret-key".to_owned()),
        ]
    }
}

/// A program of the Python environment that `./check` makes.
fn environment(program: &str) -> PathBuf {
    let program = workspace().join(".venv/bin").join(program);
    assert!(program.exists(), "`.venv` is not there: `./check` makes it, with moto in it");
    program
}
