//! What there is at AWS, as data: the functions, what ran of them, and what the account has.

use serde::Serialize;

use crate::concurrency::template::Setting;

/// An answer of `show`, and what a plan is made of.
#[derive(Debug, Serialize)]
pub(crate) struct State {
    pub(crate) region: String,
    /// As it was asked for: `14d`.
    pub(crate) period: String,
    /// RFC 3339.
    pub(crate) from: String,
    pub(crate) to: String,
    /// The steps of the metrics, in seconds.
    pub(crate) step: u32,
    pub(crate) account: Account,
    pub(crate) functions: Vec<Function>,
    /// What people have to know.
    pub(crate) notes: Vec<String>,
}

/// The limits of the account in its region.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Account {
    /// Invocations at the same time, of all functions.
    pub(crate) limit: u32,
    /// What is left of it for functions that have nothing reserved: the pool.
    pub(crate) unreserved: u32,
    /// The most of the pool that was in use.
    pub(crate) unreserved_peak: Option<u32>,
}

/// A function of the manifest.
#[derive(Debug, Serialize)]
pub(crate) struct Function {
    pub(crate) handler: String,
    /// What the attribute says, `maximum_concurrency`.
    pub(crate) maximum_concurrency: Option<u32>,
    /// What the attribute says, `reserved_concurrency`.
    pub(crate) attribute: Option<u32>,
    pub(crate) deployed: Deployed,
    /// Where templates of the user's set what is reserved.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) templates: Vec<Setting>,
}

#[derive(Debug, Serialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub(crate) enum Deployed {
    /// No function has one of these names, or the handler's.
    No {
        looked_for: Vec<String>,
    },
    /// More than one has the handler's.
    Ambiguous {
        found: Vec<String>,
    },
    Yes(Box<Live>),
}

/// A function that is deployed.
#[derive(Debug, Serialize)]
pub(crate) struct Live {
    /// Its name at AWS.
    pub(crate) function: String,
    pub(crate) found_by: FoundBy,
    pub(crate) reserved: Option<u32>,
    /// Of all its versions and aliases together.
    pub(crate) provisioned: u32,
    /// The highest of its versions and aliases, 1 being all of it.
    pub(crate) provisioned_utilisation: Option<f64>,
    /// What its queues may invoke of it at the same time, as they are set at AWS.
    pub(crate) queues: Option<u32>,
    pub(crate) usage: Option<Usage>,
}

/// How a function was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum FoundBy {
    /// It was named with `--function`.
    Given,
    /// It has the name that `cargo lambkin template` gives it.
    Name,
    /// It has another name, and the handler as its `Handler`.
    Handler,
}

/// What ran of a function at the same time, `ConcurrentExecutions`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Usage {
    pub(crate) peak: u32,
    /// The step of it, RFC 3339.
    pub(crate) peak_at: String,
    /// While it ran: CloudWatch has nothing for the time between.
    pub(crate) average: f64,
    pub(crate) throttles: u64,
    /// How far back the first of its data is, in seconds.
    pub(crate) reaches_back: u32,
    /// Steps that have data.
    pub(crate) datapoints: usize,
}

impl Function {
    pub(crate) fn live(&self) -> Option<&Live> {
        match &self.deployed {
            Deployed::Yes(live) => Some(live),
            Deployed::No { .. } | Deployed::Ambiguous { .. } => None,
        }
    }
}
