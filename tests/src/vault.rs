//! Where secrets and parameters are: the HTTP API of the AWS [Parameters and Secrets extension][x], and what is needed of
//! the APIs behind it, [Secrets Manager][s] and [Parameter Store][p], on loopback. It fails in the ways that they fail.
//!
//! [x]: https://docs.aws.amazon.com/secretsmanager/latest/userguide/retrieving-secrets_lambda.html
//! [s]: https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html
//! [p]: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameters.html

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::{Request, Response, StatusCode, Uri};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// What [`Vault`] takes for the function's session token.
const TOKEN: &str = "session-token";

/// How the extension answers whatever AWS refuses, be it that there is no such thing, that it may not be read or that there
/// were too many requests. So it was recorded from a function:
/// <https://github.com/fedonev/lambda-params-secrets/blob/main/data/test-responses.json>.
const UNEXPECTED: &str = "an unexpected error occurred while executing request";

/// What [`Vault`] does instead of answering.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// It closes the connection.
    Closes,
    /// It never answers.
    Hangs,
    /// It answers this status.
    Status(u16),
}

#[derive(Default)]
struct State {
    ready: bool,
    /// Whether it is the Secrets Manager Agent, which passes on what AWS says.
    passes_on: bool,
    secrets: BTreeMap<String, String>,
    binary: BTreeMap<String, String>,
    parameters: BTreeMap<String, String>,
    /// What may not be read.
    denied: BTreeSet<String>,
    troubles: Vec<Trouble>,
    asked: Vec<String>,
}

/// The server. It is not ready until it is told to be, as the extension is not in the init phase.
pub struct Vault {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
    server: JoinHandle<()>,
}

impl Vault {
    /// A vault without anything in it, on a port of its own.
    pub async fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let state = Arc::new(Mutex::new(State::default()));
        let shared = Arc::clone(&state);
        let server = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let state = Arc::clone(&shared);
                tokio::spawn(async move {
                    let answer = service_fn(|request| answer(&state, request));
                    // A client that goes away is none of the test's business.
                    let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), answer).await;
                });
            }
        });
        Self { address, state, server }
    }

    fn with(self, change: impl FnOnce(&mut State)) -> Self {
        change(&mut self.state.lock().unwrap());
        self
    }

    /// Puts a secret in. A version that is not the current one stands behind a `#`.
    pub fn secret(self, name: &str, text: &str) -> Self {
        self.put(name, text);
        self
    }

    /// Puts a secret in while something asks.
    pub fn put(&self, name: &str, text: &str) {
        self.state.lock().unwrap().secrets.insert(name.to_owned(), text.to_owned());
    }

    /// Puts a secret in that is binary, in base64.
    pub fn binary_secret(self, name: &str, base64: &str) -> Self {
        self.with(|state| {
            state.binary.insert(name.to_owned(), base64.to_owned());
        })
    }

    /// Puts a parameter in. A version or a label stands behind a `:`.
    pub fn parameter(self, name: &str, text: &str) -> Self {
        self.with(|state| {
            state.parameters.insert(name.to_owned(), text.to_owned());
        })
    }

    /// Refuses to tell this secret or parameter.
    pub fn denied(self, name: &str) -> Self {
        self.with(|state| {
            state.denied.insert(name.to_owned());
        })
    }

    /// Answers as the Secrets Manager Agent does, and no more as the extension.
    pub fn as_agent(self) -> Self {
        self.with(|state| state.passes_on = true)
    }

    /// Does these before it answers again, one for each request.
    pub fn trouble(&self, troubles: &[Trouble]) {
        self.state.lock().unwrap().troubles.extend(troubles);
    }

    /// Answers from now on.
    pub fn open(&self) {
        self.state.lock().unwrap().ready = true;
    }

    /// Answers no more.
    pub fn close(&self) {
        self.state.lock().unwrap().ready = false;
    }

    /// What was asked for and answered, in the order of its coming.
    pub fn asked(&self) -> Vec<String> {
        self.state.lock().unwrap().asked.clone()
    }

    /// The variables by which a function finds it: as the extension.
    pub fn as_extension(&self) -> [(&'static str, String); 2] {
        [
            ("PARAMETERS_SECRETS_EXTENSION_HTTP_PORT", self.address.port().to_string()),
            ("AWS_SESSION_TOKEN", TOKEN.to_owned()),
        ]
    }

    /// The variables by which a function finds it: as AWS.
    pub fn as_aws(&self) -> [(&'static str, String); 4] {
        [
            ("AWS_ENDPOINT_URL", format!("http://{}", self.address)),
            ("AWS_ACCESS_KEY_ID", "key".to_owned()),
            ("AWS_SECRET_ACCESS_KEY", "secret-key".to_owned()),
            ("AWS_SESSION_TOKEN", TOKEN.to_owned()),
        ]
    }
}

impl Drop for Vault {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn answer(state: &Mutex<State>, request: Request<Incoming>) -> io::Result<Response<Full<Bytes>>> {
    let (head, body) = request.into_parts();
    let body = body.collect().await.map_err(io::Error::other)?.to_bytes();
    let header = |name: &str| head.headers.get(name).map_or("", |value| value.to_str().unwrap());
    let trouble = {
        let mut state = state.lock().unwrap();
        if state.troubles.is_empty() { None } else { Some(state.troubles.remove(0)) }
    };
    let (status, text) = match trouble {
        Some(Trouble::Closes) => return Err(io::Error::other("closed")),
        Some(Trouble::Hangs) => std::future::pending().await,
        // An error page may show the request.
        Some(Trouble::Status(status)) => (status, format!("{:?}", head.headers)),
        None => {
            let mut state = state.lock().unwrap();
            match header("x-amz-target") {
                "" if !state.ready => (400, "not ready to serve traffic, please wait".to_owned()),
                "" if header("x-aws-parameters-secrets-token") != TOKEN => (401, "unable to authenticate".to_owned()),
                "" => state.of_extension(&head.uri),
                target => state.of_aws(target, &serde_json::from_slice(&body).unwrap()),
            }
        }
    };
    let mut response = Response::new(Full::from(text));
    *response.status_mut() = StatusCode::from_u16(status).unwrap();
    response.headers_mut().insert("content-type", "application/x-amz-json-1.1".parse().unwrap());
    Ok(response)
}

fn refused(kind: &str, message: &str) -> (u16, String) {
    (400, json!({"__type": kind, "message": message}).to_string())
}

impl State {
    fn of_extension(&mut self, uri: &Uri) -> (u16, String) {
        let query = uri.query().unwrap();
        let pairs: BTreeMap<_, _> = query.split('&').map(|pair| pair.split_once('=').unwrap()).collect();
        let decoded = |name: &str| pairs.get(name).map(|text| decode(text));
        let (status, text) = match uri.path() {
            "/secretsmanager/get" => {
                let version = decoded("versionStage").or_else(|| decoded("versionId"));
                self.secret(&decoded("secretId").unwrap(), version.as_deref())
            }
            "/systemsmanager/parameters/get" => {
                assert_eq!(pairs["withDecryption"], "true");
                let name = decoded("name").unwrap();
                let selector = decoded("version").or_else(|| decoded("label")).map(|version| format!(":{version}"));
                let selected = format!("{name}{}", selector.as_deref().unwrap_or_default());
                self.asked.push(format!("parameter {selected}"));
                match self.parameters.get(&selected) {
                    _ if self.denied.contains(&name) => refused("AccessDeniedException", "no"),
                    Some(text) => {
                        let parameter = json!({"Name": name, "Selector": selector, "Value": text});
                        (200, json!({"Parameter": parameter, "ResultMetadata": {}}).to_string())
                    }
                    None => refused("ParameterNotFound", ""),
                }
            }
            other => (404, format!("no such path: {other}")),
        };
        if status == 400 && !self.passes_on { (status, UNEXPECTED.to_owned()) } else { (status, text) }
    }

    fn secret(&mut self, name: &str, version: Option<&str>) -> (u16, String) {
        let named = match version {
            Some(version) => format!("{name}#{version}"),
            None => name.to_owned(),
        };
        self.asked.push(format!("secret {named}"));
        if self.denied.contains(name) {
            return refused("AccessDeniedException", "User: arn:aws:sts::1:assumed-role/f is not authorized");
        }
        let (text, binary) = (self.secrets.get(&named), self.binary.get(&named));
        if text.is_none() && binary.is_none() {
            return refused("ResourceNotFoundException", "Secrets Manager can't find the specified secret.");
        }
        (200, json!({"Name": name, "SecretString": text, "SecretBinary": binary, "ResultMetadata": {}}).to_string())
    }

    fn of_aws(&mut self, target: &str, body: &Value) -> (u16, String) {
        match target {
            "secretsmanager.GetSecretValue" => {
                let version = body["VersionStage"].as_str().or(body["VersionId"].as_str());
                self.secret(body["SecretId"].as_str().unwrap(), version)
            }
            "AmazonSSM.GetParameters" => {
                assert_eq!(body["WithDecryption"], true);
                let names: Vec<&str> =
                    body["Names"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
                assert!(names.len() <= 10, "a call takes ten names: {names:?}");
                self.asked.push(format!("parameters {}", names.join(" ")));
                if let Some(denied) = names.iter().find(|name| self.denied.contains(**name)) {
                    let message = format!("User: arn:aws:sts::1:assumed-role/f is not authorized on {denied}");
                    return refused("AccessDeniedException", &message);
                }
                let parameter = |name: &&str| {
                    let value = self.parameters.get(*name)?;
                    Some(json!({"Name": name, "Value": value, "Type": "SecureString"}))
                };
                let found: Vec<Value> = names.iter().filter_map(parameter).collect();
                (200, json!({"Parameters": found, "InvalidParameters": []}).to_string())
            }
            other => refused("UnknownOperationException", other),
        }
    }
}

fn decode(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let [first, behind @ ..] = rest {
        let (byte, after) = match (first, behind) {
            (b'%', [high, low, after @ ..]) => {
                let digits = [*high, *low];
                (u8::from_str_radix(std::str::from_utf8(&digits).unwrap(), 16).unwrap(), after)
            }
            _ => (*first, behind),
        };
        bytes.push(byte);
        rest = after;
    }
    String::from_utf8(bytes).unwrap()
}
