//! What `#[idempotent]` says, as data.

use std::time::Duration;

use serde::Serialize;

/// How long a lease lasts where neither the invocation's deadline nor the function's timeout is known: Lambda's longest
/// run, <https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html>.
const LONGEST_RUN: Duration = Duration::from_secs(900);

/// The options of one `#[idempotent]`.
///
/// Public for generated code, which calls the builder methods.
#[derive(Debug, Serialize)]
#[doc(hidden)]
pub struct Options {
    /// What the key is unique within.
    pub scope: &'static str,
    /// How long a result is remembered, in milliseconds.
    pub expires_ms: u64,
    /// How long a run holds the key at most, in milliseconds; to the invocation's deadline if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lease_ms: Option<u64>,
    /// By how much clocks may differ, in milliseconds.
    pub clock_skew_ms: u64,
    /// Whether a run waits for another one of its key.
    pub waits: bool,
    /// Whether an event without a key runs.
    pub runs_without_key: bool,
    /// Whether an event runs if the store is out of reach.
    pub runs_without_store: bool,
    /// Whether results are kept.
    pub keeps_data: bool,
    /// Whether the store comes from the function's own code, and not from `LAMBKIN_IDEMPOTENCY`.
    pub has_own_store: bool,
    /// How the key is made.
    pub form: Form,
}

/// How a key is made out of the value of its expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[doc(hidden)]
pub enum Form {
    /// lambkin's own.
    Lambkin,
    /// That of Powertools for AWS Lambda (Python).
    PowertoolsPython,
    /// That of Powertools for AWS Lambda (TypeScript).
    PowertoolsTypescript,
}

impl Options {
    /// The defaults.
    pub const fn new(scope: &'static str) -> Self {
        Self {
            scope,
            expires_ms: 3_600_000,
            lease_ms: None,
            clock_skew_ms: 500,
            waits: false,
            runs_without_key: false,
            runs_without_store: false,
            keeps_data: true,
            has_own_store: false,
            form: Form::Lambkin,
        }
    }

    /// `expires = "…"`.
    pub const fn expires_ms(self, expires_ms: u64) -> Self {
        Self { expires_ms, ..self }
    }

    /// `lease = "…"`.
    pub const fn lease_ms(self, lease_ms: u64) -> Self {
        Self { lease_ms: Some(lease_ms), ..self }
    }

    /// `clock_skew = "…"`.
    pub const fn clock_skew_ms(self, clock_skew_ms: u64) -> Self {
        Self { clock_skew_ms, ..self }
    }

    /// `in_progress = "wait"`.
    pub const fn wait(self) -> Self {
        Self { waits: true, ..self }
    }

    /// `missing_key = "run"`.
    pub const fn run_without_key(self) -> Self {
        Self { runs_without_key: true, ..self }
    }

    /// `on_store_error = "run"`.
    pub const fn run_without_store(self) -> Self {
        Self { runs_without_store: true, ..self }
    }

    /// `data = "key-only"`.
    pub const fn key_only(self) -> Self {
        Self { keeps_data: false, ..self }
    }

    /// `store = …`.
    pub const fn own_store(self) -> Self {
        Self { has_own_store: true, ..self }
    }

    /// `compat = "powertools-python"`.
    pub const fn powertools_python(self) -> Self {
        Self { form: Form::PowertoolsPython, ..self }
    }

    /// `compat = "powertools-typescript"`.
    pub const fn powertools_typescript(self) -> Self {
        Self { form: Form::PowertoolsTypescript, ..self }
    }

    /// For how long a key is taken, when so much of the invocation remains.
    pub(crate) fn lease(&self, remaining: Option<Duration>, timeout: Option<Duration>) -> Duration {
        let explicit = self.lease_ms.map(Duration::from_millis);
        explicit.or(remaining).or(timeout).unwrap_or(LONGEST_RUN)
    }
}
