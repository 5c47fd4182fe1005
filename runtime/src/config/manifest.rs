//! What handlers read, as the manifest says it.

use serde::Serialize;

use crate::app::provide::Needs;
use crate::config::read::{From, Piece, Read};

/// All that a handler reads, through whichever configs.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Reads {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    variables: Vec<Variable>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    secrets: Vec<Stored>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    parameters: Vec<Stored>,
}

#[derive(Debug, PartialEq, Eq, Serialize)]
struct Variable {
    name: String,
    required: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    default: Option<&'static str>,
}

#[derive(Debug, PartialEq, Eq, Serialize)]
struct Stored {
    /// With the variables in it as `{VARIABLE}`.
    name: String,
    /// Whether it is the path of all the parameters that are read.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    by_path: bool,
    required: bool,
}

impl Reads {
    /// What these and all below them read.
    pub(crate) fn of_needs(needs: &[&Needs]) -> Self {
        fn visit<'n>(needs: &[&'n Needs], reads: &mut Vec<&'n Read>) {
            for need in needs {
                visit(need.deps, reads);
                reads.extend(need.reads);
            }
        }
        let mut reads = Vec::new();
        visit(needs, &mut reads);
        Self::of(reads)
    }

    /// All that these read, each name once; it is required if one of them requires it.
    fn of<'r>(reads: impl IntoIterator<Item = &'r Read>) -> Self {
        let mut all = Self::default();
        for read in reads {
            for piece in read.name {
                if let Piece::Variable { name, default } = *piece {
                    all.variable(name.to_owned(), read.required && default.is_none(), default);
                }
            }
            let name = read.written();
            let stored = match read.from {
                From::Variable => {
                    all.variable(name, read.required, read.default);
                    continue;
                }
                From::Secret => &mut all.secrets,
                From::Parameter | From::Path => &mut all.parameters,
            };
            let by_path = read.from == From::Path;
            match stored.iter_mut().find(|other| other.name == name && other.by_path == by_path) {
                Some(other) => other.required |= read.required,
                None => stored.push(Stored { name, by_path, required: read.required }),
            }
        }
        all
    }

    fn variable(&mut self, name: String, required: bool, default: Option<&'static str>) {
        match self.variables.iter_mut().find(|other| other.name == name) {
            Some(other) => {
                other.required |= required;
                other.default = other.default.or(default);
            }
            None => self.variables.push(Variable { name, required, default }),
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STAGE: Piece = Piece::Variable { name: "STAGE", default: None };

    fn read(from: From, name: &'static [Piece], required: bool) -> Read {
        Read { from, name, version: None, key: None, default: None, required, ty: "String" }
    }

    #[test]
    fn each_name_is_there_once() {
        let reads = [
            read(From::Variable, &[Piece::Text("TABLE")], false),
            read(From::Secret, &[STAGE, Piece::Text("/db")], false),
            read(From::Secret, &[STAGE, Piece::Text("/db")], true),
            read(From::Parameter, &[Piece::Text("/host")], true),
            read(From::Path, &[Piece::Text("/host")], false),
        ];
        let json = serde_json::to_value(Reads::of(&reads)).unwrap();
        let expected = serde_json::json!({
            "variables": [{"name": "TABLE", "required": false}, {"name": "STAGE", "required": true}],
            "secrets": [{"name": "{STAGE}/db", "required": true}],
            "parameters": [{"name": "/host", "required": true}, {"name": "/host", "by_path": true, "required": false}],
        });
        assert_eq!(json, expected);
        assert!(Reads::of(&[]).is_empty());
    }
}
