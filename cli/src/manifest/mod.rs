//! What a crate says about its functions: the JSON that its own binary prints with `manifest`.
//!
//! Fields that are not known here are passed over, since newer versions of lambkin say more; what would change the
//! meaning, another version of the format or a source that is not known, is an error. `load` gets it from the crate
//! in the current directory or from a file, `place` knows where that crate's code is; `trigger` has the settings of each event source.

pub(crate) mod load;
pub(crate) mod place;
pub(crate) mod trigger;

use serde::Deserialize;

use crate::error::CliError;
pub(crate) use crate::manifest::trigger::Trigger;

/// The version of the format that is read here.
const VERSION: u64 = 1;

/// What Lambda takes where nothing is said, in seconds and in MB:
/// <https://docs.aws.amazon.com/lambda/latest/dg/configuration-timeout.html>,
/// <https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html>.
pub(crate) const DEFAULT_TIMEOUT: u32 = 3;
pub(crate) const DEFAULT_MEMORY: u32 = 128;

/// All functions of a binary.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Manifest {
    pub(crate) functions: Vec<Function>,
}

/// One `#[handler]`.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Function {
    /// What `_HANDLER` selects.
    pub(crate) name: String,
    pub(crate) package: String,
    pub(crate) trigger: Trigger,
    /// In seconds.
    pub(crate) timeout: Option<u32>,
    /// In MB.
    pub(crate) memory: Option<u32>,
    /// How long before Lambda's limit it is stopped.
    pub(crate) deadline_margin_ms: Option<u64>,
    pub(crate) idempotency: Option<Idempotency>,
    pub(crate) cors: Option<Cors>,
    #[serde(default)]
    pub(crate) routes: Vec<Route>,
    #[serde(default)]
    pub(crate) report_batch_item_failures: bool,
    #[serde(default)]
    pub(crate) config: Config,
    pub(crate) reserved_concurrency: Option<u32>,
    pub(crate) provisioned_concurrency: Option<u32>,
    /// What its payload looks like, as JSON Schema.
    pub(crate) schema: Option<serde_json::Value>,
}

/// `#[idempotent]`.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Idempotency {
    /// How long a result is kept.
    pub(crate) expires_ms: Option<u64>,
    /// Whether the store comes from the function's own code.
    #[serde(default)]
    pub(crate) has_own_store: bool,
}

/// What pages of other origins may do.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(crate) struct Cors {
    #[serde(default)]
    pub(crate) origins: Vec<String>,
    pub(crate) methods: Option<Vec<String>>,
    pub(crate) headers: Option<Vec<String>>,
    #[serde(default)]
    pub(crate) expose: Vec<String>,
    #[serde(default)]
    pub(crate) credentials: bool,
    pub(crate) max_age: Option<u32>,
}

/// A route of a handler of HTTP requests.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Route {
    pub(crate) methods: Vec<String>,
    pub(crate) path: String,
    pub(crate) cors: Option<Cors>,
    pub(crate) deadline_margin_ms: Option<u64>,
    pub(crate) idempotency: Option<Idempotency>,
    /// What its body looks like, as JSON Schema.
    pub(crate) schema: Option<serde_json::Value>,
}

/// What the configs that a handler reaches read.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Config {
    #[serde(default)]
    pub(crate) variables: Vec<Variable>,
    #[serde(default)]
    pub(crate) secrets: Vec<Stored>,
    #[serde(default)]
    pub(crate) parameters: Vec<Stored>,
}

/// A variable of the environment.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Variable {
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) required: bool,
    pub(crate) default: Option<String>,
}

/// A secret of Secrets Manager, or a parameter of Parameter Store.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Stored {
    /// With variables in it as `{VARIABLE}`.
    pub(crate) name: String,
    /// Whether it is the path of all the parameters that are read.
    #[serde(default)]
    pub(crate) by_path: bool,
}

impl Manifest {
    /// Reads a manifest; `origin` is where it is from, for messages.
    pub(crate) fn parse(text: &str, origin: &str) -> Result<Self, CliError> {
        #[derive(Deserialize)]
        struct Versioned {
            version: u64,
        }

        let refuse = |error: serde_json::Error| CliError::new(format!("{origin} is not lambkin's manifest: {error}"));
        // First the version alone: what another one holds need not have this form.
        let Versioned { version } = serde_json::from_str(text).map_err(refuse)?;
        if version != VERSION {
            return Err(CliError::new(format!(
                "{origin} is a manifest of version {version}, and this cargo-lambkin reads version {VERSION}: \
                 install the cargo-lambkin that goes with the crate's lambkin"
            )));
        }
        let manifest: Self = serde_json::from_str(text).map_err(refuse)?;
        if manifest.functions.is_empty() {
            return Err(CliError::new(format!("{origin} holds no function: name one in `lambkin::main!`")));
        }
        Ok(manifest)
    }

    /// The function of this name.
    pub(crate) fn function(&self, name: &str) -> Option<&Function> {
        self.functions.iter().find(|function| function.name == name)
    }

    /// The names of all, for messages.
    pub(crate) fn names(&self) -> String {
        let names: Vec<String> = self.functions.iter().map(|function| format!("`{}`", function.name)).collect();
        names.join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Manifest, String> {
        Manifest::parse(text, "`manifest.json`").map_err(|error| error.to_string())
    }

    #[test]
    fn what_is_not_known_is_passed_over() {
        let manifest = parse(
            r#"{"version": 1, "new": [], "functions": [{"name": "a", "package": "p", "init": ["x"], "metrics": {"m": 1},
                "trigger": {"source": "sqs", "settings": {"queue": "q", "new": {"x": []}}, "new": 1}}]}"#,
        );
        let manifest = manifest.unwrap();
        let Trigger::Sqs(sqs) = &manifest.functions[0].trigger else { panic!("{manifest:?}") };
        assert_eq!(sqs.queue.as_deref(), Some("q"));
        assert!(!manifest.functions[0].report_batch_item_failures);
    }

    #[test]
    fn settings_may_be_absent() {
        let text = r#"{"version": 1, "functions": [{"name": "a", "package": "p", "trigger": {"source": "kinesis"}}]}"#;
        assert!(matches!(parse(text).unwrap().functions[0].trigger, Trigger::Kinesis(_)));
    }

    #[test]
    fn another_version_is_refused_before_its_form_matters() {
        let error = parse(r#"{"version": 2, "handlers": {}}"#).unwrap_err();
        assert!(error.contains("version 2") && error.contains("reads version 1"), "{error}");
        assert!(error.contains("`manifest.json`"), "{error}");
    }

    #[test]
    fn what_is_no_manifest_is_said_to_be_none() {
        for text in ["", "[]", "{}", r#"{"version": "1"}"#, r#"{"version": 1}"#, "hello"] {
            let error = parse(text).unwrap_err();
            assert!(error.contains("not lambkin's manifest"), "{text}: {error}");
        }
        assert!(parse(r#"{"version": 1, "functions": []}"#).unwrap_err().contains("holds no function"));
    }

    #[test]
    fn an_unknown_source_and_a_wrong_setting_are_named() {
        let with = |trigger: &str| {
            let text =
                format!(r#"{{"version": 1, "functions": [{{"name": "a", "package": "p", "trigger": {trigger}}}]}}"#);
            parse(&text).unwrap_err()
        };
        let error = with(r#"{"source": "carrier_pigeon"}"#);
        assert!(error.contains("carrier_pigeon") && error.contains("newer cargo-lambkin"), "{error}");
        let error = with(r#"{"source": "sqs", "settings": {"batch_size": "ten"}}"#);
        assert!(error.contains("`sqs`") && error.contains("ten"), "{error}");
    }
}
