//! Secrets and parameters through the AWS SDK.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use lambkin_e2e::binaries::built;
use lambkin_e2e::{Event, Lambda, Setup, Vault};
use serde_json::json;

/// What no output may hold.
const HIDDEN: &str = "hunter2-hunter2";

fn mailer() -> &'static Path {
    static MAILER: OnceLock<PathBuf> = OnceLock::new();
    MAILER.get_or_init(|| built(&["-p", "mailer", "--features", "sdk"], "mailer"))
}

async fn start(vault: &Vault) -> Lambda {
    let setup = Setup::new(mailer()).handler("send").with("STAGE", "prod").with("COPY_TO", "a,b");
    vault.as_aws().into_iter().fold(setup, |setup, (name, value)| setup.with(name, &value)).start().await
}

#[tokio::test]
async fn all_is_fetched_in_the_init_phase() {
    let mail = json!({"user": "mailer", "password": HIDDEN, "quota": 7}).to_string();
    let vault = Vault::start().await.secret("prod/mail", &mail).parameter("/mail/host", "mail.example.com");
    let mut lambda = start(&vault).await;
    lambda.api.asked(1).await;
    let mut asked = vault.asked();
    asked.sort();
    assert_eq!(asked, ["parameters /mail/host", "secret prod/mail", "secret prod/mail/signing-key"]);
    let sent = lambda.serve(Event::new(&json!({"to": "ada@example.com", "text": "hello"}))).await.response();
    assert_eq!(sent["through"], "mail.example.com:587 (prod)");
    assert_eq!(sent["by"], "mailer, with 15 characters of password");
    assert_eq!(vault.asked().len(), 3);
}

#[tokio::test]
async fn what_is_missing_is_an_init_error() {
    let vault = Vault::start().await.secret("prod/mail", &json!({"user": "mailer", "quota": HIDDEN}).to_string());
    let mut lambda = start(&vault).await;
    let posted = lambda.api.posted().await;
    assert_eq!(posted.path, "/2018-06-01/runtime/init/error");
    let message = "the config `Settings`: 3 values are missing or wrong: the parameter `/mail/host` is not there; the key \
                   `password` of the secret `prod/mail` is not there; the key `quota` of the secret `prod/mail` is no `u32`";
    assert_eq!(posted.json(), json!({"errorType": "Config", "errorMessage": message}));
    let (status, lines) = lambda.process.end().await;
    assert!(status.code().is_some_and(|code| code != 0), "{status}");
    assert!(!lines.concat().contains("hunter2"), "{lines:?}");
    assert_eq!(lambda.api.times_asked(), 0);
}

#[tokio::test]
async fn a_service_that_is_not_there_is_named() {
    let vault = Vault::start().await;
    let setup = Setup::new(mailer()).handler("send").with("STAGE", "prod").with("COPY_TO", "a,b");
    let setup = vault.as_aws().into_iter().fold(setup, |setup, (name, value)| setup.with(name, &value));
    let mut lambda = setup.with("AWS_ENDPOINT_URL", "http://127.0.0.1:1").start().await;
    let error = lambda.api.posted().await.json();
    let message = error["errorMessage"].as_str().unwrap();
    for what in ["the parameter `/mail/host`: ", "the key `user` of the secret `prod/mail`: "] {
        assert!(message.contains(what), "{message}");
    }
}
