//! Traces for OpenTelemetry.
//!
//! What lambkin and users put into `tracing` spans becomes spans of OpenTelemetry through the layer of
//! `tracing-opentelemetry`. [`spans`](mod@spans) says what lambkin's own two mean, [`remote`] where they continue a trace of
//! somebody else's. Ended spans wait in a [`queue`] until the invocation they belong to is about to be answered, and are
//! [exported](export) then: Lambda may freeze the process as soon as the answer is out, so nothing is left to a thread
//! behind it.
//!
//! Nothing of this happens unless one of the standard variables names a collector: see [`settings`].

mod client;
mod export;
mod ids;
mod queue;
mod remote;
mod resource;
mod settings;
pub(crate) mod spans;

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use opentelemetry::trace::TracerProvider as _;
use opentelemetry_sdk::trace::{SdkTracer, SdkTracerProvider};
use tracing::{Level, Metadata, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::{LevelFilter, filter_fn};
use tracing_subscriber::registry::LookupSpan;

use crate::app::error::InitError;
use crate::telemetry::otel::export::Exporter;
use crate::telemetry::otel::queue::Queue;
use crate::telemetry::otel::remote::Propagators;
use crate::telemetry::otel::settings::Settings;

/// What makes traces, once a collector is known.
pub(crate) struct Traces {
    tracer: SdkTracer,
    queue: Arc<Queue>,
    exporter: Exporter,
    propagators: Propagators,
    // A tracer holds it too, but only the provider that is not dropped keeps its processors running.
    _provider: SdkTracerProvider,
}

static TRACES: OnceLock<Traces> = OnceLock::new();

/// What makes traces, if a collector is known.
fn traces() -> Option<&'static Traces> {
    TRACES.get()
}

/// Reads the variables, and gets ready to export if they name a collector.
///
/// # Errors
/// The collector is one that can't be talked to.
pub(crate) fn start() -> Result<(), InitError> {
    let variable = |name: &str| std::env::var(name).ok();
    let settings = Settings::of(variable).map_err(|error| InitError::new("InvalidEnvironment", error))?;
    let Some(settings) = settings else { return Ok(()) };
    let resource = resource::of(variable);
    let exporter = Exporter::new(&settings, &resource).map_err(|error| InitError::new("InvalidEnvironment", error))?;
    let queue = Arc::new(Queue::default());
    let provider = SdkTracerProvider::builder()
        .with_resource(resource)
        .with_id_generator(ids::Random)
        .with_span_processor(queue::Processor(Arc::clone(&queue)))
        .build();
    let tracer = provider.tracer("lambkin");
    let traces = Traces { tracer, queue, exporter, propagators: settings.propagators, _provider: provider };
    // An error says that they are there already, as when several apps run in one process.
    let _ = TRACES.set(traces);
    Ok(())
}

/// Says in the log what the variables ask for in vain.
pub(crate) fn warn() {
    if traces().is_some() {
        settings::warn(|name: &str| std::env::var(name).ok());
    }
}

/// The layer that makes traces out of spans; none without a collector.
pub(crate) fn layer<S>() -> Option<impl Layer<S>>
where
    S: Subscriber + for<'span> LookupSpan<'span>,
{
    let traces = traces()?;
    let layer = tracing_opentelemetry::layer()
        .with_tracer(traces.tracer.clone())
        // The paths of the machine that compiled it are nobody's business.
        .with_location(false)
        .with_threads(false)
        .with_target(false)
        .with_tracked_inactivity(false);
    Some(layer.with_filter(filter_fn(is_exported).with_max_level_hint(LevelFilter::INFO)))
}

/// Whether this becomes a span of a trace.
///
/// Lines of the log do not become events of a span: they can hold what a payload holds, such as the message of an error
/// of decoding. The spans of `lambda_runtime` last as long as its workers do.
fn is_exported(metadata: &Metadata<'_>) -> bool {
    metadata.is_span() && *metadata.level() <= Level::INFO && !metadata.target().starts_with("lambda_runtime")
}

/// Exports what is left, before the process ends.
pub(crate) async fn finish() {
    if let Some(traces) = traces() {
        traces.export(traces.queue.take_all(), Duration::MAX).await;
    }
}
