//! What the commands say, and what they refuse.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use crate::{lambkin, refused, repository, text, utf8};

/// `cargo lambkin new` in a folder that is in no repository and no workspace.
fn new(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = lambkin(&["new"]);
    command.args(arguments).current_dir(folder);
    command
}

fn files_of(folder: &Path) -> Vec<String> {
    let mut files: Vec<String> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    files.sort();
    files
}

#[test]
fn a_project_is_made_and_what_to_do_next_is_said() {
    let place = tempfile::tempdir().unwrap();
    let output = new(place.path(), &["my-app"]).output().unwrap();
    assert_eq!(utf8(&output.stderr), "");
    let said = text(output);
    assert!(said.starts_with("Created `my-app`, which handles `fulfil` (sqs)\n"), "{said}");
    assert!(
        said.ends_with(
            "Next\n  cd my-app\n  cargo run -- fulfil events/fulfil.json\n  cargo test\n  \
         cargo lambda build --release --arm64\n"
        ),
        "{said}"
    );
    let folder = place.path().join("my-app");
    assert_eq!(files_of(&folder), [".env", ".git", ".gitignore", "Cargo.toml", "README.md", "events", "src"]);
    let manifest: toml::Table = fs::read_to_string(folder.join("Cargo.toml")).unwrap().parse().unwrap();
    assert_eq!(manifest["dependencies"]["lambkin"]["version"].as_str(), Some(env!("CARGO_PKG_VERSION")));
    assert_eq!(manifest["profile"]["release"]["panic"].as_str(), Some("unwind"));
    assert_eq!(manifest["package"]["edition"].as_str(), Some("2024"));
}

#[test]
fn the_same_is_json_for_programs() {
    let place = tempfile::tempdir().unwrap();
    let arguments = ["shop", "-s", "http", "-s", "schedule", "--vcs", "none", "--format", "json"];
    let made: Value = serde_json::from_str(&text(new(place.path(), &arguments).output().unwrap())).unwrap();
    assert_eq!(made["name"], "shop");
    let handlers = json!([
        {"name": "api", "source": "http", "event": "events/api.json"},
        {"name": "sweep", "source": "schedule", "event": "events/sweep.json"},
    ]);
    assert_eq!(made["handlers"], handlers);
    let folder = place.path().join("shop");
    let files = made["files"].as_array().unwrap();
    assert_eq!(files.len(), 8);
    for file in files {
        assert!(folder.join(file.as_str().unwrap()).is_file(), "{file}");
    }
    assert_eq!(files_of(&folder.join("src")), ["http.rs", "main.rs", "schedule.rs"]);
    assert_eq!(files_of(&folder), [".env", "Cargo.toml", "README.md", "events", "src"]);
}

#[test]
fn an_empty_folder_is_filled_and_another_one_is_left_alone() {
    let place = tempfile::tempdir().unwrap();
    fs::create_dir(place.path().join("empty")).unwrap();
    text(new(place.path(), &["empty", "--source", "iot"]).output().unwrap());
    // The second time it is not empty.
    let before = fs::read_to_string(place.path().join("empty/Cargo.toml")).unwrap();
    let error = refused(new(place.path(), &["empty", "--source", "s3"]));
    assert_eq!(error, "error: `empty` exists and is not empty: choose another name, or empty it first\n");
    assert_eq!(fs::read_to_string(place.path().join("empty/Cargo.toml")).unwrap(), before);
}

#[test]
fn nothing_is_made_for_what_is_refused() {
    let place = tempfile::tempdir().unwrap();
    for (arguments, why) in [
        (&["async"][..], "`async` can't be the package's name"),
        (&["My-App"], "`my-app`"),
        (&["orders", "--source", "sqs", "--source", "sqs"], "`--source sqs` stands there twice"),
        (&["orders", "--source", "pigeon"], "cloudwatch_logs"),
        (&["orders", "--lambkin", "nowhere"], "neither there nor in `runtime`"),
    ] {
        let error = refused(new(place.path(), arguments));
        assert!(error.contains(why), "{arguments:?}: {error}");
    }
    assert_eq!(files_of(place.path()), [""; 0]);
}

#[test]
fn a_workspace_takes_the_project_in_and_is_told_of_its_profile() {
    let place = tempfile::tempdir().unwrap();
    let root = place.path().join("Cargo.toml");
    fs::write(&root, "[workspace]\nresolver = \"3\"\nmembers = []\n").unwrap();
    let mut command = new(place.path(), &["functions/api", "--source", "http", "--lambkin"]);
    let output = command.arg(repository()).output().unwrap();
    let told = utf8(&output.stderr);
    assert!(told.contains("note: profiles belong to the workspace") && told.contains("panic = \"unwind\""), "{told}");
    assert!(fs::read_to_string(&root).unwrap().contains("functions/api"));
    assert!(!fs::read_to_string(place.path().join("functions/api/Cargo.toml")).unwrap().contains("profile"));
    // A repository there is one in already.
    fs::create_dir(place.path().join("second")).unwrap();
    text(Command::new("git").args(["init", "--quiet"]).current_dir(place.path()).output().unwrap());
    text(new(place.path(), &["second", "--source", "iot"]).output().unwrap());
    assert_eq!(files_of(&place.path().join("second")), [".gitignore", "Cargo.toml", "README.md", "events", "src"]);
}

#[test]
fn options_of_other_sources_are_refused() {
    for (arguments, why) in [
        (&["s3", "--queue", "q"][..], "`--queue` is for `sqs` and `activemq`: an event of `s3` has none"),
        (&["s3", "--body", "{}"], "`s3` has no payload"),
        (&["sns", "--count", "2"], "no records to count"),
        (&["invoke", "--body", "1", "--body", "2"], "no records to count"),
        (&["invoke", "--body", "hello", "--raw"], "is JSON"),
        (&["sqs", "--body", "hello"], "`hello` is not JSON"),
        (&["sqs", "--body", "@nothing.json"], "`nothing.json`"),
        (&["sqs", "--count", "0"], "from 1 to 10000"),
        (&["http", "--path", "notes"], "starts with `/`"),
        (&["http", "--header", "accept"], "a colon"),
        (&["sqs", "--raw"], "--body"),
    ] {
        let mut command = lambkin(&["event"]);
        command.args(arguments);
        let error = refused(command);
        assert!(error.contains(why), "{arguments:?}: {error}");
    }
}

#[test]
fn what_is_no_source_is_a_handler_of_the_crate_or_an_error() {
    let place = tempfile::tempdir().unwrap();
    let mut command = lambkin(&["event", "fulfill"]);
    command.current_dir(place.path());
    let error = refused(command);
    assert!(
        error.contains("`fulfill` is no source (invoke, event, http,") && error.contains("handler's name"),
        "{error}"
    );
}
