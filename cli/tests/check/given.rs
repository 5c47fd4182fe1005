//! What each test runs: the tool, on a template of the folder beside it.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

pub(crate) fn here() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

pub(crate) fn templates() -> PathBuf {
    here().join("tests/check/templates")
}

/// A template that is right.
pub(crate) fn template(name: &str) -> String {
    std::fs::read_to_string(templates().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// The tool, as cargo runs it, in this folder.
pub(crate) fn tool(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cargo-lambkin"));
    command.args(["lambkin", "check"]).current_dir(folder);
    for variable in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE"] {
        command.env_remove(variable);
    }
    command
}

/// With the manifest that the templates are right for.
pub(crate) fn checked(folder: &Path, arguments: &[&str]) -> Output {
    tool(folder).arg("--manifest").arg(templates().join("manifest.json")).args(arguments).output().unwrap()
}

/// What it prints as JSON; the status is 0 or 1.
pub(crate) fn json(output: &Output) -> serde_json::Value {
    let errors = String::from_utf8_lossy(&output.stderr);
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {errors}"))
}

/// The code and the line of each finding.
pub(crate) fn findings(report: &serde_json::Value) -> Vec<(String, Option<u64>)> {
    let findings = report["findings"].as_array().unwrap().iter();
    let pair =
        |finding: &serde_json::Value| (finding["code"].as_str().unwrap().to_owned(), finding["place"]["line"].as_u64());
    findings.map(pair).collect()
}

/// The number of the only line that holds this; with spaces before it, of the one that begins with it.
pub(crate) fn line_of(text: &str, marker: &str) -> u64 {
    let is_it = |line: &str| if marker.starts_with(' ') { line.starts_with(marker) } else { line.contains(marker) };
    let mut lines = text.lines().zip(1u64..).filter(|(line, _)| is_it(line)).map(|(_, number)| number);
    let line = lines.next().unwrap_or_else(|| panic!("no line holds `{marker}`"));
    assert!(lines.next().is_none(), "several lines hold `{marker}`");
    line
}
