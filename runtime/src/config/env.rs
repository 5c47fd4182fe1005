//! The environment: the process's own, and locally a `.env` file behind it.

use std::collections::HashMap;
use std::io::ErrorKind;
use std::path::Path;

use zeroize::Zeroizing;

use crate::config::dotenv;

/// What a variable has.
pub(super) enum Variable {
    /// A text.
    Text(Zeroizing<String>),
    /// Nothing: it is not set.
    Unset,
    /// Nothing: it is set, and empty. Deployment tools write that for what was not given.
    Empty,
    /// What is no text.
    NotText,
}

/// The variables that can be read.
#[derive(Default)]
pub(super) struct Environment {
    file: HashMap<String, Zeroizing<String>>,
}

impl Environment {
    /// The environment of this process, with the file where this is not Lambda.
    pub(super) fn open() -> Result<Self, String> {
        if is_lambda() {
            return Ok(Self::default());
        }
        Self::with_file(Path::new(".env"))
    }

    fn with_file(path: &Path) -> Result<Self, String> {
        let text = match std::fs::read_to_string(path) {
            Ok(text) => Zeroizing::new(text),
            // A folder of this name is some tool's.
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::IsADirectory) => {
                return Ok(Self::default());
            }
            Err(error) => return Err(format!("`.env` in the current directory can't be read: {error}")),
        };
        // Of two of one name the later counts, as in a shell.
        Ok(Self { file: dotenv::parse(&text)?.into_iter().collect() })
    }

    /// The process's own variable, and else the file's.
    pub(super) fn variable(&self, name: &str) -> Variable {
        let text = match std::env::var_os(name) {
            Some(value) => match value.into_string() {
                Ok(text) => Zeroizing::new(text),
                Err(_) => return Variable::NotText,
            },
            None => match self.file.get(name) {
                Some(text) => text.clone(),
                None => return Variable::Unset,
            },
        };
        if text.is_empty() { Variable::Empty } else { Variable::Text(text) }
    }

    /// The variable, if it has a text.
    pub(super) fn text(&self, name: &str) -> Option<Zeroizing<String>> {
        match self.variable(name) {
            Variable::Text(text) => Some(text),
            Variable::Unset | Variable::Empty | Variable::NotText => None,
        }
    }
}

/// Whether this is an execution environment of Lambda's. A local stand-in for its Runtime API, such as `cargo lambda watch`,
/// sets some of Lambda's variables, and not this one.
pub(super) fn is_lambda() -> bool {
    std::env::var_os("AWS_LAMBDA_INITIALIZATION_TYPE").is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_wins_over_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(".env");
        assert!(Environment::with_file(&file).unwrap().text("LAMBKIN_OF_FILE").is_none());
        std::fs::write(&file, "LAMBKIN_OF_FILE=1\nPATH=of the file\nLAMBKIN_OF_FILE=2\nLAMBKIN_EMPTY=\n").unwrap();
        let environment = Environment::with_file(&file).unwrap();
        assert_eq!(environment.text("LAMBKIN_OF_FILE").unwrap().as_str(), "2");
        assert_ne!(environment.text("PATH").unwrap().as_str(), "of the file");
        assert!(matches!(environment.variable("LAMBKIN_EMPTY"), Variable::Empty));
        assert!(matches!(environment.variable("LAMBKIN_OF_NOBODY"), Variable::Unset));
        std::fs::write(&file, "A='").unwrap();
        assert!(Environment::with_file(&file).is_err());
        assert!(Environment::with_file(folder.path()).is_ok());
    }
}
