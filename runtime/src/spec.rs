//! What the attributes say about a function, as data: the manifest is made of it.

use std::time::Duration;

use serde::Serialize;

use crate::http::__private::Group;
use crate::http::Cors;
use crate::idempotency::Options;
use crate::schema::Payload;

/// One `#[handler]`, as its attributes describe it.
///
/// Durations are in seconds unless the name says otherwise. Settings that the attributes leave out are
/// left to the deployment and are absent here.
#[derive(Debug, Serialize)]
#[non_exhaustive]
#[doc(hidden)]
pub struct FunctionSpec {
    /// The name that `_HANDLER` selects.
    pub name: &'static str,
    /// The package that holds the handler.
    pub package: &'static str,
    /// The event source and its settings.
    pub trigger: Trigger,
    /// Records of one batch handled at the same time; what the source does by default if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub concurrency: Option<usize>,
    /// The function's timeout in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timeout: Option<u64>,
    /// The function's memory in MB.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub memory: Option<u64>,
    /// Environments that the function has to itself, which are also the most that it can have.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reserved_concurrency: Option<u64>,
    /// Environments that are kept ready.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provisioned_concurrency: Option<u64>,
    /// How long before Lambda's limit the handler is stopped, in milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deadline_margin_ms: Option<u64>,
    /// What `#[idempotent]` says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub idempotency: Option<&'static Options>,
    /// What pages of other origins may do, where a route does not say something else.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cors: Option<&'static Cors>,
    /// The routes of a handler of HTTP requests.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub routes: Option<&'static Group>,
    /// Whether the event source mapping needs `FunctionResponseTypes: [ReportBatchItemFailures]`.
    pub report_batch_item_failures: bool,
    /// What the payload looks like, as far as its type says so.
    #[serde(flatten)]
    pub payload: Payload,
    /// What the pipeline does with outcomes; not part of the manifest.
    #[serde(skip)]
    pub policy: Policy,
}

/// The event source of a handler.
#[derive(Debug, Serialize)]
#[doc(hidden)]
pub struct Trigger {
    /// The word in `#[handler(…)]`.
    pub source: &'static str,
    /// The settings given in its parentheses.
    #[serde(serialize_with = "as_map", skip_serializing_if = "<[_]>::is_empty")]
    pub settings: &'static [(&'static str, Setting)],
}

/// A setting of an event source.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(untagged)]
#[doc(hidden)]
pub enum Setting {
    /// A name, an ARN or an expression.
    Text(&'static str),
    /// Several of them.
    Texts(&'static [&'static str]),
    /// A count, or a duration in seconds.
    Number(u64),
    /// Yes or no.
    Flag(bool),
}

fn as_map<S: serde::Serializer>(settings: &&'static [(&'static str, Setting)], s: S) -> Result<S::Ok, S::Error> {
    s.collect_map(settings.iter().map(|(name, value)| (name, value)))
}

/// What to do with the outcomes of an event's records.
#[derive(Clone, Copy, Debug)]
#[doc(hidden)]
pub struct Policy {
    /// Whether the mapping reports single records; else any failure fails the invocation.
    pub partial: bool,
    /// Whether a batch without any success fails the invocation.
    pub all_failed_is_error: bool,
    /// Whether a record that does not decode is acknowledged.
    pub discard_malformed: bool,
    /// The receive count at which a record is on its last attempt.
    pub max_receive_count: Option<u64>,
}

impl FunctionSpec {
    /// A spec with the defaults, for the builder methods that generated code calls.
    pub const fn new(name: &'static str, package: &'static str, source: &'static str) -> Self {
        Self {
            name,
            package,
            trigger: Trigger { source, settings: &[] },
            concurrency: None,
            timeout: None,
            memory: None,
            reserved_concurrency: None,
            provisioned_concurrency: None,
            deadline_margin_ms: None,
            idempotency: None,
            cors: None,
            routes: None,
            report_batch_item_failures: false,
            payload: Payload::UNKNOWN,
            policy: Policy {
                partial: true,
                all_failed_is_error: true,
                discard_malformed: false,
                max_receive_count: None,
            },
        }
    }

    /// A setting in the source's parentheses.
    pub(crate) fn setting(&self, name: &str) -> Option<Setting> {
        self.trigger.settings.iter().find(|(key, _)| *key == name).map(|(_, value)| *value)
    }

    /// How long before Lambda's limit the handler is stopped.
    pub(crate) fn margin(&self) -> Option<Duration> {
        self.deadline_margin_ms.map(Duration::from_millis)
    }

    /// The settings in the source's parentheses.
    pub const fn settings(mut self, settings: &'static [(&'static str, Setting)]) -> Self {
        self.trigger.settings = settings;
        self
    }

    /// The source takes batches and reports single records.
    pub const fn report_batch_item_failures(mut self) -> Self {
        self.report_batch_item_failures = true;
        self
    }

    /// `concurrency = N`.
    pub const fn concurrency(mut self, records: usize) -> Self {
        self.concurrency = Some(records);
        self
    }

    /// `timeout = "…"`, in seconds.
    pub const fn timeout(mut self, seconds: u64) -> Self {
        self.timeout = Some(seconds);
        self
    }

    /// `memory = N`, in MB.
    pub const fn memory(mut self, mb: u64) -> Self {
        self.memory = Some(mb);
        self
    }

    /// `reserved_concurrency = N`.
    pub const fn reserved_concurrency(mut self, environments: u64) -> Self {
        self.reserved_concurrency = Some(environments);
        self
    }

    /// `provisioned_concurrency = N`.
    pub const fn provisioned_concurrency(mut self, environments: u64) -> Self {
        self.provisioned_concurrency = Some(environments);
        self
    }

    /// The payload's type.
    pub const fn payload(mut self, payload: Payload) -> Self {
        self.payload = payload;
        self
    }

    /// `partial = false`.
    pub const fn whole(mut self) -> Self {
        self.report_batch_item_failures = false;
        self.policy.partial = false;
        self
    }

    /// `all_failed = "report"`.
    pub const fn report_all_failed(mut self) -> Self {
        self.policy.all_failed_is_error = false;
        self
    }

    /// `malformed = "discard"`.
    pub const fn discard_malformed(mut self) -> Self {
        self.policy.discard_malformed = true;
        self
    }

    /// `max_receive_count = N`.
    pub const fn max_receive_count(mut self, count: u64) -> Self {
        self.policy.max_receive_count = Some(count);
        self
    }

    /// `#[deadline(margin = "…")]`, in milliseconds.
    pub const fn deadline_margin_ms(mut self, ms: u64) -> Self {
        self.deadline_margin_ms = Some(ms);
        self
    }

    /// `#[idempotent]`.
    pub const fn idempotency(mut self, options: &'static Options) -> Self {
        self.idempotency = Some(options);
        self
    }

    /// `http(cors = …)`.
    pub const fn cors(mut self, cors: &'static Cors) -> Self {
        self.cors = Some(cors);
        self
    }

    /// The routes of `http`.
    pub const fn routes(mut self, routes: &'static Group) -> Self {
        self.routes = Some(routes);
        self
    }
}
