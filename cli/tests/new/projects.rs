//! A project of each source, and one of all: formatted, without a warning, tested, and run.
//!
//! They are in one workspace in the target directory, so that what they depend on is built once and stays.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

use serde_json::{Value, json};

use crate::{lambkin, piped, repository, text, utf8};

/// A project, and what its example comes to.
pub(crate) struct Project {
    /// Among them are a name with a `-`, one with a digit, and one that starts as a word of the language does.
    pub(crate) name: &'static str,
    pub(crate) source: &'static str,
    pub(crate) handler: &'static str,
    response: fn() -> Value,
    /// Whether it needs a store of idempotency records, which is much to build.
    is_heavy: bool,
}

const fn project(name: &'static str, source: &'static str, handler: &'static str, response: fn() -> Value) -> Project {
    Project { name, source, handler, response, is_heavy: false }
}

const fn heavy(name: &'static str, source: &'static str, handler: &'static str, response: fn() -> Value) -> Project {
    Project { name, source, handler, response, is_heavy: true }
}

fn no_failures() -> Value {
    json!({"batchItemFailures": []})
}

fn nothing() -> Value {
    Value::Null
}

pub(crate) const PROJECTS: [Project; 15] = [
    project("a1", "invoke", "greet", || json!({"text": "Hello, Ada!"})),
    project("async-event", "event", "sign_up", signed_up),
    project("my-app", "http", "api", home),
    heavy("demo-sqs", "sqs", "fulfil", no_failures),
    project("demo_kinesis", "kinesis", "measure", no_failures),
    project("demo-dynamodb", "dynamodb", "mirror", no_failures),
    project("demo-kafka", "kafka", "follow", no_failures),
    project("demo-sns", "sns", "notify", nothing),
    project("demo-s3", "s3", "list_upload", nothing),
    heavy("demo-eventbridge", "eventbridge", "ship", nothing),
    project("demo-schedule", "schedule", "sweep", nothing),
    project("demo-cloudwatch-logs", "cloudwatch_logs", "collect", nothing),
    project("demo-ses", "ses", "screen", || json!({"disposition": "CONTINUE"})),
    project("demo-activemq", "activemq", "pin", nothing),
    project("demo-iot", "iot", "cool", nothing),
];

/// The project with a handler of each source.
const ALL: &str = "all-of-them";

fn signed_up() -> Value {
    let event = fs::read_to_string(workspace().join("async-event/events/sign_up.json")).unwrap();
    let mut event: Value = serde_json::from_str(&event).unwrap();
    event["response"]["autoConfirmUser"] = true.into();
    event["response"]["autoVerifyEmail"] = true.into();
    event
}

fn home() -> Value {
    json!({
        "statusCode": 200,
        "cookies": [],
        "headers": {"content-type": "text/plain; charset=utf-8", "vary": "origin"},
        "body": "Notes are at /notes\n",
        "isBase64Encoded": false
    })
}

/// Cargo in a folder of the workspace, with a target directory of its own.
fn cargo(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO"));
    command.args(arguments).current_dir(folder);
    in_workspace(&mut command);
    command
}

pub(crate) fn in_workspace(command: &mut Command) {
    command
        .env("CARGO_TARGET_DIR", place().join("target"))
        .env("CARGO_INCREMENTAL", "0")
        .env("CARGO_TERM_COLOR", "never");
    for variable in ["LAMBKIN_HANDLER", "_HANDLER", "LAMBKIN_IDEMPOTENCY", "AWS_LAMBDA_RUNTIME_API", "RUST_LOG"] {
        command.env_remove(variable);
    }
}

fn place() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("new")
}

/// All projects, made and built once in each run of the tests.
pub(crate) fn workspace() -> &'static Path {
    static WORKSPACE: OnceLock<PathBuf> = OnceLock::new();
    WORKSPACE.get_or_init(|| {
        let root = place().join("projects");
        let _ = fs::remove_dir_all(&root);
        fs::create_dir_all(&root).unwrap();
        // Nobody remembers what ran in another run of the tests.
        for entry in fs::read_dir(place().join("target/debug")).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.file_name().unwrap().to_string_lossy().starts_with("lambkin-idempotency") {
                fs::remove_file(path).unwrap();
            }
        }
        // Symbols of dozens of programs would fill the disk.
        let manifest = "[workspace]\nresolver = \"3\"\nmembers = []\n\n[profile.dev]\ndebug = false\n\n\
                        [profile.release]\npanic = \"unwind\"\n";
        fs::write(root.join("Cargo.toml"), manifest).unwrap();
        // The defaults, whatever a folder above says.
        fs::write(root.join("rustfmt.toml"), "").unwrap();
        // The versions that the repository is tested with.
        fs::copy(repository().join("Cargo.lock"), root.join("Cargo.lock")).unwrap();
        for project in &PROJECTS {
            make(&root, project.name, &[project.source]);
        }
        make(&root, ALL, &PROJECTS.map(|project| project.source));
        root
    })
}

fn make(root: &Path, name: &str, sources: &[&str]) {
    let mut command = lambkin(&["new", name, "--vcs", "none", "--lambkin"]);
    command.arg(repository()).current_dir(root);
    for source in sources {
        command.args(["--source", source]);
    }
    let output = command.output().unwrap();
    // Nothing to note: the workspace says what a panic does.
    assert_eq!(utf8(&output.stderr), "", "{name}");
    text(output);
}

/// The packages that are built together: what one needs of lambkin is not to help out another.
fn groups() -> [Vec<&'static str>; 2] {
    let of = |is_heavy: bool| {
        let projects = PROJECTS.iter().filter(move |project| project.is_heavy == is_heavy);
        projects.flat_map(|project| ["-p", project.name]).collect::<Vec<_>>()
    };
    let (light, mut heavy) = (of(false), of(true));
    heavy.extend(["-p", ALL]);
    [light, heavy]
}

/// Runs cargo for each group, and expects not a single warning.
fn each_group(arguments: &[&str], last: &[&str]) {
    for group in groups() {
        let all: Vec<&str> = [arguments, &group, last].concat();
        let output = cargo(workspace(), &all).output().unwrap();
        let (told, printed) = (utf8(&output.stderr), utf8(&output.stdout));
        assert!(output.status.success(), "cargo {}\n{told}{printed}", all.join(" "));
        assert!(!told.contains("warning"), "cargo {}\n{told}", all.join(" "));
    }
}

/// The programs, built without what tests alone need.
pub(crate) fn built() {
    static BUILT: OnceLock<()> = OnceLock::new();
    BUILT.get_or_init(|| each_group(&["build"], &[]));
}

/// A program, run in its folder as `cargo run` would do.
pub(crate) fn run(project: &str, arguments: &[&str], input: &str) -> Output {
    built();
    let mut command = Command::new(place().join("target/debug").join(project));
    command.args(arguments).current_dir(workspace().join(project));
    in_workspace(&mut command);
    piped(command, input)
}

/// What a handler answers, as JSON.
pub(crate) fn response(project: &str, handler: &str, event: &str, input: &str) -> Value {
    let response = text(run(project, &[handler, event], input));
    serde_json::from_str(&response).unwrap_or_else(|error| panic!("{project}: {error}: {response}"))
}

#[test]
fn each_is_formatted_as_rustfmt_does() {
    let mut arguments = vec!["fmt", "--check"];
    let groups = groups().concat();
    arguments.extend(&groups);
    text(cargo(workspace(), &arguments).output().unwrap());
}

#[test]
fn each_passes_clippy() {
    each_group(&["clippy", "--all-targets"], &["--", "-D", "warnings"]);
}

#[test]
fn each_builds_and_passes_its_tests() {
    built();
    each_group(&["test"], &[]);
}

#[test]
fn each_answers_its_example_as_its_readme_says() {
    for Project { name, handler, response: expected, .. } in &PROJECTS {
        let event = format!("events/{handler}.json");
        assert_eq!(response(name, handler, &event, ""), expected(), "{name}");
        assert_eq!(response(ALL, handler, &event, ""), expected(), "{handler} of {ALL}");
        // With one handler the name can be left out.
        assert_eq!(serde_json::from_str::<Value>(&text(run(name, &[&event], ""))).unwrap(), expected(), "{name}");
        let readme = fs::read_to_string(workspace().join(name).join("README.md")).unwrap();
        assert!(readme.contains(&format!("cargo run -- {handler} {event}\n")), "{readme}");
    }
}

/// The README's last command: what the settings say is enough to deploy each handler.
#[test]
fn each_has_a_template() {
    let manifest = tempfile::NamedTempFile::new().unwrap();
    fs::write(manifest.path(), text(run(ALL, &["manifest"], ""))).unwrap();
    let mut command = lambkin(&["template", "--format", "sam", "--manifest"]);
    let template = text(command.arg(manifest.path()).output().unwrap());
    for Project { handler, .. } in &PROJECTS {
        assert!(template.contains(handler), "{handler}: {template}");
    }
}

/// As the README says: what is done is remembered from one run to the next.
#[test]
fn an_event_that_runs_twice_has_its_effect_once() {
    let id = tempfile::tempdir().unwrap().path().file_name().unwrap().to_str().unwrap().to_owned();
    let body = json!({"id": id, "total": 1}).to_string();
    let event = text(lambkin(&["event", "sqs", "--body", &body]).output().unwrap());
    let told = || {
        let output = run("demo-sqs", &["fulfil", "-"], &event);
        assert_eq!(serde_json::from_slice::<Value>(&output.stdout).unwrap(), no_failures());
        utf8(&output.stderr)
    };
    let (first, second) = (told(), told());
    assert!(first.contains("fulfilled") && !first.contains("replayed"), "{first}");
    assert!(!second.contains("fulfilled") && second.contains("replayed"), "{second}");
}

#[test]
fn a_setting_comes_out_of_the_file_env() {
    let folder = workspace().join("a1");
    let changed = fs::read_to_string(folder.join(".env")).unwrap().replace("Hello", "Good morning");
    let elsewhere = tempfile::tempdir().unwrap();
    fs::write(elsewhere.path().join(".env"), changed).unwrap();
    built();
    let mut command = Command::new(place().join("target/debug/a1"));
    command.arg(folder.join("events/greet.json")).current_dir(elsewhere.path());
    in_workspace(&mut command);
    assert_eq!(text(command.output().unwrap()).trim(), r#"{"text":"Good morning, Ada!"}"#);
}
