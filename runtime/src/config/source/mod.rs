//! Where secrets and parameters come from.

#[cfg(feature = "config-aws")]
mod aws;
#[cfg(not(feature = "config-aws"))]
mod extension;
mod local;

use zeroize::Zeroizing;

use crate::config::env::{Environment, is_lambda};

/// Whether fetching may have to wait for the first event.
pub(super) fn may_wait() -> bool {
    cfg!(not(feature = "config-aws")) && is_lambda()
}

/// What is to be fetched, by its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    Secret(String),
    Parameter(String),
}

/// The text, nothing where there is none of that name, or why it can't be told.
pub(super) type Answer = Result<Option<Zeroizing<String>>, String>;

/// An answer, and what was asked for.
pub(super) struct Stored {
    pub(super) name: String,
    pub(super) answer: Answer,
    /// The variable that holds it locally.
    variable: Option<String>,
}

impl Stored {
    /// What to do about one that is not there.
    pub(super) fn hint(&self, key: Option<&str>) -> String {
        match (&self.variable, key) {
            (None, _) => String::new(),
            (Some(variable), None) => format!(" (locally: the variable `{variable}`)"),
            (Some(variable), Some(key)) => {
                let own = local::with_key(variable, key);
                format!(" (locally: the variable `{own}`, or the JSON in `{variable}`)")
            }
        }
    }
}

/// Fetches all of it at the same time; the answers are in the order of what is asked.
pub(super) async fn fetch(environment: &Environment, asked: Vec<Asked>) -> Vec<Stored> {
    if asked.is_empty() {
        return Vec::new();
    }
    if !is_lambda() {
        return asked.into_iter().map(|one| local::stored(environment, one)).collect();
    }
    #[cfg(feature = "config-aws")]
    let answers = aws::fetch(&asked).await;
    #[cfg(not(feature = "config-aws"))]
    let answers = extension::fetch(&asked).await;
    let stored = |(one, answer)| {
        let (Asked::Secret(name) | Asked::Parameter(name)) = one;
        Stored { name, answer, variable: None }
    };
    asked.into_iter().zip(answers).map(stored).collect()
}

/// The variable that a key of a secret has for itself, where this is not Lambda.
pub(super) fn own_variable(environment: &Environment, one: &Asked, key: Option<&str>) -> Option<Zeroizing<String>> {
    if is_lambda() { None } else { environment.text(&local::with_key(&local::variable(one), key?)) }
}
