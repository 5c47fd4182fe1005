//! The AWS Parameters and Secrets Lambda Extension, a layer that answers on a local port:
//! <https://docs.aws.amazon.com/secretsmanager/latest/userguide/retrieving-secrets_lambda.html>.
//!
//! It answers only while there is an invocation, not in the init phase:
//! <https://docs.aws.amazon.com/systems-manager/latest/userguide/ps-integration-lambda-extensions.html>. So where it refuses
//! before the first event, the rest of the init waits for that event.
//!
//! Whatever AWS says, be it that there is no such secret, that the role may not read it or that there were too many
//! requests, the extension answers 400 with one and the same text. The Secrets Manager Agent, which speaks the same protocol
//! and can stand in its place, passes on what AWS says: <https://github.com/aws/aws-secretsmanager-agent>.

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
use crate::config::read::Version;
use crate::config::source::{Answer, Asked, Content, What};
use crate::error::{BoxError, chain};

const PORT: u16 = 2773;

/// For one request, of which there may be three. The extension itself waits for AWS without a limit, if it is given none.
const PATIENCE: Duration = Duration::from_secs(3);

/// Before the first event, where the init phase has ten seconds for all that there is to do, and there will be another
/// chance.
const PATIENCE_IN_INIT: Duration = Duration::from_secs(2);

/// For how long an extension may say that it is not ready once there is an invocation: it learns of that when the function
/// does.
const START: Duration = Duration::from_secs(3);

const PAUSE: Duration = Duration::from_millis(20);

/// Pauses before it is asked again what AWS has refused, for a reason that it keeps to itself.
const RETRIES: [Duration; 2] = [Duration::from_millis(100), Duration::from_millis(300)];

/// How much of an answer that is none is shown.
const SHOWN: usize = 300;

const TOKEN: HeaderName = HeaderName::from_static("x-aws-parameters-secrets-token");

pub(super) async fn fetch(asked: &[Asked]) -> Vec<Answer> {
    match Extension::of_environment() {
        Ok(extension) => join_all(asked.iter().map(|one| extension.answer(one))).await,
        Err(why) => asked.iter().map(|_| Err(why.clone())).collect(),
    }
}

struct Extension {
    client: PooledClient,
    token: String,
}

/// Why there is no answer.
#[derive(Debug)]
enum Trouble {
    /// There is no extension, or not yet.
    NotReady(String),
    /// It takes too long.
    Slow,
    /// It answered with an error that may pass.
    Refused(String),
    /// It answered with an error that will not.
    Wrong(String),
}

impl Extension {
    fn of_environment() -> Result<Self, String> {
        let port = match std::env::var("PARAMETERS_SECRETS_EXTENSION_HTTP_PORT") {
            Ok(port) => port.parse().map_err(|_| "`PARAMETERS_SECRETS_EXTENSION_HTTP_PORT` is no port")?,
            Err(_) => PORT,
        };
        let token = std::env::var("AWS_SESSION_TOKEN").unwrap_or_default();
        let endpoint = format!("http://localhost:{port}").parse().map_err(|_| "the extension has no address")?;
        Ok(Self { client: PooledClient::builder().with_endpoint(endpoint).build(), token })
    }

    async fn answer(&self, one: &Asked) -> Answer {
        let mut answer = match phase::may_wait() {
            true => self.ask_in_init(one).await,
            false => self.ask_again(one).await,
        };
        if matches!(answer, Err(Trouble::NotReady(_))) {
            phase::invoked().await;
            let until = Instant::now() + START;
            loop {
                answer = self.ask_again(one).await;
                if !matches!(answer, Err(Trouble::NotReady(_))) || Instant::now() >= until {
                    break;
                }
                tokio::time::sleep(PAUSE).await;
            }
        }
        answer.map_err(|trouble| match trouble {
            Trouble::Wrong(why) | Trouble::Refused(why) => why,
            Trouble::Slow => "the Parameters and Secrets extension takes too long: it may not reach AWS from where the function is"
                .to_owned(),
            Trouble::NotReady(why) => format!(
                "the Parameters and Secrets extension does not answer ({why}): add its layer to the function, or enable \
                 lambkin's feature `config-aws`"
            ),
        })
    }

    /// What takes its time before the first event is asked for again when that is there.
    async fn ask_in_init(&self, one: &Asked) -> Result<Option<Content>, Trouble> {
        let asked = tokio::time::timeout(PATIENCE_IN_INIT, self.ask_again(one)).await;
        asked.unwrap_or_else(|_| Err(Trouble::NotReady(format!("not within {PATIENCE_IN_INIT:?}"))))
    }

    async fn ask_again(&self, one: &Asked) -> Result<Option<Content>, Trouble> {
        for pause in RETRIES {
            let answer = self.ask(one).await;
            if !matches!(answer, Err(Trouble::Refused(_) | Trouble::Slow)) {
                return answer;
            }
            tokio::time::sleep(pause).await;
        }
        self.ask(one).await
    }

    async fn ask(&self, one: &Asked) -> Result<Option<Content>, Trouble> {
        match tokio::time::timeout(PATIENCE, self.get(one)).await {
            Ok(Ok((status, body))) => self.understand(one, status, &body),
            Ok(Err(error)) => Err(Trouble::NotReady(chain(&*error))),
            Err(_) => Err(Trouble::Slow),
        }
    }

    fn understand(&self, one: &Asked, status: StatusCode, body: &[u8]) -> Result<Option<Content>, Trouble> {
        if status.is_success() {
            return text(one, body).map(Content::Text).map(Some).map_err(Trouble::Wrong);
        }
        let said = String::from_utf8_lossy(body);
        // No status of its own tells this.
        if status == StatusCode::BAD_REQUEST && said.contains("not ready to serve traffic") {
            return Err(Trouble::NotReady("not ready to serve traffic".to_owned()));
        }
        let known: Option<AwsError> = serde_json::from_slice(body).ok();
        if known.is_some_and(|error| is_not_found(&error.kind)) {
            return Ok(None);
        }
        // An error is for people, and holds no value. Should it be an echo of the request, it holds the token.
        let said = if self.token.is_empty() { said.into_owned() } else { said.replace(&self.token, "…") };
        let said: String = said.trim().chars().take(SHOWN).collect();
        let why = format!("the Parameters and Secrets extension answered {status}: {said}");
        Err(match status {
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN | StatusCode::NOT_FOUND => Trouble::Wrong(why),
            StatusCode::BAD_REQUEST => {
                let permission = match one.what {
                    What::Secret => "secretsmanager:GetSecretValue",
                    What::Parameter | What::Path => "ssm:GetParameter",
                };
                Trouble::Refused(format!(
                    "{why} (it may not be there, the function's role may lack `{permission}` on it, or AWS may be out of \
                     reach: the extension's lines in the function's log say more)"
                ))
            }
            _ => Trouble::Refused(why),
        })
    }

    async fn get(&self, one: &Asked) -> Result<(StatusCode, Zeroizing<Vec<u8>>), BoxError> {
        let mut token = HeaderValue::from_str(&self.token)?;
        token.set_sensitive(true);
        let mut request = Request::new(Body::from(Bytes::new()));
        *request.uri_mut() = path(one).parse()?;
        request.headers_mut().insert(TOKEN, token);
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
    let name = utf8_percent_encode(&one.name, NON_ALPHANUMERIC);
    let mut path = match one.what {
        What::Secret => format!("/secretsmanager/get?secretId={name}"),
        What::Parameter | What::Path => format!("/systemsmanager/parameters/get?name={name}&withDecryption=true"),
    };
    if let Some(version) = one.version {
        let key = match version {
            Version::Stage(_) => "versionStage",
            Version::Id(_) => "versionId",
            Version::Label(_) => "label",
            Version::Number(_) => "version",
        };
        let version = version.to_string();
        path.extend(["&", key, "="]);
        path.extend(utf8_percent_encode(&version, NON_ALPHANUMERIC));
    }
    path
}

/// An error as AWS words it.
#[derive(Deserialize)]
struct AwsError {
    #[serde(rename = "__type")]
    kind: String,
}

fn is_not_found(kind: &str) -> bool {
    matches!(kind, "ResourceNotFoundException" | "ParameterNotFound" | "ParameterVersionNotFound")
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
    /// A reference to a binary secret has none.
    value: Option<Zeroizing<String>>,
}

fn text(one: &Asked, body: &[u8]) -> Result<Zeroizing<String>, String> {
    // What serde_json says may hold a piece of the text.
    let odd = |_| "the Parameters and Secrets extension's answer can't be read".to_owned();
    let text = match one.what {
        What::Secret => serde_json::from_slice::<Secret>(body).map_err(odd)?.secret_string,
        What::Parameter | What::Path => serde_json::from_slice::<Parameter>(body).map_err(odd)?.parameter.value,
    };
    text.ok_or_else(|| "it is binary, and only text can be read".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(what: What, name: &str, version: Option<Version>) -> Asked {
        Asked { what, name: name.to_owned(), version }
    }

    #[test]
    fn names_and_versions_are_encoded() {
        let secret = |version| path(&asked(What::Secret, "prod/db &1", version));
        assert_eq!(secret(None), "/secretsmanager/get?secretId=prod%2Fdb%20%261");
        let staged = secret(Some(Version::Stage("AWSPREVIOUS")));
        assert_eq!(staged, "/secretsmanager/get?secretId=prod%2Fdb%20%261&versionStage=AWSPREVIOUS");
        assert!(secret(Some(Version::Id("a-1"))).ends_with("&versionId=a%2D1"));
        let parameter = |version| path(&asked(What::Parameter, "/db/host", version));
        assert_eq!(parameter(None), "/systemsmanager/parameters/get?name=%2Fdb%2Fhost&withDecryption=true");
        assert!(parameter(Some(Version::Number(3))).ends_with("&withDecryption=true&version=3"));
        assert!(parameter(Some(Version::Label("new"))).ends_with("&label=new"));
    }

    #[test]
    fn an_answer_that_is_odd_is_not_shown() {
        let secret = asked(What::Secret, "s", None);
        let read = |one: &Asked, body: &str| text(one, body.as_bytes()).map(|text| text.to_string());
        assert_eq!(read(&secret, r#"{"SecretString":"a\"b","Name":"s"}"#), Ok("a\"b".to_owned()));
        let binary = r#"{"SecretBinary":"aHVudGVyMg==","SecretString":null}"#;
        assert!(read(&secret, binary).unwrap_err().contains("binary"));
        let parameter = asked(What::Parameter, "p", None);
        assert_eq!(read(&parameter, r#"{"Parameter":{"Value":"v"}}"#), Ok("v".to_owned()));
        assert!(read(&parameter, r#"{"Parameter":{"Value":null}}"#).unwrap_err().contains("binary"));
        for body in ["", "hunter2", r#"{"SecretString":"hunter2"}"#] {
            assert!(!read(&parameter, body).unwrap_err().contains("hunter2"));
        }
    }

    #[test]
    fn an_error_is_understood_by_what_can_be_told() {
        let client = PooledClient::builder().with_endpoint("http://localhost:1".parse().unwrap()).build();
        let extension = Extension { client, token: "session-token".to_owned() };
        let secret = asked(What::Secret, "s", None);
        let understood = |status: u16, body: &str| {
            let status = StatusCode::from_u16(status).unwrap();
            match extension.understand(&secret, status, body.as_bytes()) {
                Ok(None) => "absent".to_owned(),
                Ok(Some(_)) => "there".to_owned(),
                Err(trouble) => format!("{trouble:?}"),
            }
        };
        assert!(understood(400, "not ready to serve traffic, please wait").starts_with("NotReady"));
        // As it was recorded for what is not there, and for what may not be read.
        assert!(understood(400, "an unexpected error occurred while executing request").starts_with("Refused"));
        assert_eq!(understood(400, r#"{"__type":"ResourceNotFoundException","message":"can't find it"}"#), "absent");
        let denied = r#"{"__type":"AccessDeniedException","message":"session-token may not"}"#;
        assert!(understood(400, denied).starts_with("Refused") && !understood(400, denied).contains("session-token"));
        assert!(understood(401, "who are you?").starts_with("Wrong"));
        assert!(understood(502, "").starts_with("Refused"));
        assert!(understood(500, &"x".repeat(1000)).len() < 500);
    }
}
