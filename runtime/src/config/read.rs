//! What a config reads, as the attributes of its fields say it.

use std::fmt;

use crate::config::env::Variable;

/// One field.
#[derive(Debug)]
#[doc(hidden)]
pub struct Read {
    /// Where the value is.
    pub from: From,
    /// The variable's, the secret's or the parameter's name.
    pub name: &'static [Piece],
    /// Which of its versions, if not the current one.
    pub version: Option<Version>,
    /// The key, where one value of a JSON object is meant.
    pub key: Option<&'static str>,
    /// A text for what is not there.
    pub default: Option<&'static str>,
    /// Whether it has to be there.
    pub required: bool,
    /// The field's type, for messages.
    pub ty: &'static str,
}

/// Where a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[doc(hidden)]
pub enum From {
    /// The environment.
    Variable,
    /// Secrets Manager.
    Secret,
    /// Parameter Store.
    Parameter,
    /// Parameter Store: all parameters below a path.
    Path,
}

/// A version of a secret or a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[doc(hidden)]
pub enum Version {
    /// A secret's, by a label that moves from one version to the next.
    Stage(&'static str),
    /// A secret's, by its identifier.
    Id(&'static str),
    /// A parameter's, by a label that somebody gave it.
    Label(&'static str),
    /// A parameter's, by its number.
    Number(u64),
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stage(name) | Self::Id(name) | Self::Label(name) => f.write_str(name),
            Self::Number(number) => number.fmt(f),
        }
    }
}

/// A piece of a name.
#[derive(Clone, Copy, Debug)]
#[doc(hidden)]
pub enum Piece {
    /// As it is.
    Text(&'static str),
    /// The value of a variable.
    Variable {
        /// The variable.
        name: &'static str,
        /// What stands for a variable that is not there.
        default: Option<&'static str>,
    },
}

impl Read {
    /// The name as it is written, with placeholders.
    pub(super) fn written(&self) -> String {
        let piece = |piece: &Piece| match piece {
            Piece::Text(text) => (*text).to_owned(),
            Piece::Variable { name, .. } => format!("{{{name}}}"),
        };
        self.name.iter().map(piece).collect()
    }

    /// The name with each placeholder filled, or why that can't be done.
    pub(super) fn filled(&self, variable: impl Fn(&str) -> Variable) -> Result<String, String> {
        let piece = |piece: &Piece| match *piece {
            Piece::Text(text) => Ok(text.to_owned()),
            Piece::Variable { name, default } => match (variable(name), default) {
                (Variable::Text(text), _) => Ok(text.to_string()),
                (Variable::NotText, _) => Err(format!("the variable `{name}` is no UTF-8")),
                (Variable::Unset | Variable::Empty, Some(default)) => Ok(default.to_owned()),
                (Variable::Unset, None) => Err(format!("the variable `{name}` is not set")),
                (Variable::Empty, None) => Err(format!("the variable `{name}` is empty")),
            },
        };
        self.name.iter().map(piece).collect()
    }

    /// What a message is about.
    pub(super) fn subject(&self, name: &str) -> String {
        let whole = self.whole(name);
        match self.key {
            None => whole,
            Some(key) => format!("the key `{key}` of {whole}"),
        }
    }

    /// What is fetched for it.
    pub(super) fn whole(&self, name: &str) -> String {
        let version = self.version.map_or_else(String::new, |version| format!(" (version `{version}`)"));
        match self.from {
            From::Variable => format!("the variable `{name}`"),
            From::Secret => format!("the secret `{name}`{version}"),
            From::Parameter => format!("the parameter `{name}`{version}"),
            From::Path => format!("the parameters below `{name}`"),
        }
    }
}
