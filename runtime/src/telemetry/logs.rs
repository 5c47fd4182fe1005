//! A small `tracing` subscriber: one line per event on standard error.
//!
//! With `AWS_LAMBDA_LOG_FORMAT=JSON` a line is one flat object with `timestamp`, `level` and `message` at
//! the top, which is what Lambda's own filtering reads:
//! <https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-logformat.html>. `RUST_LOG`, where
//! it is one plain level, and else `AWS_LAMBDA_LOG_LEVEL` say what is written.
//!
//! A subscriber of the user's has precedence: during the init phase this one is the thread's default only,
//! so an `#[init]` function can install another for good, and it becomes the process's afterwards only if
//! none did.

use std::fmt::{self, Write as _};
use std::io::Write as _;
use std::time::SystemTime;

use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

use crate::telemetry::timestamp::Timestamp;

/// Writes events as lines.
#[derive(Clone)]
pub(crate) struct Lines {
    json: bool,
    max: LevelFilter,
}

impl Lines {
    pub(crate) fn from_env() -> Self {
        let variable = |name| std::env::var(name).ok();
        Self {
            json: variable("AWS_LAMBDA_LOG_FORMAT").is_some_and(|format| format.eq_ignore_ascii_case("json")),
            max: level(variable("RUST_LOG").as_deref(), variable("AWS_LAMBDA_LOG_LEVEL").as_deref()),
        }
    }

    /// Runs the init phase with these lines as the thread's default.
    pub(crate) fn during_init() -> (Self, tracing::subscriber::DefaultGuard) {
        let lines = Self::from_env();
        let guard = tracing::subscriber::set_default(lines.clone().composed());
        (lines, guard)
    }

    /// Makes these lines the process's, unless the user's subscriber is.
    pub(crate) fn install(self, guard: tracing::subscriber::DefaultGuard) {
        drop(guard);
        // An error says that there is one already, which is the user's.
        let _ = tracing::subscriber::set_global_default(self.composed());
    }

    #[cfg(not(feature = "otel"))]
    fn composed(self) -> impl Subscriber {
        self
    }

    /// With the layer that makes traces out of spans beside it.
    #[cfg(feature = "otel")]
    fn composed(self) -> impl Subscriber {
        use tracing_subscriber::layer::{Layer as _, SubscriberExt as _};

        let max = self.max;
        // Each with a filter of its own: a level of the log is none of the traces'.
        tracing_subscriber::registry().with(AsLayer(self).with_filter(max)).with(crate::telemetry::otel::layer())
    }

    fn line(&self, event: &Event<'_>, now: SystemTime) -> String {
        let metadata = event.metadata();
        let timestamp = Timestamp(now);
        let mut fields = Fields { json: self.json, message: String::new(), rest: String::new() };
        event.record(&mut fields);
        let Fields { message, rest, .. } = fields;
        let mut line = if self.json {
            let message = quoted(&message);
            format!(r#"{{"timestamp":"{timestamp}","level":"{}","message":{message}{rest}}}"#, metadata.level())
        } else {
            format!("{timestamp} {:>5} {}{rest}", metadata.level(), on_one_line(&message))
        };
        line.push('\n');
        line
    }
}

fn level(rust_log: Option<&str>, lambda: Option<&str>) -> LevelFilter {
    let parse = |text: &str| match text.to_ascii_lowercase().as_str() {
        "fatal" => Some(LevelFilter::ERROR),
        other => other.parse().ok(),
    };
    let given = |text: Option<&str>| text.filter(|text| !text.is_empty()).and_then(parse);
    given(rust_log).or_else(|| given(lambda)).unwrap_or(LevelFilter::INFO)
}

impl Subscriber for Lines {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        *metadata.level() <= self.max
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(self.max)
    }

    // Spans are not written: an event's own fields say where it belongs.
    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let line = self.line(event, SystemTime::now());
        // One write, so that lines of several threads do not mix; nobody could be told of a failure.
        let _ = std::io::stderr().lock().write_all(line.as_bytes());
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

#[cfg(feature = "otel")]
struct AsLayer(Lines);

#[cfg(feature = "otel")]
impl<S: Subscriber> tracing_subscriber::Layer<S> for AsLayer {
    fn on_event(&self, event: &Event<'_>, _: tracing_subscriber::layer::Context<'_, S>) {
        self.0.event(event);
    }
}

/// Collects an event's fields, the message apart from the others.
struct Fields {
    json: bool,
    message: String,
    rest: String,
}

impl Fields {
    fn put(&mut self, field: &Field, value: fmt::Arguments<'_>, is_text: bool) {
        let name = field.name();
        if name == "message" {
            self.message = value.to_string();
            return;
        }
        let written = if self.json {
            let value = if is_text { quoted(&value.to_string()) } else { value.to_string() };
            // The three names at the top are taken.
            let suffix = if matches!(name, "timestamp" | "level") { "_" } else { "" };
            write!(self.rest, ",{}:{value}", quoted(&format!("{name}{suffix}")))
        } else {
            write!(self.rest, " {name}={}", on_one_line(&value.to_string()))
        };
        // Writing to a string does not fail.
        let _ = written;
    }
}

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.put(field, format_args!("{value:?}"), true);
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.put(field, format_args!("{value}"), true);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.put(field, format_args!("{value}"), false);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.put(field, format_args!("{value}"), false);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.put(field, format_args!("{value}"), false);
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        // JSON has no infinities and no NaN, so those become `null`. serde_json's own writer is a tenth of
        // the size of the standard library's.
        let json = serde_json::to_string(&value).unwrap_or_default();
        self.put(field, format_args!("{json}"), false);
    }

    fn record_error(&mut self, field: &Field, value: &(dyn std::error::Error + 'static)) {
        self.put(field, format_args!("{}", crate::error::chain(value)), true);
    }
}

/// Text without control characters: a line break would become a log event of its own, with whatever an
/// identifier from outside makes it say.
fn on_one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// A JSON string.
fn quoted(text: &str) -> String {
    serde_json::to_string(text).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};
    use std::time::Duration;

    use super::*;

    /// Keeps lines instead of writing them.
    struct Kept(Lines, Arc<Mutex<Vec<String>>>);

    impl Subscriber for Kept {
        fn enabled(&self, metadata: &Metadata<'_>) -> bool {
            self.0.enabled(metadata)
        }
        fn new_span(&self, span: &Attributes<'_>) -> Id {
            self.0.new_span(span)
        }
        fn record(&self, _: &Id, _: &Record<'_>) {}
        fn record_follows_from(&self, _: &Id, _: &Id) {}
        fn event(&self, event: &Event<'_>) {
            let now = SystemTime::UNIX_EPOCH + Duration::from_millis(1_545_082_649_183);
            self.1.lock().unwrap().push(self.0.line(event, now));
        }
        fn enter(&self, _: &Id) {}
        fn exit(&self, _: &Id) {}
    }

    fn lines(json: bool, events: impl FnOnce()) -> Vec<String> {
        let kept = Arc::default();
        let max = LevelFilter::INFO;
        tracing::subscriber::with_default(Kept(Lines { json, max }, Arc::clone(&kept)), events);
        let lines = kept.lock().unwrap();
        lines.clone()
    }

    #[test]
    fn json_is_one_flat_object_with_lambdas_names_at_the_top() {
        let lines = lines(true, || {
            tracing::error!(record = "m\"1", count = 3, level = "mine", nan = f64::NAN, "failed:\n{}", 1);
            tracing::debug!("not written");
        });
        assert_eq!(lines.len(), 1);
        let value: serde_json::Value = serde_json::from_str(&lines[0]).unwrap();
        let expected = serde_json::json!({"timestamp": "2018-12-17T21:37:29.183Z", "level": "ERROR",
            "message": "failed:\n1", "record": "m\"1", "count": 3, "level_": "mine", "nan": null});
        assert_eq!(value, expected);
    }

    #[test]
    fn text_is_one_line() {
        let lines = lines(false, || tracing::warn!(record = "m1\r\u{1b}[2K", "failed:\nbadly"));
        assert_eq!(lines, ["2018-12-17T21:37:29.183Z  WARN failed: badly record=m1  [2K\n"]);
    }

    #[test]
    fn both_level_variables_are_read() {
        assert_eq!(level(None, None), LevelFilter::INFO);
        assert_eq!(level(None, Some("FATAL")), LevelFilter::ERROR);
        assert_eq!(level(Some("debug"), Some("ERROR")), LevelFilter::DEBUG);
        assert_eq!(level(Some("hyper=trace"), Some("WARN")), LevelFilter::WARN);
    }
}
