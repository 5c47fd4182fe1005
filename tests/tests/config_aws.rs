//! Secrets and parameters through the AWS SDK.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::path::PathBuf;
use std::sync::OnceLock;

use lambkin_e2e::binaries::built;
use lambkin_e2e::{Event, Lambda, Moto, Setup, Trouble, Vault, within};
use serde_json::{Value, json};

/// What no output may hold.
const HIDDEN: &str = "hunter2-hunter2";

/// The mailer, and the handlers that tell what they were given. Both at once: the SDK is built once.
fn binaries() -> &'static [PathBuf; 2] {
    static BINARIES: OnceLock<[PathBuf; 2]> = OnceLock::new();
    BINARIES.get_or_init(|| {
        let features = ["--features", "mailer/sdk,rotator/sdk"];
        let arguments = [&["-p", "mailer", "-p", "rotator"][..], &features].concat();
        ["mailer", "rotator"].map(|name| built(&arguments, name))
    })
}

fn mailer() -> Setup {
    Setup::new(&binaries()[0]).handler("send").with("STAGE", "prod").with("COPY_TO", "a,b")
}

fn with<'v>(setup: Setup, variables: impl IntoIterator<Item = (&'v str, String)>) -> Setup {
    variables.into_iter().fold(setup, |setup, (name, value)| setup.with(name, &value))
}

async fn start(vault: &Vault) -> Lambda {
    with(mailer(), vault.as_aws()).start().await
}

/// One of the handlers that tell what they were given.
async fn told(handler: &str, variables: impl IntoIterator<Item = (&'static str, String)>) -> Lambda {
    with(Setup::new(&binaries()[1]).handler(handler), variables).start().await
}

fn nothing() -> Event {
    Event::new(&Value::Null)
}

fn letter() -> Event {
    Event::new(&json!({"to": "ada@example.com", "text": "hello"}))
}

/// What was posted about an init that failed, and that nothing shows a secret.
async fn refused(lambda: &mut Lambda) -> String {
    let posted = lambda.api.posted().await;
    assert_eq!(posted.path, "/2018-06-01/runtime/init/error");
    let error = posted.json();
    assert_eq!(error["errorType"], "Config", "{error}");
    let message = error["errorMessage"].as_str().unwrap().to_owned();
    let (status, lines) = lambda.process.end().await;
    assert!(status.code().is_some_and(|code| code != 0), "{status}");
    let all = format!("{message}{}", lines.concat());
    assert!(!all.contains("hunter2") && !all.contains("session-token") && !all.contains("secret-key"), "{all}");
    assert_eq!(lambda.api.times_asked(), 0);
    message
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
    let sent = lambda.serve(letter()).await.response();
    assert_eq!(sent["through"], "mail.example.com:587 (prod)");
    assert_eq!(sent["by"], "mailer, with 15 characters of password");
    assert_eq!(vault.asked().len(), 3);
}

#[tokio::test]
async fn what_is_missing_is_an_init_error() {
    let vault = Vault::start().await.secret("prod/mail", &json!({"user": "mailer", "quota": HIDDEN}).to_string());
    let message = refused(&mut start(&vault).await).await;
    let expected = "the config `Settings`: 3 values are missing or wrong: the parameter `/mail/host` is not there; the key \
                    `password` of the secret `prod/mail` is not there; the key `quota` of the secret `prod/mail` is no `u32`";
    assert_eq!(message, expected);
}

#[tokio::test]
async fn one_that_may_not_be_read_does_not_hide_the_others() {
    let vault = Vault::start().await.denied("denied").denied("/denied").parameter("/right", "right");
    let vault = vault.binary_secret("binary", "aHVudGVyMg==").secret("loud", "hunter2").parameter("/shown", "hunter2");
    let message = refused(&mut told("bad", vault.as_aws()).await).await;
    let expected = [
        "5 values are missing or wrong",
        "the secret `binary` can't be had: it is binary, and only text can be read",
        "the secret `denied` can't be had: AccessDeniedException: User: arn:aws:sts::1:assumed-role/f is not authorized; the \
         function's role needs `secretsmanager:GetSecretValue` on it",
        "the secret `loud` is no `Secret<Code>`",
        "the parameter `/shown` is no `Shown`",
        "the parameter `/denied` can't be had: AccessDeniedException: User: arn:aws:sts::1:assumed-role/f is not authorized on \
         /denied; the function's role needs `ssm:GetParameters` on it",
    ];
    for expected in expected {
        assert!(message.contains(expected), "{message}");
    }
}

#[tokio::test]
async fn aws_in_trouble_is_asked_again() {
    let vault = Vault::start().await.secret("token", "12345");
    vault.trouble(&[Trouble::Status(500), Trouble::Closes]);
    let mut lambda = told("measure", vault.as_aws()).await;
    assert_eq!(lambda.serve(nothing()).await.response(), 5);
    assert_eq!(vault.asked().len(), 1);
}

#[tokio::test]
async fn a_service_that_is_not_there_is_named() {
    let vault = Vault::start().await;
    let mut lambda = with(mailer(), vault.as_aws()).with("AWS_ENDPOINT_URL", "http://127.0.0.1:1").start().await;
    let message = refused(&mut lambda).await;
    let all = "5 values are missing or wrong: the parameter `/mail/host`, the secret `prod/mail`, the secret \
               `prod/mail/signing-key` can't be had: dispatch failure: ";
    assert!(message.contains(all), "{message}");
}

#[tokio::test]
async fn moto_has_secrets_by_key_and_whole_and_encrypted_parameters() {
    let moto = Moto::start().await;
    let mail = json!({"user": "mailer", "password": HIDDEN, "quota": 7}).to_string();
    moto.secret("prod/mail", &mail).await;
    moto.secret("prod/mail/signing-key", HIDDEN).await;
    moto.parameter("/mail/host", "mail.example.com").await;
    let mut lambda = with(mailer(), moto.variables()).start().await;
    let sent = lambda.serve(letter()).await.response();
    assert_eq!(sent["through"], "mail.example.com:587 (prod)");
    assert_eq!(sent["by"], "mailer, with 15 characters of password");
    assert_eq!((&sent["quota"], &sent["signed"]), (&json!(7), &json!(true)));
    assert!(!lambda.process.kill().await.concat().contains("hunter2"));
}

#[tokio::test]
async fn moto_has_versions() {
    let moto = Moto::start().await;
    moto.secret("token", "old").await;
    moto.rotate("token", "newer").await;
    for text in ["first", "second", "third"] {
        moto.parameter("/db/host", text).await;
    }
    let label = json!({"Name": "/db/host", "ParameterVersion": 2, "Labels": ["new"]});
    moto.call("AmazonSSM.LabelParameterVersion", label).await;
    let told = told("versions", moto.variables()).await.serve(nothing()).await.response();
    assert_eq!(told, json!({"current": 5, "previous": 3, "first": "first", "new": "second"}));
}

#[tokio::test]
async fn moto_has_all_parameters_below_a_path() {
    let moto = Moto::start().await;
    // Three pages, and one level below.
    for index in 0..22 {
        moto.parameter(&format!("/app/sizes/n{index}"), &index.to_string()).await;
    }
    moto.parameter("/app/sizes/deep/er", "99").await;
    moto.parameter("/app/sizes_not", "x").await;
    moto.secret("huge", &"x".repeat(65_536)).await;
    moto.secret("token", "12345").await;
    let mut lambda =
        with(Setup::new(&binaries()[1]).handler("many"), moto.variables()).with("STAGE", "dev").start().await;
    let told = lambda.serve(nothing()).await.response();
    let mut sizes: std::collections::BTreeMap<String, u32> =
        (0..22).map(|index| (format!("n{index}"), index)).collect();
    sizes.insert("deep/er".to_owned(), 99);
    assert_eq!(told["of"], json!({"huge": 65_536, "sizes": sizes, "token": 5}));
    assert_eq!((&told["nothing"], &told["stage"]), (&Value::Null, &json!("dev")));
}

#[tokio::test]
async fn moto_does_not_have_what_is_missing() {
    let moto = Moto::start().await;
    moto.secret("token", HIDDEN).await;
    moto.parameter("/db/host", "first").await;
    let message = refused(&mut told("versions", moto.variables()).await).await;
    let expected = "the config `Versions`: 2 values are missing or wrong: the secret `token` (version `AWSPREVIOUS`) is not \
                    there; the parameter `/db/host` (version `new`) is not there";
    assert_eq!(message, expected);
    // One of them is no number.
    moto.parameter("/app/sizes/right", "1").await;
    moto.parameter("/app/sizes/wrong", HIDDEN).await;
    moto.secret("huge", HIDDEN).await;
    let setup = with(Setup::new(&binaries()[1]).handler("many"), moto.variables()).with("STAGE", "dev");
    let message = refused(&mut setup.start().await).await;
    assert!(message.ends_with("the parameter `/app/sizes/wrong` is no value of `BTreeMap<String, u32>`"), "{message}");
}

#[tokio::test]
async fn moto_rotates_a_secret_and_the_function_notices() {
    let moto = Moto::start().await;
    moto.secret("token", "old").await;
    let mut lambda = told("measure", moto.variables()).await;
    assert_eq!(lambda.serve(nothing()).await.response(), 3);
    moto.rotate("token", "hunter2").await;
    within("the new value", async { while lambda.serve(nothing()).await.response() == 3 {} }).await;
    assert_eq!(lambda.serve(nothing()).await.response(), 7);
    // Nobody is there any more: the value stays, and the log says so.
    drop(moto);
    let says = |line: &str| line.contains("the secret `token` is not renewed, and keeps its value: dispatch failure");
    within("a renewal that fails", async {
        while !lambda.process.lines().iter().any(|line| says(line)) {
            assert_eq!(lambda.serve(nothing()).await.response(), 7);
        }
    })
    .await;
    assert!(!lambda.process.kill().await.concat().contains("hunter2"));
}
