//! What came of each key: a line in the log, and a count.

use std::sync::atomic::{AtomicU64, Ordering};

use tracing::Level;

/// How often each outcome occurred in this process.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Counts {
    /// The function ran, and its result was kept.
    pub ran: u64,
    /// The result of an earlier run was returned.
    pub replayed: u64,
    /// Another run held the key.
    pub in_flight: u64,
    /// The key was used before with another payload.
    pub mismatch: u64,
    /// The function ended after another one had taken its key.
    pub lease_lost: u64,
    /// The store was out of reach.
    pub store_error: u64,
}

/// What came of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Ran,
    Replayed,
    InFlight,
    Mismatch,
    LeaseLost,
    StoreError,
}

impl Outcome {
    const COUNT: usize = 6;

    /// The word in the log.
    fn as_str(self) -> &'static str {
        match self {
            Self::Ran => "ran",
            Self::Replayed => "replayed",
            Self::InFlight => "in flight",
            Self::Mismatch => "mismatch",
            Self::LeaseLost => "lease lost",
            Self::StoreError => "store error",
        }
    }

    /// The metric that counts it.
    #[cfg(feature = "metrics")]
    fn metric(self) -> &'static str {
        match self {
            Self::Ran => "IdempotencyRan",
            Self::Replayed => "IdempotencyReplayed",
            Self::InFlight => "IdempotencyInFlight",
            Self::Mismatch => "IdempotencyMismatch",
            Self::LeaseLost => "IdempotencyLeaseLost",
            Self::StoreError => "IdempotencyStoreError",
        }
    }

    fn level(self) -> Level {
        match self {
            Self::Ran => Level::DEBUG,
            Self::Replayed | Self::InFlight => Level::INFO,
            Self::Mismatch => Level::WARN,
            // Each of them can mean a second effect.
            Self::LeaseLost | Self::StoreError => Level::ERROR,
        }
    }
}

static COUNTS: [AtomicU64; Outcome::COUNT] = [const { AtomicU64::new(0) }; Outcome::COUNT];

/// How often each outcome of `#[idempotent]` occurred in this process.
///
/// ```
/// assert_eq!(lambkin::idempotency::counts().replayed, 0);
/// ```
pub fn counts() -> Counts {
    let [ran, replayed, in_flight, mismatch, lease_lost, store_error] =
        COUNTS.each_ref().map(|count| count.load(Ordering::Relaxed));
    Counts { ran, replayed, in_flight, mismatch, lease_lost, store_error }
}

/// Whose key it is, for the log.
#[derive(Clone, Debug, Default)]
pub(crate) struct Who {
    pub(crate) handler: &'static str,
    pub(crate) request_id: Option<String>,
    pub(crate) record: Option<String>,
    /// The key as the store knows it, which is a hash.
    pub(crate) key: String,
}

impl Who {
    /// Counts the outcome, and writes its line.
    pub(crate) fn note(&self, outcome: Outcome, message: &str) {
        if let Some(count) = COUNTS.get(outcome as usize) {
            count.fetch_add(1, Ordering::Relaxed);
        }
        #[cfg(feature = "metrics")]
        crate::telemetry::metrics::count(outcome.metric());
        let Self { handler, request_id, record, key } = self;
        let (request_id, record) = (request_id.as_deref(), record.as_deref());
        macro_rules! line {
            ($level:expr) => {
                tracing::event!(
                    $level,
                    handler,
                    requestId = request_id,
                    record,
                    idempotencyKey = key,
                    idempotency = outcome.as_str(),
                    "{message}"
                )
            };
        }
        match outcome.level() {
            Level::ERROR => line!(Level::ERROR),
            Level::WARN => line!(Level::WARN),
            Level::INFO => line!(Level::INFO),
            _ => line!(Level::DEBUG),
        }
    }
}
