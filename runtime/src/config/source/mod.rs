//! Where secrets and parameters come from.

#[cfg(feature = "config-aws")]
mod aws;
#[cfg(not(feature = "config-aws"))]
mod extension;
mod local;

use zeroize::Zeroizing;

use crate::config::env::{Environment, is_lambda};
use crate::config::read::{From, Read, Version};

/// Whether fetching may have to wait for the first event.
pub(super) fn may_wait() -> bool {
    cfg!(not(feature = "config-aws")) && is_lambda()
}

/// What can tell all parameters below a path.
#[diagnostic::on_unimplemented(
    message = "all parameters below a path can only be had through the AWS SDK",
    label = "this needs lambkin's feature `config-aws`",
    note = "lambkin::E132: the Parameters and Secrets extension gives one parameter at a time: enable the feature in Cargo.toml, \
            `lambkin = {{ …, features = [\"config-aws\"] }}`, or name each parameter in a field of its own"
)]
#[doc(hidden)]
pub trait ByPath {}

/// The AWS SDK, with the feature `config-aws`.
#[doc(hidden)]
pub struct Sdk;

#[cfg(feature = "config-aws")]
impl ByPath for Sdk {}

/// Refuses to be asked for all parameters below a path.
#[doc(hidden)]
pub const fn must_tell_all<T: ByPath>() {}

/// What is to be fetched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Asked {
    pub(super) what: What,
    pub(super) name: String,
    pub(super) version: Option<Version>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    Secret,
    Parameter,
    /// All parameters below the path that is the name.
    Path,
}

impl Asked {
    /// What a field reads, which is no variable.
    pub(super) fn of(read: &Read, name: String) -> Self {
        let what = match read.from {
            From::Secret | From::Variable => What::Secret,
            From::Parameter => What::Parameter,
            From::Path => What::Path,
        };
        Self { what, name, version: read.version }
    }
}

/// What was found under a name.
#[derive(Clone)]
pub(super) enum Content {
    Text(Zeroizing<String>),
    /// Below a path, by the names behind it.
    #[cfg_attr(not(feature = "config-aws"), allow(dead_code, reason = "only the SDK tells it"))]
    All(Vec<(String, Zeroizing<String>)>),
}

/// What was found, nothing where there is none of that name, or why it can't be told.
pub(super) type Answer = Result<Option<Content>, String>;

/// An answer, and what was asked for.
pub(super) struct Stored {
    pub(super) asked: Asked,
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
    asked.into_iter().zip(answers).map(|(asked, answer)| Stored { asked, answer, variable: None }).collect()
}

/// The variable that a key of a secret has for itself, where this is not Lambda.
pub(super) fn own_variable(environment: &Environment, one: &Asked, key: Option<&str>) -> Option<Zeroizing<String>> {
    if is_lambda() { None } else { environment.text(&local::with_key(&local::variable(one), key?)) }
}
