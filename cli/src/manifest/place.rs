//! Where a crate's code is, as a file elsewhere has to say it.

use std::path::{Component, Path, PathBuf};
use std::process::{Command, Stdio};

use serde::Deserialize;

use crate::error::CliError;
use crate::manifest::load::{From, cargo};

/// The crate whose functions are deployed.
#[derive(Debug)]
pub(crate) struct Place {
    /// The binary that holds the functions, if cargo knows it.
    pub(crate) binary: Option<String>,
    /// The crate's own folder.
    folder: PathBuf,
    /// The folder in which `target` is.
    root: PathBuf,
}

#[derive(Deserialize)]
struct Metadata {
    workspace_root: PathBuf,
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    manifest_path: PathBuf,
    default_run: Option<String>,
    targets: Vec<Target>,
}

#[derive(Deserialize)]
struct Target {
    name: String,
    kind: Vec<String>,
}

impl Place {
    /// Asks cargo, unless a manifest is read from a file: then the current directory stands for the crate.
    pub(crate) fn find(from: &From) -> Result<Self, CliError> {
        let current =
            std::env::current_dir().map_err(|error| CliError::new(format!("the current directory: {error}")))?;
        if from.manifest.is_some() {
            return Ok(Self { binary: None, folder: current.clone(), root: current });
        }
        let failed = |why: String| CliError::new(format!("`cargo metadata`: {why}"));
        let output = Command::new(cargo())
            .args(["metadata", "--no-deps", "--format-version=1"])
            .stdin(Stdio::null())
            .stderr(Stdio::inherit())
            .output()
            .map_err(|error| failed(error.to_string()))?;
        if !output.status.success() {
            return Err(failed("failed, for the reason above".to_owned()));
        }
        let metadata = serde_json::from_slice(&output.stdout).map_err(|error| failed(error.to_string()))?;
        Ok(Self::of(metadata, from, current))
    }

    fn of(metadata: Metadata, from: &From, current: PathBuf) -> Self {
        let Metadata { workspace_root, packages } = metadata;
        let folder = |package: &Package| package.manifest_path.parent().map_or_else(|| current.clone(), Path::to_owned);
        let package = match &from.package {
            Some(name) => packages.iter().find(|package| package.name == *name),
            // The one of the current directory, as cargo takes it.
            None => packages
                .iter()
                .filter(|package| current.starts_with(folder(package)))
                .max_by_key(|package| package.manifest_path.components().count()),
        };
        let package = package.or(if packages.len() == 1 { packages.first() } else { None });
        let binary = package.and_then(|package| {
            let is_binary = |target: &&Target| target.kind.iter().any(|kind| kind == "bin");
            let mut binaries = package.targets.iter().filter(is_binary);
            let (first, second) = (binaries.next(), binaries.next());
            let only = first.filter(|_| second.is_none()).map(|target| target.name.clone());
            package.default_run.clone().or(only)
        });
        Self { binary, folder: package.map_or_else(|| current.clone(), folder), root: workspace_root }
    }

    /// The crate's folder, from that of a file.
    pub(crate) fn folder(&self, file: Option<&Path>) -> String {
        relative(&from_file(file), &self.folder)
    }

    /// `target/lambda/BINARY/bootstrap.zip`, which cargo-lambda makes, from the folder of a file.
    pub(crate) fn artifact(&self, binary: &str, file: Option<&Path>) -> String {
        let root = relative(&from_file(file), &self.root);
        let path = format!("target/lambda/{binary}/bootstrap.zip");
        if root == "." { path } else { format!("{root}/{path}") }
    }
}

/// The folder of a file that may not be there yet; the current one if there is no file.
fn from_file(file: Option<&Path>) -> PathBuf {
    let folder = match file.and_then(Path::parent) {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    };
    std::fs::canonicalize(folder).or_else(|_| std::path::absolute(folder)).unwrap_or_else(|_| folder.to_owned())
}

/// The way from one folder to another, with `/` on each system, so that a template is the same everywhere.
fn relative(from: &Path, to: &Path) -> String {
    let to = std::fs::canonicalize(to).unwrap_or_else(|_| to.to_owned());
    let (from, to): (Vec<Component<'_>>, Vec<Component<'_>>) = (from.components().collect(), to.components().collect());
    let shared = from.iter().zip(&to).take_while(|(from, to)| from == to).count();
    let up = from.iter().skip(shared).map(|_| "..".to_owned());
    let down = to.iter().skip(shared).map(|part| part.as_os_str().to_string_lossy().into_owned());
    let parts: Vec<String> = up.chain(down).collect();
    if parts.is_empty() { ".".to_owned() } else { parts.join("/") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(from: From, current: &str, packages: &str) -> Place {
        let metadata = format!(r#"{{"workspace_root": "/w", "packages": {packages}}}"#);
        Place::of(serde_json::from_str(&metadata).unwrap(), &from, PathBuf::from(current))
    }

    const PACKAGES: &str = r#"[
        {"name": "shop", "manifest_path": "/w/Cargo.toml", "targets": [{"name": "shop", "kind": ["lib"]}]},
        {"name": "orders", "manifest_path": "/w/x/orders/Cargo.toml", "targets": [{"name": "o", "kind": ["bin"]}]},
        {"name": "two", "manifest_path": "/w/two/Cargo.toml", "default_run": "b",
         "targets": [{"name": "a", "kind": ["bin"]}, {"name": "b", "kind": ["bin"]}]},
        {"name": "three", "manifest_path": "/w/three/Cargo.toml",
         "targets": [{"name": "a", "kind": ["bin"]}, {"name": "b", "kind": ["bin"]}]}
    ]"#;

    #[test]
    fn the_package_is_the_named_one_or_that_of_the_folder() {
        let named = |name: &str| From { package: Some(name.to_owned()), ..From::default() };
        let orders = place(named("orders"), "/w", PACKAGES);
        assert_eq!((orders.binary.as_deref(), orders.folder.as_path()), (Some("o"), Path::new("/w/x/orders")));
        let orders = place(From::default(), "/w/x/orders/src", PACKAGES);
        assert_eq!((orders.binary.as_deref(), orders.folder.as_path()), (Some("o"), Path::new("/w/x/orders")));
        assert_eq!(place(named("two"), "/w", PACKAGES).binary.as_deref(), Some("b"));
        assert_eq!(place(named("three"), "/w", PACKAGES).binary, None);
        assert_eq!(place(From::default(), "/w", PACKAGES).folder, Path::new("/w"));
    }

    #[test]
    fn ways_go_up_and_down() {
        for (from, to, way) in
            [("/w", "/w", "."), ("/w", "/w/x/y", "x/y"), ("/w/x/y", "/w", "../.."), ("/w/infra", "/w/x", "../x")]
        {
            assert_eq!(relative(Path::new(from), Path::new(to)), way);
        }
    }
}
