//! A small subscriber: one line per event, with what the event itself says.

use std::fmt;
use std::io::Write as _;
use std::time::SystemTime;

use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

use crate::telemetry::logs::fields::{self, Fields, Rest, on_one_line, quoted};
use crate::telemetry::timestamp::Timestamp;

/// Writes events as lines.
pub(crate) struct Lines {
    json: bool,
    max: LevelFilter,
}

impl Lines {
    pub(crate) fn from_env() -> Self {
        let variable = |name| std::env::var(name).ok();
        Self {
            json: variable("AWS_LAMBDA_LOG_FORMAT").is_some_and(|format| format.eq_ignore_ascii_case("json")),
            max: level(variable("RUST_LOG"), variable("AWS_LAMBDA_LOG_LEVEL")),
        }
    }

    fn line(&self, event: &Event<'_>, now: SystemTime) -> String {
        let metadata = event.metadata();
        let timestamp = Timestamp(now);
        let mut fields = Fields { message: String::new(), rest: Written { json: self.json, line: String::new() } };
        event.record(&mut fields);
        let Fields { message, rest: Written { line: rest, .. } } = fields;
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

/// What `RUST_LOG` says, where it is one level for all, and else `AWS_LAMBDA_LOG_LEVEL`.
fn level(rust_log: Option<String>, lambda: Option<String>) -> LevelFilter {
    let given = |text: Option<String>| text.and_then(|text| super::level(&text));
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

/// Fields, written as they come.
struct Written {
    json: bool,
    line: String,
}

impl Rest for Written {
    fn put(&mut self, name: &'static str, value: fmt::Arguments<'_>, is_text: bool) {
        let name = if self.json { fields::free(name, |_| false) } else { name.into() };
        fields::append(&mut self.line, self.json, &name, value, is_text);
    }
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
        let level = |rust_log: Option<&str>, lambda: Option<&str>| {
            super::level(rust_log.map(str::to_owned), lambda.map(str::to_owned))
        };
        assert_eq!(level(None, None), LevelFilter::INFO);
        assert_eq!(level(None, Some("FATAL")), LevelFilter::ERROR);
        assert_eq!(level(Some("debug"), Some("ERROR")), LevelFilter::DEBUG);
        assert_eq!(level(Some("hyper=trace"), Some("WARN")), LevelFilter::WARN);
        assert_eq!(level(Some(""), Some("WARN")), LevelFilter::WARN);
    }
}
