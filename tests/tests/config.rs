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
use lambkin_e2e::{Event, Lambda, Setup, Trouble, Vault, within};
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
    let vault = Vault::start().await.secret("prod/mail", &mail).parameter("/mail/host", "mail.example.com");
    vault.secret("prod/mail/signing-key", HIDDEN)
}

fn rotator() -> &'static Path {
    static ROTATOR: OnceLock<PathBuf> = OnceLock::new();
    ROTATOR.get_or_init(|| built(&["-p", "rotator"], "rotator"))
}

/// One of the handlers that tell what they were given.
async fn told(handler: &str, vault: &Vault) -> Lambda {
    start(Setup::new(rotator()).handler(handler), vault).await
}

fn nothing() -> Event {
    Event::new(&Value::Null)
}

/// The message of a config that is refused, without the part that all have in common.
fn refused(error: &Value) -> Vec<String> {
    assert_eq!(error["errorType"], "Config", "{error}");
    let message = error["errorMessage"].as_str().unwrap();
    let (_, list) = message.split_once("missing or wrong: ").unwrap_or_else(|| panic!("{message}"));
    list.split("; ").map(str::to_owned).collect()
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
    // What would be missing is not known, and so not said.
    let all = printed(&run(folder.path(), &[]).await);
    assert!(all.contains("the config `Settings`: line 2 of `.env` has a quote that is not closed\""), "{all}");
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
    assert!(lambda.serve(letter()).await.response()["signed"] == true);
    let mut asked = vault.asked();
    asked.sort();
    assert_eq!(asked, ["parameter /mail/host", "secret prod/mail", "secret prod/mail/signing-key"]);
}

#[tokio::test]
async fn an_extension_that_is_ready_is_asked_before_the_first_event() {
    let vault = full_vault().await;
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
    let problems = refused(&lambda.serve(letter()).await.error());
    let because = "can't be had: the Parameters and Secrets extension answered 400 Bad Request: an unexpected error occurred \
                   while executing request (it may not be there, the function's role may lack `";
    assert!(problems[0].starts_with(&format!("the parameter `/mail/host` {because}ssm:GetParameter`")), "{problems:?}");
    assert_eq!(problems[1], "the key `password` of the secret `prod/mail` is not there");
    assert_eq!(problems[2], "the key `quota` of the secret `prod/mail` is no `u32`");
    // What may be absent is not taken for absent when nobody knows.
    let key = "the secret `prod/mail/signing-key`";
    assert!(problems[3].starts_with(&format!("{key} {because}secretsmanager:GetSecretValue`")), "{problems:?}");
    assert_eq!(problems.len(), 4);
    let (status, lines) = lambda.process.end().await;
    assert!(status.code().is_some_and(|code| code != 0), "{status}");
    let lines = lines.concat();
    assert!(lines.contains("`/mail/host` can't be had") && !lines.contains("hunter2"), "{lines}");
}

#[tokio::test]
async fn who_passes_on_what_aws_says_is_understood() {
    let mail = json!({"user": "mailer", "password": HIDDEN}).to_string();
    let vault = Vault::start().await.secret("prod/mail", &mail).denied("/mail/host").as_agent();
    vault.open();
    let mut lambda = start(setup(), &vault).await;
    let problems = refused(&lambda.api.posted().await.json());
    // The signing key may be absent, and is.
    assert_eq!(problems.len(), 1, "{problems:?}");
    assert!(problems[0].contains("AccessDeniedException"), "{problems:?}");
}

#[tokio::test]
async fn an_extension_in_trouble_is_asked_again() {
    let vault = full_vault().await;
    vault.open();
    // Each of the three requests that it takes meets one of them.
    vault.trouble(&[Trouble::Status(500), Trouble::Status(429), Trouble::Closes]);
    let mut lambda = start(setup(), &vault).await;
    assert_eq!(lambda.serve(letter()).await.response()["signed"], true);
    assert_eq!(vault.asked().len(), 3);
}

#[tokio::test]
async fn what_an_extension_in_trouble_says_is_shown_without_the_token() {
    let vault = full_vault().await;
    vault.open();
    vault.trouble(&[Trouble::Status(500); 9]);
    let mut lambda = start(setup(), &vault).await;
    let problems = refused(&lambda.api.posted().await.json());
    assert_eq!(problems.len(), 1, "one reason: {problems:?}");
    assert!(problems[0].contains("500 Internal Server Error"), "{problems:?}");
    assert!(!problems.concat().contains("session-token"), "{problems:?}");
}

#[tokio::test]
async fn an_extension_that_hangs_in_the_init_phase_has_another_chance() {
    let vault = full_vault().await;
    vault.open();
    vault.trouble(&[Trouble::Hangs; 3]);
    let mut lambda = start(setup(), &vault).await;
    assert_eq!(lambda.serve(letter()).await.response()["signed"], true);
}

#[tokio::test]
async fn time_that_is_over_in_the_first_invocation_is_said_and_the_next_goes_on() {
    let vault = full_vault().await;
    let mut lambda = start(setup(), &vault).await;
    lambda.api.asked(1).await;
    vault.trouble(&[Trouble::Hangs; 3]);
    let error = lambda.serve(letter().with_left(std::time::Duration::from_secs(1))).await.error();
    let message = error["errorMessage"].as_str().unwrap();
    assert!(message.contains("the time is over, and the Parameters and Secrets extension"), "{message}");
    vault.open();
    assert_eq!(lambda.serve(letter()).await.response()["signed"], true);
}

#[tokio::test]
async fn versions_are_asked_for_by_name() {
    let vault = Vault::start().await.secret("token", "four").secret("token#AWSPREVIOUS", "hunter2");
    let vault = vault.parameter("/db/host:1", "first").parameter("/db/host:new", "new");
    vault.open();
    let mut lambda = told("versions", &vault).await;
    let told = lambda.serve(nothing()).await.response();
    assert_eq!(told, json!({"current": 4, "previous": 7, "first": "first", "new": "new"}));
}

#[tokio::test]
async fn odd_names_and_odd_values() {
    let vault = Vault::start().await.parameter("/x y/level", "9").parameter("/x y/sizes", "3, 4,5");
    let vault = vault.secret("x y/key", r#"{"number": 12, "object": {"a": [1, 2]}}"#);
    vault.open();
    let setup = Setup::new(rotator()).handler("odd").with("KIND", "x y").with("VALUES", "twice").with("MATCH", "");
    let told = start(setup, &vault).await.serve(nothing()).await.response();
    let expected = json!({
        "type": "x y",
        "match": 1,
        "values": ["twice", "twice"],
        "number": 12,
        "object": r#"{"a": [1, 2]}"#.len(),
        "level": 9,
        "sizes": [3, 4, 5],
    });
    assert_eq!(told, expected);
}

#[tokio::test]
async fn defaults_stand_for_parameters_that_are_not_there() {
    let variables = [("KIND", "k"), ("VALUES", "v"), ("LAMBKIN_SECRET_K_KEY", r#"{"number": 1, "object": "o"}"#)];
    let told = tool::run_with(rotator(), &["odd"], "null", variables).await.response();
    assert_eq!((&told["level"], &told["sizes"]), (&json!(7), &json!([1, 2])));
}

#[tokio::test]
async fn what_can_not_be_read_is_not_shown() {
    let vault = Vault::start().await.binary_secret("binary", "aHVudGVyMg==").secret("loud", "panic: hunter2");
    let vault = vault.parameter("/shown", "hunter2").denied("denied").denied("/denied").as_agent();
    let vault = vault.parameter("/right", "hunter2");
    vault.open();
    let mut lambda = told("bad", &vault).await;
    let problems = refused(&lambda.api.posted().await.json());
    assert_eq!(problems[0], "the secret `binary` can't be had: it is binary, and only text can be read");
    assert!(problems[1].starts_with("the secret `denied` can't be had: "), "{problems:?}");
    assert_eq!(problems[2], "the secret `loud` is no `Secret<Code>`: its `from_str` panicked");
    assert_eq!(problems[3], "the parameter `/shown` is no `Shown`");
    assert!(problems[4].starts_with("the parameter `/denied` can't be had: "), "{problems:?}");
    assert_eq!(problems.len(), 5, "{problems:?}");
    let (status, lines) = lambda.process.end().await;
    assert!(!status.success());
    let lines = lines.concat();
    assert!(!lines.contains("hunter2") && !lines.contains("hun"), "{lines}");
}

#[tokio::test]
async fn a_huge_secret_and_two_configs_for_one_handler() {
    // The largest that Secrets Manager takes.
    let vault = Vault::start().await.secret("huge", &"x".repeat(65_536)).secret("token", "12345");
    vault.open();
    let told = told("many", &vault).await.serve(nothing()).await.response();
    assert_eq!((&told["huge"], &told["token"]), (&json!(65_536), &json!(5)));
}

#[cfg(unix)]
#[tokio::test]
async fn a_variable_that_is_no_text_is_told_from_one_that_is_not_set() {
    use std::os::unix::ffi::OsStrExt;

    let folder = tempfile::tempdir().unwrap();
    let mut command = tokio::process::Command::new(mailer());
    let odd = std::ffi::OsStr::from_bytes(b"hunter2\xff");
    command.arg("send").current_dir(folder.path()).env_clear();
    command.envs([("STAGE", odd), ("COPY_TO", odd), ("MAIL_PORT", odd), ("LAMBKIN_PARAMETER_MAIL_HOST", odd)]);
    command.stdin(std::process::Stdio::null());
    let output = within("the tool", command.output()).await.unwrap();
    assert_eq!(output.status.code(), Some(1));
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    let problems = refused(&serde_json::from_str(&printed).unwrap());
    assert_eq!(problems[0], "the variable `STAGE` is no UTF-8");
    assert_eq!(problems[1], "the variable `MAIL_PORT` is no UTF-8");
    assert_eq!(problems[2], "the variable `COPY_TO` is no UTF-8");
    let host = "the parameter `/mail/host` can't be had: the variable `LAMBKIN_PARAMETER_MAIL_HOST` is no UTF-8";
    assert_eq!(problems[3], host);
    let user = "the key `user` of the secret `{STAGE}/mail` has no name, as the variable `STAGE` is no UTF-8";
    assert_eq!(problems[4], user);
    assert!(!printed.contains("hunter2") && !String::from_utf8_lossy(&output.stderr).contains("hunter2"));
}

#[tokio::test]
async fn a_process_that_is_killed_while_it_waits_leaves_nothing_behind() {
    let vault = full_vault().await;
    let mut first = start(setup(), &vault).await;
    first.api.asked(1).await;
    let lines = first.process.kill().await;
    assert!(!lines.concat().contains("hunter2"), "{lines:?}");
    vault.open();
    assert_eq!(start(setup(), &vault).await.serve(letter()).await.response()["signed"], true);
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
    let mut lambda = told("measure", &vault).await;
    assert_eq!(lambda.serve(nothing()).await.response(), 1);
    vault.put("token", "hunter2");
    // Each time a second is over, an invocation starts a renewal; one of those after it has the new value.
    within("the new value", async { while lambda.serve(nothing()).await.response() == 1 {} }).await;

    vault.close();
    let mut failures = 0;
    within("a renewal that fails", async {
        while failures == 0 {
            assert_eq!(lambda.serve(nothing()).await.response(), 7);
            let says = |line: &&String| line.contains("the secret `token` is not renewed, and keeps its value");
            failures = lambda.process.lines().iter().filter(says).count();
        }
    })
    .await;
    assert!(!lambda.process.lines().concat().contains("hunter2"));
}

#[tokio::test]
async fn a_renewal_waits_for_nobody_and_nobody_for_it() {
    let vault = Vault::start().await.secret("token", "a");
    vault.open();
    let setup = Setup::new(rotator()).handler("measure_slowly").with("AWS_LAMBDA_MAX_CONCURRENCY", "4");
    let mut lambda = start(setup, &vault).await;
    lambda.serve(nothing()).await.response();
    vault.put("token", "hunter2");
    // It hangs when the second is over, and the invocations, four at a time, don't.
    vault.trouble(&[Trouble::Hangs]);
    tokio::time::sleep(std::time::Duration::from_millis(1100)).await;
    for _ in 0..5 {
        for _ in 0..4 {
            lambda.api.queue(nothing());
        }
        for _ in 0..4 {
            assert_eq!(lambda.api.posted().await.response(), json!([1, 1]));
        }
    }
    let renewals = vault.asked().len();
    assert_eq!(renewals, 1, "one renewal at a time");
}

#[tokio::test]
async fn a_renewal_that_panics_keeps_the_value_and_shows_nothing() {
    let vault = Vault::start().await.secret("token", "5").parameter("/level", "1");
    vault.open();
    let mut lambda = told("may_measure", &vault).await;
    let first = lambda.serve(nothing()).await.response();
    assert_eq!((&first["token"], &first["level"]), (&json!(5), &json!(1)));
    assert_eq!(first["printed"], "MayRotate { token: Some(Refreshed(Secret(…))), level: Refreshed(1) }");
    vault.put("token", "panic: hunter2");
    let is_said =
        |lines: &[String]| lines.iter().any(|line| line.contains("`token` is not renewed, and keeps its value"));
    within("a renewal", async {
        while !is_said(&lambda.process.lines()) {
            assert_eq!(lambda.serve(nothing()).await.response()["token"], 5);
        }
    })
    .await;
    // The next one is not stopped by it.
    vault.put("token", "6");
    within("the new value", async { while lambda.serve(nothing()).await.response()["token"] == 5 {} }).await;
    let lines = lambda.process.kill().await.concat();
    assert!(!lines.contains("hunter2"), "{lines}");
}

#[tokio::test]
async fn what_is_renewed_may_be_absent_locally() {
    let level = [("LAMBKIN_PARAMETER_LEVEL", "3")];
    let told = tool::run_with(rotator(), &["may_measure"], "null", level).await.response();
    assert_eq!((&told["token"], &told["level"]), (&Value::Null, &json!(3)));
    let output = tool::run_with(rotator(), &["versions"], "null", [("LAMBKIN_SECRET_TOKEN", "a")]).await;
    let problems = refused(&output.error());
    let previous = "the secret `token` (version `AWSPREVIOUS`) is not there (locally: the variable \
                    `LAMBKIN_SECRET_TOKEN_AWSPREVIOUS`)";
    assert_eq!(problems[0], previous);
}
