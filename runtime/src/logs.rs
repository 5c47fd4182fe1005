//! Lines in the log that say which invocation and which record they belong to. Needs the feature `logs`.
//!
//! With the feature on there is nothing to write: every line of `tracing`'s macros, in your code and in its dependencies,
//! carries what is known about its invocation. With `AWS_LAMBDA_LOG_FORMAT=JSON`, which is what a function's *log
//! format* sets, a line is one object:
//!
//! ```json
//! {"timestamp":"2026-01-01T12:00:00.000Z","level":"INFO","message":"posted","total":12,"record":"059f36b4",
//!  "requestId":"8476a536-e9f4-11e8-9739-2dfe598c3fcd","handler":"fulfil","coldStart":true,
//!  "xrayTraceId":"1-5bef4de7-ad49b0e87f6ef6c87fc2e700","functionName":"orders","functionVersion":"$LATEST",
//!  "target":"orders::ledger"}
//! ```
//!
//! Else it is text, in colour on a terminal. `docs/logs.md` in the repository has all fields, which variables say what is
//! written, and how to see the details of only those invocations that fail.

use tracing::Subscriber;
use tracing_subscriber::Layer;
use tracing_subscriber::registry::LookupSpan;

/// lambkin's lines as a layer, for a subscriber of your own.
///
/// Install it in an `#[init]` function: a subscriber that is there after the init phase is left alone, and lambkin
/// writes nothing then but what this layer writes.
///
/// ```
/// use lambkin::prelude::*;
/// use tracing_subscriber::layer::SubscriberExt;
///
/// struct Logs;
///
/// #[init]
/// async fn logs() -> Result<Logs, Error> {
///     let subscriber = tracing_subscriber::registry().with(lambkin::logs::layer());
///     tracing::subscriber::set_global_default(subscriber)?;
///     Ok(Logs)
/// }
///
/// #[handler(invoke)]
/// async fn measure(word: String, _logs: &Logs) -> usize {
///     tracing::info!("measuring");
///     word.len()
/// }
/// # lambkin::app! { init: [logs], handlers: [measure] }
/// # fn main() {}
/// ```
pub fn layer<S>() -> impl Layer<S> + Send + Sync + 'static
where
    S: Subscriber + for<'l> LookupSpan<'l> + Send + Sync,
{
    crate::telemetry::logs::layer()
}
