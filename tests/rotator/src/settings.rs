//! What is read. In a module of its own, as it would be in a crate of its own.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::str::FromStr;

use cloud::Secret;
use cloud::config::Refreshed;

/// A secret that is renewed.
#[derive(Debug, cloud::Config)]
#[config(crate = ::cloud)]
pub struct Rotating {
    #[secret("token", refresh = "1s")]
    pub(crate) token: Refreshed<Secret<String>>,
}

/// Renewed, where there is one when the function starts.
#[derive(Debug, cloud::Config)]
#[config(crate = ::cloud)]
pub struct MayRotate {
    #[secret("token", refresh = "1s")]
    pub(crate) token: Option<Refreshed<Secret<Code>>>,
    #[parameter("/level", refresh = "1s")]
    pub(crate) level: Refreshed<u8>,
}

/// Versions that are not the current ones.
#[derive(Debug, cloud::Config)]
#[config(crate = ::cloud)]
pub struct Versions {
    #[secret("token")]
    pub(crate) current: Secret<String>,
    #[secret("token", version_stage = "AWSPREVIOUS")]
    pub(crate) previous: Secret<String>,
    #[parameter("/db/host", version = 1)]
    pub(crate) first: String,
    #[parameter("/db/host", label = "new")]
    pub(crate) new: String,
}

/// Words of the language and of the macro, in every place.
#[derive(Debug, cloud::Config)]
#[config(crate = ::cloud)]
pub struct Odd {
    /// Which kind it is.
    #[env("KIND")]
    pub(crate) r#type: String,
    #[env(default = "1")]
    pub(crate) r#match: u8,
    #[env]
    pub(crate) values: String,
    #[env("VALUES")]
    pub(crate) config: String,
    #[cfg(any())]
    #[secret("never")]
    pub(crate) absent: NoSuchType,
    /// Its name holds the value of a field with a raw name.
    #[secret("{type}/key", key = "number")]
    pub(crate) number: Secret<u32>,
    #[secret("{type}/key", key = "object")]
    pub(crate) object: Secret<String>,
    #[parameter("/{type}/level", default = "7")]
    pub(crate) level: u8,
    #[parameter("/{type}/sizes", list, default = vec![1, 2])]
    pub(crate) sizes: Vec<u8>,
}

/// Values that can't be read.
#[derive(Debug, cloud::Config)]
#[config(crate = ::cloud)]
pub struct Bad {
    #[secret("binary")]
    pub(crate) binary: Secret<String>,
    #[secret("denied")]
    pub(crate) denied: Option<Secret<String>>,
    #[secret("absent")]
    pub(crate) absent: Option<Secret<String>>,
    #[secret("loud")]
    pub(crate) loud: Secret<Code>,
    #[parameter("/shown")]
    pub(crate) shown: Shown,
    #[parameter("/denied")]
    pub(crate) denied_too: String,
    #[parameter("/right")]
    pub(crate) right: String,
}

/// Much of everything.
#[derive(Debug, cloud::Config)]
#[config(crate = ::cloud)]
pub struct Many {
    #[secret("huge")]
    pub(crate) huge: Secret<String>,
    #[cfg(feature = "sdk")]
    #[parameter("/app/sizes", by_path)]
    pub(crate) sizes: BTreeMap<String, u32>,
    #[cfg(feature = "sdk")]
    #[parameter("/{stage}/nothing/", by_path)]
    pub(crate) nothing: Option<BTreeMap<String, Secret<String>>>,
    #[cfg(not(feature = "sdk"))]
    #[env(default = BTreeMap::from([("none".to_owned(), 0)]).len().to_string())]
    pub(crate) sizes: String,
    #[env]
    #[cfg(feature = "sdk")]
    pub(crate) stage: String,
}

/// A number. Its errors and its panics tell what they were given.
#[derive(Clone, Default)]
pub struct Code(pub(crate) u32);

impl Debug for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "code {}", self.0)
    }
}

impl FromStr for Code {
    type Err = String;

    #[allow(clippy::panic, reason = "what a test is about")]
    fn from_str(text: &str) -> Result<Self, String> {
        if text.starts_with("panic") {
            panic!("no code: {text}");
        }
        text.parse().map(Self).map_err(|_| format!("no code: {text}"))
    }
}

impl cloud::config::Zeroize for Code {
    fn zeroize(&mut self) {
        self.0 = 0;
    }
}

/// Nothing is one.
#[derive(Debug)]
pub struct Shown;

impl FromStr for Shown {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Err(format!("it begins with {}", text.chars().take(3).collect::<String>()))
    }
}
