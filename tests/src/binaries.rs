//! The binaries under test, built once per test run.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use serde_json::Value;

/// The workspace's root.
pub fn workspace() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

/// Where `examples/orders` keeps its event with one good and one bad record.
pub fn one_bad_event() -> PathBuf {
    example_event("orders", "one-bad")
}

/// Where an example keeps one of its events.
pub fn example_event(example: &str, event: &str) -> PathBuf {
    workspace().join("examples").join(example).join("events").join(event).with_extension("json")
}

/// Builds of the release profile, as they are deployed.
pub struct Release {
    /// `examples/orders`.
    pub orders: PathBuf,
    /// The same, written by hand.
    pub by_hand: PathBuf,
    /// Handlers that fail in every way.
    pub probe: PathBuf,
}

/// Builds for deployment.
pub fn release() -> &'static Release {
    static RELEASE: OnceLock<Release> = OnceLock::new();
    RELEASE.get_or_init(|| {
        let binaries = build(&["--release", "-p", "orders", "-p", "orders-by-hand", "-p", "probe"]);
        Release {
            orders: named(&binaries, "orders"),
            by_hand: named(&binaries, "orders-by-hand"),
            probe: named(&binaries, "probe"),
        }
    })
}

/// Builds of the dev profile, which hold the local tool.
pub struct Debug {
    /// `examples/orders`.
    pub orders: PathBuf,
    /// Handlers that fail in every way.
    pub probe: PathBuf,
    /// Handlers whose effects can be counted.
    pub payer: PathBuf,
    binaries: Vec<PathBuf>,
}

impl Debug {
    /// The example of this name.
    pub fn example(&self, name: &str) -> PathBuf {
        named(&self.binaries, name)
    }
}

/// Builds for development: all examples at once, so that their dependencies are built once.
pub fn debug() -> &'static Debug {
    static DEBUG: OnceLock<Debug> = OnceLock::new();
    DEBUG.get_or_init(|| {
        let mut packages = vec!["-p", "probe", "-p", "payer"];
        for example in ["orders", "readings", "clicks", "notices", "signup", "warehouse", "payments", "shop"] {
            packages.extend(["-p", example]);
        }
        let binaries = build(&packages);
        let [orders, probe, payer] = ["orders", "probe", "payer"].map(|name| named(&binaries, name));
        Debug { orders, probe, payer, binaries }
    })
}

/// What cargo builds with these arguments, by its name.
pub fn built(arguments: &[&str], name: &str) -> PathBuf {
    named(&build(arguments), name)
}

/// Cargo in the workspace, with what it writes to standard output.
pub fn cargo(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO")).args(arguments).current_dir(workspace()).stderr(Stdio::inherit()).output();
    let output = output.unwrap();
    assert!(output.status.success(), "`cargo {}` failed", arguments.join(" "));
    String::from_utf8(output.stdout).unwrap()
}

fn build(arguments: &[&str]) -> Vec<PathBuf> {
    let mut all = vec!["build", "--quiet", "--message-format=json-render-diagnostics"];
    all.extend(arguments);
    let messages = cargo(&all);
    let executable = |line: &str| {
        let message: Value = serde_json::from_str(line).unwrap();
        message["executable"].as_str().map(PathBuf::from)
    };
    messages.lines().filter_map(executable).collect()
}

fn named(binaries: &[PathBuf], name: &str) -> PathBuf {
    let found = binaries.iter().find(|path| path.file_stem().is_some_and(|stem| stem == name));
    found.unwrap_or_else(|| panic!("cargo built no `{name}`: {binaries:?}")).clone()
}
