//! Where secrets and parameters are: the HTTP API of the AWS [Parameters and Secrets extension][x], and what is needed of
//! the APIs behind it, [Secrets Manager][s] and [Parameter Store][p], on loopback.
//!
//! [x]: https://docs.aws.amazon.com/secretsmanager/latest/userguide/retrieving-secrets_lambda.html
//! [s]: https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html
//! [p]: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameters.html

use std::collections::BTreeMap;
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

#[derive(Default)]
struct State {
    ready: bool,
    secrets: BTreeMap<String, String>,
    parameters: BTreeMap<String, String>,
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

    /// Puts a secret in, in place of one of that name.
    pub fn secret(self, name: &str, text: &str) -> Self {
        self.put(name, text);
        self
    }

    /// Puts a secret in while something asks.
    pub fn put(&self, name: &str, text: &str) {
        self.state.lock().unwrap().secrets.insert(name.to_owned(), text.to_owned());
    }

    /// Puts a parameter in.
    pub fn parameter(self, name: &str, text: &str) -> Self {
        self.state.lock().unwrap().parameters.insert(name.to_owned(), text.to_owned());
        self
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
    let mut state = state.lock().unwrap();
    let (status, text) = match header("x-amz-target") {
        "" if !state.ready => (400, "not ready to serve traffic, please wait".to_owned()),
        "" if header("x-aws-parameters-secrets-token") != TOKEN => (401, "unable to authenticate".to_owned()),
        "" => state.of_extension(&head.uri),
        target => state.of_aws(target, &serde_json::from_slice(&body).unwrap()),
    };
    let mut response = Response::new(Full::from(text));
    *response.status_mut() = StatusCode::from_u16(status).unwrap();
    response.headers_mut().insert("content-type", "application/x-amz-json-1.1".parse().unwrap());
    Ok(response)
}

impl State {
    fn of_extension(&mut self, uri: &Uri) -> (u16, String) {
        let query = uri.query().unwrap();
        let pairs: BTreeMap<_, _> = query.split('&').map(|pair| pair.split_once('=').unwrap()).collect();
        let decoded = |name: &str| decode(pairs[name]);
        match uri.path() {
            "/secretsmanager/get" => {
                let name = decoded("secretId");
                self.asked.push(format!("secret {name}"));
                match self.secrets.get(&name) {
                    Some(text) => (200, json!({"Name": name, "SecretString": text}).to_string()),
                    None => {
                        (400, "operation error Secrets Manager: ResourceNotFoundException: can't find it".to_owned())
                    }
                }
            }
            "/systemsmanager/parameters/get" => {
                let name = decoded("name");
                assert_eq!(pairs["withDecryption"], "true");
                self.asked.push(format!("parameter {name}"));
                match self.parameters.get(&name) {
                    Some(text) => (200, json!({"Parameter": {"Name": name, "Value": text}}).to_string()),
                    None => (400, "operation error SSM: GetParameter, ParameterNotFound: ".to_owned()),
                }
            }
            other => (404, format!("no such path: {other}")),
        }
    }

    fn of_aws(&mut self, target: &str, body: &Value) -> (u16, String) {
        match target {
            "secretsmanager.GetSecretValue" => {
                let name = body["SecretId"].as_str().unwrap();
                self.asked.push(format!("secret {name}"));
                match self.secrets.get(name) {
                    Some(text) => (200, json!({"Name": name, "SecretString": text}).to_string()),
                    None => (400, json!({"__type": "ResourceNotFoundException", "Message": "none"}).to_string()),
                }
            }
            "AmazonSSM.GetParameters" => {
                assert_eq!(body["WithDecryption"], true);
                let names: Vec<&str> =
                    body["Names"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
                assert!(names.len() <= 10, "a call takes ten names: {names:?}");
                self.asked.push(format!("parameters {}", names.join(" ")));
                let parameter = |name: &&str| {
                    let value = self.parameters.get(*name)?;
                    Some(json!({"Name": name, "Value": value, "Type": "SecureString"}))
                };
                let found: Vec<Value> = names.iter().filter_map(parameter).collect();
                (200, json!({"Parameters": found, "InvalidParameters": []}).to_string())
            }
            other => (400, json!({"__type": "UnknownOperationException", "Message": other}).to_string()),
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
