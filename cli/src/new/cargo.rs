//! What cargo does for a new project: the folder and its repository, and where it belongs to.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::error::CliError;
use crate::manifest::load::cargo;
use crate::new::args::Vcs;

/// Where lambkin comes from.
#[derive(Debug)]
pub(super) enum Lambkin {
    /// The registry, in this version.
    Version(&'static str),
    /// A folder.
    Path(PathBuf),
}

impl Lambkin {
    /// The one that goes with this program.
    pub(super) fn published() -> Self {
        Self::Version(env!("CARGO_PKG_VERSION"))
    }

    /// The one in a folder: the crate's own, or the one that lambkin's repository is in.
    pub(super) fn at(folder: &Path) -> Result<Self, CliError> {
        let found = [folder.to_owned(), folder.join("runtime")].into_iter().find(|folder| is_lambkin(folder));
        let found = found.ok_or_else(|| {
            CliError::new(format!(
                "`--lambkin {}`: neither there nor in `runtime` is the crate lambkin",
                folder.display()
            ))
        })?;
        // The project may be anywhere, so a relative path would not hold.
        found.canonicalize().map(Self::Path).map_err(|error| CliError::file(&found, &error))
    }

    /// Its entry among the dependencies.
    pub(super) fn dependency(&self, features: &[&str]) -> String {
        let features: Vec<String> = features.iter().map(|feature| format!("\"{feature}\"")).collect();
        let origin = match self {
            Self::Version(version) => format!("version = \"{version}\""),
            Self::Path(path) => format!("path = {}", toml_string(&path.display().to_string())),
        };
        format!("lambkin = {{ {origin}, features = [{}] }}", features.join(", "))
    }
}

/// JSON escapes what TOML does, and in its way.
fn toml_string(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn is_lambkin(folder: &Path) -> bool {
    let manifest = read(&folder.join("Cargo.toml"));
    let name = manifest.as_ref().and_then(|manifest| manifest.get("package")?.get("name")?.as_str());
    name == Some("lambkin")
}

fn read(manifest: &Path) -> Option<toml::Table> {
    std::fs::read_to_string(manifest).ok()?.parse().ok()
}

/// Makes the folder, its repository and its place in a workspace, as `cargo new` does. What it writes itself is
/// written again.
pub(super) fn init(folder: &Path, name: &str, vcs: Option<Vcs>) -> Result<(), CliError> {
    let mut command = Command::new(cargo());
    command.args(["init", "--quiet", "--bin", "--name", name]);
    match vcs {
        Some(Vcs::Git) => drop(command.args(["--vcs", "git"])),
        Some(Vcs::None) => drop(command.args(["--vcs", "none"])),
        None => {}
    }
    let failed = |why: String| CliError::new(format!("`cargo init {}`: {why}", folder.display()));
    // Behind `--`, so that no folder is an option.
    let status = command.arg("--").arg(folder).stdin(Stdio::null()).stdout(Stdio::null()).status();
    match status.map_err(|error| failed(error.to_string()))? {
        status if status.success() => Ok(()),
        _ => Err(failed("it failed, for the reason above".to_owned())),
    }
}

/// The manifest of the workspace that a project is in, unless it is one by itself.
pub(super) fn workspace_of(folder: &Path) -> Option<PathBuf> {
    let output = Command::new(cargo())
        .args(["locate-project", "--workspace", "--message-format=plain"])
        .current_dir(folder)
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .ok()
        .filter(|output| output.status.success())?;
    let root = PathBuf::from(String::from_utf8(output.stdout).ok()?.trim_end());
    let own = folder.join("Cargo.toml").canonicalize().ok()?;
    (root.canonicalize().ok()? != own).then_some(root)
}

/// Whether the release profile says what a panic does.
pub(super) fn unwinds(manifest: &Path) -> bool {
    let manifest = read(manifest);
    let panic = manifest.as_ref().and_then(|manifest| manifest.get("profile")?.get("release")?.get("panic")?.as_str());
    panic == Some("unwind")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lambkin_is_found_in_its_repository_too() {
        let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let runtime = repository.join("runtime").canonicalize().unwrap();
        for folder in [&repository, &runtime] {
            let Lambkin::Path(found) = Lambkin::at(folder).unwrap() else { panic!("no path") };
            assert_eq!(found, runtime);
        }
        let error = Lambkin::at(Path::new(env!("CARGO_MANIFEST_DIR"))).unwrap_err().to_string();
        assert!(error.contains("neither there nor in `runtime`"), "{error}");
    }

    #[test]
    fn a_dependency_has_a_version_or_a_path() {
        let version = env!("CARGO_PKG_VERSION");
        let expected = format!("lambkin = {{ version = \"{version}\", features = [\"logs\", \"otel\"] }}");
        assert_eq!(Lambkin::published().dependency(&["logs", "otel"]), expected);
        let odd = Lambkin::Path(PathBuf::from("C:\\a \"b\"")).dependency(&["logs"]);
        let table: toml::Table = odd.parse().unwrap();
        assert_eq!(table["lambkin"]["path"].as_str(), Some("C:\\a \"b\""));
    }
}
