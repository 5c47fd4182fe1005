//! Without Lambda: variables stand in for secrets and parameters. AWS is not asked.

use crate::config::env::{Environment, Variable};
use crate::config::source::{Asked, Content, Stored, What};

/// The variable that holds what is asked for: `LAMBKIN_SECRET_PROD_DB` for the secret `prod/db`. Another version than the
/// current one is another value.
pub(super) fn variable(one: &Asked) -> String {
    let kind = match one.what {
        What::Secret => "SECRET",
        What::Parameter | What::Path => "PARAMETER",
    };
    let name = upper(&one.name);
    match one.version {
        None => format!("LAMBKIN_{kind}_{name}"),
        Some(version) => format!("LAMBKIN_{kind}_{name}_{}", upper(&version.to_string())),
    }
}

/// The variable that one key has for itself.
pub(super) fn with_key(variable: &str, key: &str) -> String {
    format!("{variable}__{}", upper(key))
}

/// What a name is called in a variable. A parameter's leading `/` is left out, and that at the end of a path.
fn upper(name: &str) -> String {
    let letter = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' };
    name.trim_matches('/').chars().map(letter).collect()
}

pub(super) fn stored(environment: &Environment, asked: Asked) -> Stored {
    let variable = variable(&asked);
    let answer = match environment.variable(&variable) {
        Variable::Text(text) => Ok(Some(Content::Text(text))),
        Variable::Unset | Variable::Empty => Ok(None),
        Variable::NotText => Err(format!("the variable `{variable}` is no UTF-8")),
    };
    Stored { asked, answer, variable: Some(variable) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::read::Version;

    #[test]
    fn names_become_variables() {
        let named = |what, name: &str, version| variable(&Asked { what, name: name.to_owned(), version });
        let secret = |name: &str| named(What::Secret, name, None);
        assert_eq!(secret("prod/db/password"), "LAMBKIN_SECRET_PROD_DB_PASSWORD");
        assert_eq!(secret("a.b-c_d+1@é"), "LAMBKIN_SECRET_A_B_C_D_1__");
        assert_eq!(with_key(&secret("db"), "user-name"), "LAMBKIN_SECRET_DB__USER_NAME");
        assert_eq!(named(What::Parameter, "/db/host", None), "LAMBKIN_PARAMETER_DB_HOST");
        assert_eq!(named(What::Path, "/db/", None), "LAMBKIN_PARAMETER_DB");
        let previous = named(What::Secret, "token", Some(Version::Stage("AWSPREVIOUS")));
        assert_eq!(previous, "LAMBKIN_SECRET_TOKEN_AWSPREVIOUS");
        assert_eq!(named(What::Parameter, "/db/host", Some(Version::Number(3))), "LAMBKIN_PARAMETER_DB_HOST_3");
    }
}
