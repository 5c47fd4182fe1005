//! What a config reads, as the attributes of its fields say it.

/// One field.
#[derive(Debug)]
#[doc(hidden)]
pub struct Read {
    /// Where the value is.
    pub from: From,
    /// The variable's, the secret's or the parameter's name.
    pub name: &'static [Piece],
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

    /// The name with each placeholder filled, or the variable that is not there.
    pub(super) fn filled(&self, variable: impl Fn(&str) -> Option<String>) -> Result<String, &'static str> {
        let piece = |piece: &Piece| match *piece {
            Piece::Text(text) => Ok(text.to_owned()),
            Piece::Variable { name, default } => variable(name).or_else(|| default.map(str::to_owned)).ok_or(name),
        };
        self.name.iter().map(piece).collect()
    }
}
