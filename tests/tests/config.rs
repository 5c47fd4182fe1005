//! Configuration and secrets: where they come from, what is said about what is missing, and what never is.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use lambkin_e2e::binaries::{built, workspace};
use lambkin_e2e::tool::{self, Output};
use lambkin_e2e::{Event, Lambda, Setup, Vault, within};
use serde_json::{Value, json};

/// What no output may hold.
const HIDDEN: &str = "hunter2-hunter2";

const LETTER: &str = r#"{"to": "ada@example.com", "text": "hello"}"#;

fn mailer() -> &'static Path {
    static MAILER: OnceLock<PathBuf> = OnceLock::new();
    MAILER.get_or_init(|| built(&["-p", "mailer"], "mailer"))
}

/// The local tool in this folder.
async fn run(folder: &Path, variables: &[(&str, &str)]) -> Output {
    tool::run_in(folder, mailer(), &["send"], LETTER, variables.iter().copied()).await
}

/// All that a run prints, without what is hidden.
fn printed(output: &Output) -> String {
    let all = format!("{}{}", output.stdout, output.stderr);
    assert!(!all.contains("hunter2"), "a secret is printed: {all}");
    all
}

/// On Lambda, with the variables that the mailer needs.
fn setup() -> Setup {
    Setup::new(mailer()).handler("send").with("STAGE", "prod").with("COPY_TO", "a,b")
}

async fn start(setup: Setup, vault: &Vault) -> Lambda {
    vault.as_extension().into_iter().fold(setup, |setup, (name, value)| setup.with(name, &value)).start().await
}

fn letter() -> Event {
    Event::new(&serde_json::from_str::<Value>(LETTER).unwrap())
}

async fn full_vault() -> Vault {
    let mail = json!({"user": "mailer", "password": HIDDEN, "quota": 7}).to_string();
    Vault::start().await.secret("prod/mail", &mail).parameter("/mail/host", "mail.example.com")
}

#[tokio::test]
async fn a_file_adds_to_the_environment() {
    let example = workspace().join("examples/mailer");
    let sent = run(&example, &[]).await.response();
    let expected = json!({
        "through": "mail.example.com:587 (dev)",
        "by": "mailer, with 14 characters of password",
        "to": ["ada@example.com", "archive@example.com", "audit@example.com"],
        "seconds": 5,
        "quota": 100,
        "signed": false,
    });
    assert_eq!(sent, expected);

    let variables = [
        ("MAIL_PORT", "25"),
        ("TIMEOUT", "1"),
        ("BIND", "::1"),
        ("COPY_TO", " , x@example.com ,"),
        ("LAMBKIN_SECRET_DEV_MAIL", r#"{"user": "other", "password": "none", "quota": null}"#),
        ("LAMBKIN_SECRET_DEV_MAIL_SIGNING_KEY", "k"),
    ];
    let sent = run(&example, &variables).await.response();
    // A key's own variable comes before the whole secret's, wherever each of them stands.
    assert_eq!(sent["by"], "other, with 14 characters of password");
    assert_eq!(sent["through"], "mail.example.com:25 from ::1 (dev)");
    assert_eq!(sent["to"], json!(["ada@example.com", "x@example.com"]));
    assert_eq!((&sent["seconds"], &sent["quota"], &sent["signed"]), (&json!(1), &Value::Null, &json!(true)));
}

#[tokio::test]
async fn all_that_is_missing_is_said_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let output = run(folder.path(), &[("COPY_TO", ""), ("BIND", "")]).await;
    let error = output.error();
    assert_eq!(error["errorType"], "Config");
    let message = error["errorMessage"].as_str().unwrap();
    let expected = "the config `Settings`: 7 values are missing or wrong: \
        the variable `STAGE` is not set; \
        the variable `COPY_TO` is empty; \
        the parameter `/mail/host` is not there (locally: the variable `LAMBKIN_PARAMETER_MAIL_HOST`); \
        the key `user` of the secret `{STAGE}/mail` has no name, as the variable `STAGE` is not set; \
        the key `password` of the secret `{STAGE}/mail` has no name, as the variable `STAGE` is not set; \
        the key `quota` of the secret `{STAGE}/mail` has no name, as the variable `STAGE` is not set; \
        the secret `{STAGE}/mail/signing-key` has no name, as the variable `STAGE` is not set";
    assert_eq!(message, expected);
    assert!(output.stderr.contains(expected), "{}", output.stderr);
}

#[tokio::test]
async fn no_value_is_printed_whatever_is_wrong_with_it() {
    let folder = tempfile::tempdir().unwrap();
    let json = json!({"user": HIDDEN, "password": HIDDEN, "quota": HIDDEN}).to_string();
    let right = [
        ("STAGE", "dev"),
        ("COPY_TO", HIDDEN),
        ("LAMBKIN_PARAMETER_MAIL_HOST", HIDDEN),
        ("LAMBKIN_SECRET_DEV_MAIL", &json),
    ];
    let with = |more: &[(&'static str, &'static str)]| [&right[..], more].concat();
    for (wrong, about) in [
        (with(&[("MAIL_PORT", HIDDEN)]), "the variable `MAIL_PORT` is no `u16`: invalid digit"),
        (with(&[("BIND", HIDDEN)]), "the variable `BIND` is no `IpAddr`"),
        (with(&[]), "the key `quota` of the secret `dev/mail` is no `u32`"),
        (with(&[("LAMBKIN_SECRET_DEV_MAIL__QUOTA", HIDDEN)]), "the key `quota` of the secret `dev/mail` is no `u32`"),
        (with(&[("LAMBKIN_SECRET_DEV_MAIL", HIDDEN)]), "can't be read, as the secret is no JSON object"),
        (with(&[("LAMBKIN_SECRET_DEV_MAIL", r#"["hunter2"]"#)]), "the secret is no JSON object"),
        (
            with(&[("LAMBKIN_SECRET_DEV_MAIL", r#"{"user": "hunter2"}"#)]),
            "key `password` of the secret `dev/mail` is not",
        ),
    ] {
        let output = run(folder.path(), &wrong).await;
        assert_eq!(output.code, Some(1), "{output:?}");
        let all = printed(&output);
        assert!(all.contains(about), "{all}");
    }
    std::fs::write(folder.path().join(".env"), format!("STAGE=dev\nPASSWORD='{HIDDEN}\n")).unwrap();
    let all = printed(&run(folder.path(), &[]).await);
    assert!(all.contains("line 2 of `.env` has a quote that is not closed"), "{all}");
}

#[tokio::test]
async fn the_extension_is_asked_once_there_is_an_event() {
    let vault = full_vault().await;
    let mut lambda = start(setup(), &vault).await;
    lambda.api.asked(1).await;
    assert_eq!(vault.asked(), [""; 0]);
    vault.open();
    let sent = lambda.serve(letter()).await.response();
    assert_eq!(sent["by"], "mailer, with 15 characters of password");
    assert_eq!((&sent["through"], &sent["quota"]), (&json!("mail.example.com:587 (prod)"), &json!(7)));
    // Once, however many keys are read, and however many events there are.
    assert!(lambda.serve(letter()).await.response()["signed"] == false);
    let mut asked = vault.asked();
    asked.sort();
    assert_eq!(asked, ["parameter /mail/host", "secret prod/mail", "secret prod/mail/signing-key"]);
}

#[tokio::test]
async fn an_extension_that_is_ready_is_asked_before_the_first_event() {
    let vault = full_vault().await.secret("prod/mail/signing-key", HIDDEN);
    vault.open();
    let mut lambda = start(setup(), &vault).await;
    lambda.api.asked(1).await;
    assert_eq!(vault.asked().len(), 3);
    assert_eq!(lambda.serve(letter()).await.response()["signed"], true);
}

#[tokio::test]
async fn what_is_wrong_without_the_extension_is_said_before_the_first_event() {
    let vault = full_vault().await;
    let mut lambda = start(setup().without("COPY_TO").with("MAIL_PORT", "x"), &vault).await;
    let posted = lambda.api.posted().await;
    assert_eq!(posted.path, "/2018-06-01/runtime/init/error");
    let message = "the config `Settings`: 2 values are missing or wrong: the variable `MAIL_PORT` is no `u16`: invalid digit \
                   found in string; the variable `COPY_TO` is not set";
    assert_eq!(posted.json(), json!({"errorType": "Config", "errorMessage": message}));
    let (status, _) = lambda.process.end().await;
    assert!(!status.success());
    assert_eq!(lambda.api.times_asked(), 0);
}

#[tokio::test]
async fn a_config_that_fails_in_the_first_invocation_ends_the_process() {
    let vault = Vault::start().await.secret("prod/mail", &json!({"user": "mailer", "quota": HIDDEN}).to_string());
    let mut lambda = start(setup(), &vault).await;
    lambda.api.asked(1).await;
    vault.open();
    let error = lambda.serve(letter()).await.error();
    let message = "the config `Settings`: 3 values are missing or wrong: the parameter `/mail/host` is not there; the key \
                   `password` of the secret `prod/mail` is not there; the key `quota` of the secret `prod/mail` is no `u32`";
    assert_eq!(error, json!({"errorType": "Config", "errorMessage": message}));
    let (status, lines) = lambda.process.end().await;
    assert!(status.code().is_some_and(|code| code != 0), "{status}");
    let lines = lines.concat();
    assert!(lines.contains("`/mail/host` is not there") && !lines.contains("hunter2"), "{lines}");
}

#[tokio::test]
async fn without_the_extension_the_message_says_what_to_do() {
    // Nobody listens there.
    let mut lambda = setup().with("PARAMETERS_SECRETS_EXTENSION_HTTP_PORT", "1").start().await;
    let error = lambda.serve(letter()).await.error();
    let message = error["errorMessage"].as_str().unwrap();
    assert!(message.contains("add its layer to the function, or enable lambkin's feature `config-aws`"), "{message}");
}

#[tokio::test]
async fn a_handler_without_configuration_needs_none() {
    let mut lambda = Setup::new(mailer()).handler("health").start().await;
    assert_eq!(lambda.serve(letter()).await.response(), json!({"ok": true}));
}

#[tokio::test]
async fn the_manifest_says_what_is_read() {
    let output = tool::run(mailer(), &["manifest"], "").await;
    let manifest = output.response();
    let required = |list: &Value| -> Vec<(String, bool)> {
        let list = list.as_array().unwrap().iter();
        list.map(|entry| (entry["name"].as_str().unwrap().to_owned(), entry["required"] == true)).collect()
    };
    let config = &manifest["functions"][0]["config"];
    let named = |names: &[(&str, bool)]| -> Vec<(String, bool)> {
        names.iter().map(|(name, required)| ((*name).to_owned(), *required)).collect()
    };
    let variables = [("STAGE", true), ("MAIL_PORT", false), ("TIMEOUT", false), ("BIND", false), ("COPY_TO", true)];
    assert_eq!(required(&config["variables"]), named(&variables));
    assert_eq!(required(&config["secrets"]), named(&[("{STAGE}/mail", true), ("{STAGE}/mail/signing-key", false)]));
    assert_eq!(required(&config["parameters"]), named(&[("/mail/host", true)]));
    assert_eq!(config["variables"][1]["default"], "587");
    assert_eq!(manifest["functions"][1].get("config"), None, "`health` reaches none");
}

#[tokio::test]
async fn a_secret_is_renewed_behind_the_invocations() {
    let vault = Vault::start().await.secret("token", "a");
    vault.open();
    let binary = built(&["-p", "rotator"], "rotator");
    let mut lambda = start(Setup::new(&binary), &vault).await;
    assert_eq!(lambda.serve(Event::new(&Value::Null)).await.response(), 1);
    vault.put("token", "hunter2");
    // Each time a second is over, an invocation starts a renewal; one of those after it has the new value.
    within("the new value", async { while lambda.serve(Event::new(&Value::Null)).await.response() == 1 {} }).await;

    vault.close();
    let mut failures = 0;
    within("a renewal that fails", async {
        while failures == 0 {
            assert_eq!(lambda.serve(Event::new(&Value::Null)).await.response(), 7);
            let says = |line: &&String| line.contains("the secret `token` is not renewed, and keeps its value");
            failures = lambda.process.lines().iter().filter(says).count();
        }
    })
    .await;
    assert!(!lambda.process.lines().concat().contains("hunter2"));
}
