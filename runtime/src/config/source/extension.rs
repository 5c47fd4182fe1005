//! The AWS Parameters and Secrets Lambda Extension, a layer that answers on a local port:
//! <https://docs.aws.amazon.com/secretsmanager/latest/userguide/retrieving-secrets_lambda.html>.
//!
//! It answers only while there is an invocation, not in the init phase:
//! <https://docs.aws.amazon.com/systems-manager/latest/userguide/ps-integration-lambda-extensions.html>. So where it refuses
//! before the first event, the rest of the init waits for that event.

use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_util::future::join_all;
use http::{HeaderName, HeaderValue, Request, StatusCode};
use http_body_util::BodyExt;
use lambda_runtime_api_client::PooledClient;
use lambda_runtime_api_client::body::Body;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use zeroize::Zeroizing;

use crate::config::phase;
use crate::config::source::{Answer, Asked};
use crate::error::{BoxError, chain};

const PORT: u16 = 2773;

/// The extension's own limits come first, if it has any.
const PATIENCE: Duration = Duration::from_secs(10);

/// For how long an extension may say that it is not ready once there is an invocation: it learns of that when the function
/// does.
const START: Duration = Duration::from_secs(3);

const PAUSE: Duration = Duration::from_millis(20);

const TOKEN: HeaderName = HeaderName::from_static("x-aws-parameters-secrets-token");

pub(super) async fn fetch(asked: &[Asked]) -> Vec<Answer> {
    match Extension::of_environment() {
        Ok(extension) => join_all(asked.iter().map(|one| extension.answer(one))).await,
        Err(why) => asked.iter().map(|_| Err(why.clone())).collect(),
    }
}

struct Extension {
    client: PooledClient,
    token: HeaderValue,
}

/// Why there is no answer.
enum Trouble {
    /// There is no extension, or not yet.
    NotReady(String),
    /// It answered with an error.
    Refused(String),
}

impl Extension {
    fn of_environment() -> Result<Self, String> {
        let port = match std::env::var("PARAMETERS_SECRETS_EXTENSION_HTTP_PORT") {
            Ok(port) => port.parse().map_err(|_| "`PARAMETERS_SECRETS_EXTENSION_HTTP_PORT` is no port")?,
            Err(_) => PORT,
        };
        let token = std::env::var("AWS_SESSION_TOKEN").unwrap_or_default();
        let mut token = HeaderValue::from_str(&token).map_err(|_| "`AWS_SESSION_TOKEN` fits into no header")?;
        token.set_sensitive(true);
        let endpoint = format!("http://localhost:{port}").parse().map_err(|_| "the extension has no address")?;
        Ok(Self { client: PooledClient::builder().with_endpoint(endpoint).build(), token })
    }

    async fn answer(&self, one: &Asked) -> Answer {
        let mut trouble = self.ask(one).await;
        if matches!(trouble, Err(Trouble::NotReady(_))) {
            phase::invoked().await;
            let until = Instant::now() + START;
            loop {
                trouble = self.ask(one).await;
                if !matches!(trouble, Err(Trouble::NotReady(_))) || Instant::now() >= until {
                    break;
                }
                tokio::time::sleep(PAUSE).await;
            }
        }
        trouble.map_err(|trouble| match trouble {
            Trouble::Refused(why) => why,
            Trouble::NotReady(why) => format!(
                "the Parameters and Secrets extension does not answer ({why}): add its layer to the function, or enable \
                 lambkin's feature `config-aws`"
            ),
        })
    }

    async fn ask(&self, one: &Asked) -> Result<Option<Zeroizing<String>>, Trouble> {
        let (status, body) = match tokio::time::timeout(PATIENCE, self.get(one)).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(error)) => return Err(Trouble::NotReady(chain(&*error))),
            Err(_) => return Err(Trouble::Refused(format!("no answer within {PATIENCE:?}"))),
        };
        if status.is_success() {
            return text(one, &body).map_err(Trouble::Refused);
        }
        // An error's body is for people, and holds no value.
        let why = String::from_utf8_lossy(&body);
        if why.contains("not ready") {
            return Err(Trouble::NotReady("not ready to serve traffic".to_owned()));
        }
        if why.contains("ResourceNotFoundException") || why.contains("ParameterNotFound") {
            return Ok(None);
        }
        let why: String = why.trim().chars().take(500).collect();
        Err(Trouble::Refused(format!("the Parameters and Secrets extension answered {status}: {why}")))
    }

    async fn get(&self, one: &Asked) -> Result<(StatusCode, Zeroizing<Vec<u8>>), BoxError> {
        let mut request = Request::new(Body::from(Bytes::new()));
        *request.uri_mut() = path(one).parse()?;
        request.headers_mut().insert(TOKEN, self.token.clone());
        let (head, mut body) = self.client.call(request).await?.into_parts();
        let mut kept = Zeroizing::new(Vec::new());
        while let Some(frame) = body.frame().await {
            if let Ok(data) = frame?.into_data() {
                kept.extend_from_slice(&data);
            }
        }
        Ok((head.status, kept))
    }
}

fn path(one: &Asked) -> String {
    let encoded = |name| utf8_percent_encode(name, NON_ALPHANUMERIC);
    match one {
        Asked::Secret(name) => format!("/secretsmanager/get?secretId={}", encoded(name)),
        Asked::Parameter(name) => {
            format!("/systemsmanager/parameters/get?name={}&withDecryption=true", encoded(name))
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Secret {
    secret_string: Option<Zeroizing<String>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Parameter {
    parameter: Value,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Value {
    value: Zeroizing<String>,
}

fn text(one: &Asked, body: &[u8]) -> Answer {
    // What serde_json says may hold a piece of the text.
    let odd = |_| "the Parameters and Secrets extension's answer can't be read".to_owned();
    match one {
        Asked::Secret(_) => {
            let Secret { secret_string } = serde_json::from_slice(body).map_err(odd)?;
            secret_string.map(Some).ok_or_else(|| "it is binary, and only text can be read".to_owned())
        }
        Asked::Parameter(_) => {
            let Parameter { parameter } = serde_json::from_slice(body).map_err(odd)?;
            Ok(Some(parameter.value))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_encoded() {
        assert_eq!(path(&Asked::Secret("prod/db &1".to_owned())), "/secretsmanager/get?secretId=prod%2Fdb%20%261");
        assert_eq!(
            path(&Asked::Parameter("/db/host".to_owned())),
            "/systemsmanager/parameters/get?name=%2Fdb%2Fhost&withDecryption=true"
        );
    }

    #[test]
    fn an_answer_that_is_odd_is_not_shown() {
        let secret = Asked::Secret("s".to_owned());
        let read = |one: &Asked, body: &str| text(one, body.as_bytes()).map(|text| text.map(|text| text.to_string()));
        assert_eq!(read(&secret, r#"{"SecretString":"a\"b","Name":"s"}"#), Ok(Some("a\"b".to_owned())));
        assert!(read(&secret, r#"{"SecretBinary":"aHVudGVyMg=="}"#).unwrap_err().contains("binary"));
        let parameter = Asked::Parameter("p".to_owned());
        assert_eq!(read(&parameter, r#"{"Parameter":{"Value":"v"}}"#), Ok(Some("v".to_owned())));
        for body in ["", "hunter2", r#"{"SecretString":"hunter2"}"#] {
            assert!(!read(&parameter, body).unwrap_err().contains("hunter2"));
        }
    }
}
