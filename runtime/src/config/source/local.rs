//! Without Lambda: variables stand in for secrets and parameters. AWS is not asked.

use crate::config::env::Environment;
use crate::config::source::{Asked, Stored};

/// The variable that holds what is asked for: `LAMBKIN_SECRET_PROD_DB` for the secret `prod/db`.
pub(super) fn variable(one: &Asked) -> String {
    match one {
        Asked::Secret(name) => format!("LAMBKIN_SECRET_{}", upper(name)),
        Asked::Parameter(name) => format!("LAMBKIN_PARAMETER_{}", upper(name)),
    }
}

/// The variable that one key has for itself.
pub(super) fn with_key(variable: &str, key: &str) -> String {
    format!("{variable}__{}", upper(key))
}

/// What a name is called in a variable. A parameter's leading `/` is left out.
fn upper(name: &str) -> String {
    let letter = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' };
    name.trim_start_matches('/').chars().map(letter).collect()
}

pub(super) fn stored(environment: &Environment, one: Asked) -> Stored {
    let variable = variable(&one);
    let answer = Ok(environment.text(&variable));
    let (Asked::Secret(name) | Asked::Parameter(name)) = one;
    Stored { name, answer, variable: Some(variable) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_variables() {
        let secret = |name: &str| variable(&Asked::Secret(name.to_owned()));
        assert_eq!(secret("prod/db/password"), "LAMBKIN_SECRET_PROD_DB_PASSWORD");
        assert_eq!(secret("a.b-c_d+1@é"), "LAMBKIN_SECRET_A_B_C_D_1__");
        assert_eq!(with_key(&secret("db"), "user-name"), "LAMBKIN_SECRET_DB__USER_NAME");
        assert_eq!(variable(&Asked::Parameter("/db/host".to_owned())), "LAMBKIN_PARAMETER_DB_HOST");
    }
}
