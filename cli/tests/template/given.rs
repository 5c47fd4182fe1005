//! What is written in each test: the templates of the examples and of everything there is.

use std::path::{Path, PathBuf};
use std::process::Command;

/// The formats, and the files that their deployers look for.
pub(crate) const FORMATS: [(&str, &str); 4] = [
    ("sam", "template.yaml"),
    ("cloudformation", "cloudformation.yaml"),
    ("serverless", "serverless.yml"),
    ("terraform", "lambkin.tf"),
];

/// What everything there is has to be told, besides a front end.
const OPTIONS: [&str; 10] = [
    "--extension",
    "--tracing",
    "--existing=queue:there",
    "--existing=stream:there",
    "--existing=topic:there",
    "--existing=bucket:there",
    "--existing=bus:there",
    "--table=sensors=sensor_id:S,at:N",
    "--log-retention=7",
    "--reserved-concurrency=queue_all=9",
];

pub(crate) fn here() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

pub(crate) fn workspace() -> PathBuf {
    here().parent().unwrap().to_owned()
}

/// The tool, as cargo runs it.
pub(crate) fn tool() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cargo-lambkin"));
    command.args(["lambkin", "template"]).current_dir(workspace());
    // A test runner's own would build the examples for something else.
    for variable in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE"] {
        command.env_remove(variable);
    }
    command
}

/// What it writes to standard output.
pub(crate) fn written(command: &mut Command) -> String {
    let output = command.output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}\n{errors}");
    String::from_utf8(output.stdout).unwrap()
}

/// The names of the examples, all of them.
pub(crate) fn examples() -> Vec<String> {
    let folders = std::fs::read_dir(workspace().join("examples")).unwrap();
    let mut names: Vec<String> = folders.map(|folder| folder.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    assert!(names.len() >= 9, "{names:?}");
    names
}

/// The snapshot of an example.
pub(crate) fn snapshot(example: &str, file: &str) -> PathBuf {
    here().join("tests/snapshots").join(example).join(file)
}

/// Everything there is, behind this front end and in this format.
pub(crate) fn everything(front_end: &str, format: &str) -> String {
    let manifest = here().join("tests/template/everything.json");
    written(tool().args(["--format", format, "--front-end", front_end]).args(OPTIONS).arg("--manifest").arg(manifest))
}

/// All that a deployer's tool is shown, as files in folders of their own: name and path.
pub(crate) fn all(format: &str, folder: &Path) -> Vec<(String, PathBuf)> {
    let (_, file) = FORMATS.into_iter().find(|(name, _)| *name == format).unwrap();
    let mut all: Vec<(String, String)> = examples()
        .into_iter()
        .map(|name| {
            let path = snapshot(&name, file);
            let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            (name, text)
        })
        .collect();
    for front_end in ["http-api", "rest-api", "function-url", "alb"] {
        all.push((format!("everything-{front_end}"), everything(front_end, format)));
    }
    let write = |(name, text): (String, String)| {
        let folder = folder.join(&name);
        std::fs::create_dir_all(&folder).unwrap();
        let path = folder.join(file);
        std::fs::write(&path, text).unwrap();
        (name, path)
    };
    all.into_iter().map(write).collect()
}
