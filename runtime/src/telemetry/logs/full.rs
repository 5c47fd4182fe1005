//! The subscriber that knows the invocation and the record of each line.

use std::io::Write as _;
use std::sync::Arc;

use tracing::level_filters::LevelFilter;
use tracing::{Dispatch, Subscriber};
use tracing_log::AsLog;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::{Layer, Registry};

use crate::telemetry::incident::Incident;
use crate::telemetry::logs::buffer::parse_bytes;
use crate::telemetry::logs::filter::Levels;
use crate::telemetry::logs::layer::LogLayer;
use crate::telemetry::logs::line::Style;
use crate::telemetry::logs::sample::Sample;

/// The subscriber, as the variables configure it.
pub(super) fn dispatch() -> Dispatch {
    let (layer, wrong) = configured();
    let dispatch = Dispatch::new(Registry::default().with(with_traces(layer)));
    tracing::dispatcher::with_default(&dispatch, || complain(&wrong));
    dispatch
}

/// The layer, as the variables configure it.
pub(crate) fn layer<S: Subscriber + for<'l> LookupSpan<'l>>() -> impl Layer<S> {
    let (layer, wrong) = configured();
    complain(&wrong);
    with_traces(layer)
}

#[cfg(not(feature = "otel"))]
fn with_traces<L>(layer: L) -> L {
    layer
}

/// With what makes traces out of spans beside it. Each has a filter of its own: a level of the log is none of the traces'.
#[cfg(feature = "otel")]
fn with_traces<S, L>(layer: L) -> impl Layer<S>
where
    S: Subscriber + for<'l> LookupSpan<'l>,
    L: Layer<S>,
{
    layer.and_then(crate::telemetry::otel::layer())
}

/// Hears the crate `log` as well, unless somebody else does.
pub(super) fn take_lines_of_log() {
    let most = LevelFilter::current().as_log();
    let _ = tracing_log::LogTracer::builder().with_max_level(most).init();
}

fn complain(wrong: &[String]) {
    for wrong in wrong {
        Incident::of("Logs").warn(format_args!("{wrong}"));
    }
}

fn configured<S: Subscriber + for<'l> LookupSpan<'l>>() -> (impl Layer<S>, Vec<String>) {
    let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.trim().is_empty());
    let mut wrong = Vec::new();
    let sample = variable("LAMBKIN_LOG_SAMPLE").map(|text| {
        Sample::parse(&text).unwrap_or_else(|| {
            wrong.push(format!("`LAMBKIN_LOG_SAMPLE` is `{text}`, not a share from 0 to 1 such as `0.01`"));
            Sample::default()
        })
    });
    let kept_bytes = variable("LAMBKIN_LOG_BUFFER").map(|text| {
        parse_bytes(&text).unwrap_or_else(|| {
            wrong.push(format!("`LAMBKIN_LOG_BUFFER` is `{text}`, not a number of bytes such as `64KB`"));
            0
        })
    });
    let (sample, kept_bytes) = (sample.unwrap_or_default(), kept_bytes.unwrap_or_default());
    let has_detail = !sample.is_nothing() || kept_bytes > 0;
    let style = Style::from_env();
    let lambda = variable("AWS_LAMBDA_LOG_LEVEL").and_then(|text| super::level(&text));
    if has_detail && style == Style::Json && lambda.is_some_and(|level| level < LevelFilter::DEBUG) {
        wrong.push(
            "Lambda drops the lines of detail that `LAMBKIN_LOG_SAMPLE` and `LAMBKIN_LOG_BUFFER` ask for: set its own \
             log level to DEBUG, and `RUST_LOG` to what is always written, such as `info`"
                .to_owned(),
        );
    }
    let (levels, of_levels) = Levels::read(variable, has_detail);
    wrong.extend(of_levels);
    let out = Arc::new(|lines: &str| {
        // One write, so that lines of several threads do not mix; nobody could be told of a failure.
        let _ = std::io::stderr().lock().write_all(lines.as_bytes());
    });
    let filter = levels.clone();
    (LogLayer { levels, style, sample, kept_bytes, out }.with_filter(filter), wrong)
}
