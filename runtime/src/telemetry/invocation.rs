//! One invocation, for those who report about it.

use std::future::Future;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::batch::response::Summary;
use crate::call::Call;
use crate::error::InvocationError;
#[cfg(feature = "logs")]
use crate::telemetry::{guard_rails, spans};

/// An invocation that is over, but for its answer.
#[cfg_attr(not(feature = "metrics"), allow(dead_code, reason = "the guard rails need less than the metrics"))]
pub(crate) struct Seen<'i> {
    pub(crate) call: &'i Call<'i>,
    /// Whether it was the first of this process.
    pub(crate) is_cold: bool,
    /// How long the handler and lambkin took.
    pub(crate) duration: Duration,
    /// The response's bytes, or what is answered in their place.
    pub(crate) result: Result<usize, &'i InvocationError>,
    /// What became of the records, where there are some.
    pub(crate) records: Option<Summary>,
}

/// Runs an invocation, and reports about it before it is answered: afterwards Lambda may freeze the process.
pub(crate) async fn observe<F>(call: &Call<'_>, serving: F) -> Result<Vec<u8>, InvocationError>
where
    F: Future<Output = Result<Vec<u8>, InvocationError>>,
{
    static WAS_INVOKED: AtomicBool = AtomicBool::new(false);
    let is_cold = !WAS_INVOKED.swap(true, Ordering::Relaxed);
    let started = Instant::now();
    #[cfg(feature = "logs")]
    let span = spans::invocation(call, is_cold);
    #[cfg(feature = "logs")]
    let serving = tracing::Instrument::instrument(guard_rails::in_time(call, serving), span.clone());
    let result = serving.await;
    let seen = Seen {
        call,
        is_cold,
        duration: started.elapsed(),
        result: result.as_ref().map(Vec::len),
        records: call.tally.get().copied(),
    };
    #[cfg(feature = "logs")]
    span.in_scope(|| guard_rails::check(&seen));
    #[cfg(feature = "metrics")]
    crate::telemetry::metrics::report(&seen);
    #[cfg(feature = "otel")]
    crate::telemetry::otel::spans::finish(&span, call, seen.result).await;
    result
}
