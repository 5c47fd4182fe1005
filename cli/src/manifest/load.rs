//! Where a manifest comes from: the crate in the current directory, or a file.

use std::ffi::OsString;
use std::io::{IsTerminal as _, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::error::CliError;
use crate::manifest::Manifest;

/// Which crate is meant.
#[derive(Debug, Default, clap::Args)]
pub(crate) struct From {
    /// The package whose functions are meant, as cargo takes it
    #[arg(long, short, value_name = "NAME", help_heading = "The crate", conflicts_with = "manifest")]
    pub(crate) package: Option<String>,
    /// The binary, where the package has several
    #[arg(long, value_name = "NAME", help_heading = "The crate")]
    pub(crate) bin: Option<String>,
    /// Features to build with, as cargo takes them
    #[arg(long, value_name = "FEATURES", help_heading = "The crate", conflicts_with = "manifest")]
    pub(crate) features: Vec<String>,
    /// Read what `cargo run -- manifest` printed from a file, `-` for standard input, and build nothing
    #[arg(long, value_name = "FILE", help_heading = "The crate")]
    pub(crate) manifest: Option<PathBuf>,
}

impl From {
    /// Gets the manifest.
    pub(crate) fn load(&self) -> Result<Manifest, CliError> {
        match &self.manifest {
            Some(path) if path == Path::new("-") => {
                let mut text = String::new();
                std::io::stdin().lock().read_to_string(&mut text).map_err(|error| CliError::file(path, &error))?;
                Manifest::parse(&text, "standard input")
            }
            Some(path) => {
                let text = std::fs::read_to_string(path).map_err(|error| CliError::file(path, &error))?;
                Manifest::parse(&text, &format!("`{}`", path.display()))
            }
            None => self.run(),
        }
    }

    /// Builds and asks the crate in the current directory.
    fn run(&self) -> Result<Manifest, CliError> {
        // A long build is to be seen by who waits for it, and by nobody else.
        let arguments = self.arguments(!std::io::stderr().is_terminal());
        let shown = format!("cargo {}", arguments.join(" "));
        let output = Command::new(cargo())
            .args(&arguments)
            // With it the binary would wait for Lambda instead.
            .env_remove("AWS_LAMBDA_RUNTIME_API")
            .stdin(Stdio::null())
            .stderr(Stdio::inherit())
            .output()
            .map_err(|error| CliError::new(format!("`{shown}`: {error}")))?;
        if !output.status.success() {
            let message = format!("`{shown}` failed, for the reason above; run this where the functions' crate is");
            return Err(CliError::new(message));
        }
        Manifest::parse(&String::from_utf8_lossy(&output.stdout), &format!("what `{shown}` printed"))
    }

    fn arguments(&self, quiet: bool) -> Vec<String> {
        let mut arguments = vec!["run".to_owned()];
        if quiet {
            arguments.push("--quiet".to_owned());
        }
        for (option, value) in [("--package", &self.package), ("--bin", &self.bin)] {
            arguments.extend(value.iter().flat_map(|value| [option.to_owned(), value.clone()]));
        }
        arguments.extend(self.features.iter().flat_map(|value| ["--features".to_owned(), value.clone()]));
        arguments.extend(["--".to_owned(), "manifest".to_owned()]);
        arguments
    }
}

/// Cargo says which cargo runs its subcommands.
pub(crate) fn cargo() -> OsString {
    std::env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_options_are_passed_on_to_cargo() {
        let from = From {
            package: Some("p".to_owned()),
            bin: Some("b".to_owned()),
            features: vec!["x,y".to_owned(), "z".to_owned()],
            manifest: None,
        };
        let expected = "run --quiet --package p --bin b --features x,y --features z -- manifest";
        assert_eq!(from.arguments(true).join(" "), expected);
        assert_eq!(From::default().arguments(false).join(" "), "run -- manifest");
    }
}
