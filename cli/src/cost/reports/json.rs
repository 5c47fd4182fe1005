//! The JSON format, `platform.report`, and the JSON in which logs are exported, around either format.

use serde::Deserialize;
use serde_json::Value;

use crate::cost::reports::{Entry, report, text, timestamp};

/// Lambda's own event in its JSON format.
#[derive(Deserialize)]
struct Event {
    time: Option<String>,
    #[serde(rename = "type")]
    kind: String,
    record: Option<Record>,
}

#[derive(Deserialize)]
struct Record {
    metrics: Option<Metrics>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Metrics {
    duration_ms: Option<f64>,
    billed_duration_ms: Option<f64>,
    #[serde(rename = "memorySizeMB")]
    memory_size_mb: Option<f64>,
    #[serde(rename = "maxMemoryUsedMB")]
    max_memory_used_mb: Option<f64>,
    init_duration_ms: Option<f64>,
    restore_duration_ms: Option<f64>,
}

const KIND: &str = "platform.report";

/// Reads lines one after the other. What is remembered between them is the time that the AWS CLI prints on a line of
/// its own, before the message it belongs to.
#[derive(Default)]
pub(crate) struct Lines {
    time: Option<i64>,
}

impl Lines {
    /// Hands on what is in a line: one entry, or as many as a page of an export has.
    pub(crate) fn entries(&mut self, line: &str, found: &mut impl FnMut(Entry)) {
        let line = line.trim();
        let content = line.strip_suffix(',').unwrap_or(line);
        if let Some(value) = content.strip_prefix("\"timestamp\":") {
            self.time = value.trim().parse().ok();
        } else if let Some(value) = content.strip_prefix("\"message\":") {
            let time = self.time.take();
            match serde_json::from_str::<String>(value.trim()) {
                Ok(message) => found(timed(entry(message.trim()), time)),
                Err(_) => found(Entry::Other),
            }
        } else if exported(content) {
            match serde_json::from_str::<Value>(content) {
                Ok(page) => events(&page, found),
                Err(_) => found(entry(line)),
            }
        } else {
            found(entry(line));
        }
    }
}

/// Whether a line may be a log event, or a page of them, as the AWS CLI and its kin write them on one line.
fn exported(line: &str) -> bool {
    let object = line.starts_with('{') || line.starts_with('[');
    object && (line.contains("\"message\"") || line.contains("\"@message\""))
}

fn events(value: &Value, found: &mut impl FnMut(Entry)) {
    match value {
        Value::Array(all) => all.iter().for_each(|value| events(value, found)),
        Value::Object(fields) => {
            let message = fields.get("message").or_else(|| fields.get("@message"));
            let time = fields.get("timestamp").or_else(|| fields.get("@timestamp"));
            let time = time.and_then(|time| match time {
                Value::String(text) => timestamp::find(text),
                number => number.as_i64(),
            });
            match (fields.get("events"), message) {
                (Some(page), _) => events(page, found),
                (None, Some(Value::String(message))) => found(timed(entry(message.trim()), time)),
                // A line of the function's own, with a field of that name; or one of Lambda's.
                (None, Some(message @ Value::Object(_))) => found(timed(entry(&message.to_string()), time)),
                _ => found(entry(&value.to_string())),
            }
        }
        _ => found(Entry::Other),
    }
}

/// A single message, in either of Lambda's formats.
fn entry(message: &str) -> Entry {
    match message.find('{').and_then(|start| message.get(start..)) {
        Some(json) if message.contains(KIND) => platform_report(json),
        _ => text::entry(message),
    }
}

fn platform_report(json: &str) -> Entry {
    // What follows the object is no part of it.
    let event = serde_json::Deserializer::from_str(json).into_iter::<Event>().next();
    let Some(Ok(event)) = event else {
        return Entry::Other;
    };
    if event.kind != KIND {
        return Entry::Other;
    }
    let report = event.record.and_then(|record| record.metrics).and_then(|metrics| {
        report(
            metrics.duration_ms?,
            metrics.billed_duration_ms?,
            metrics.memory_size_mb?,
            metrics.max_memory_used_mb?,
            metrics.init_duration_ms.or(metrics.restore_duration_ms),
        )
    });
    match report {
        Some(report) => Entry::Report { report, time: event.time.as_deref().and_then(timestamp::find) },
        None => Entry::Unreadable,
    }
}

/// The message's own time is the better one: what surrounds it tells when it was written down.
fn timed(entry: Entry, around: Option<i64>) -> Entry {
    match entry {
        Entry::Report { report, time } => Entry::Report { report, time: time.or(around) },
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const JSON: &str = r#"{"time":"2026-03-01T10:00:00.000Z","type":"platform.report","record":{"requestId":"d661","status":"success","metrics":{"durationMs":147.156,"billedDurationMs":201,"memorySizeMB":512,"maxMemoryUsedMB":91,"initDurationMs":52.5}}}"#;
    const TEXT: &str = r"REPORT RequestId: 24ad\tDuration: 127.10 ms\tBilled Duration: 128 ms\tMemory Size: 2048 MB\tMax Memory Used: 212 MB\t\n";
    const TEN_O_CLOCK: i64 = 1_772_359_200_000;

    fn found(log: &str) -> Vec<(u32, u32, Option<u32>, Option<i64>)> {
        let mut lines = Lines::default();
        let mut reports = Vec::new();
        for line in log.lines() {
            lines.entries(line, &mut |entry| match entry {
                Entry::Report { report, time } => {
                    reports.push((report.duration_us, report.memory.mb(), report.init_us, time));
                }
                Entry::Unreadable => panic!("{line}"),
                Entry::Other => {}
            });
        }
        reports
    }

    #[test]
    fn lambda_s_json_is_read() {
        let expected = (147_156, 512, Some(52_500), Some(TEN_O_CLOCK));
        assert_eq!(found(JSON), [expected]);
        assert_eq!(found(&format!("2026-03-01T10:00:01Z 2026/03/01/[$LATEST]af {JSON}")), [expected]);
        let restored = JSON.replace("initDurationMs", "restoreDurationMs");
        assert_eq!(found(&restored), [expected]);
    }

    #[test]
    fn other_json_is_not() {
        assert_eq!(found(r#"{"timestamp":"2026-03-01T10:00:00Z","level":"INFO","message":"hello"}"#), []);
        assert_eq!(found(&JSON.replace("platform.report", "platform.start")), []);
        assert_eq!(found(r#"{"level":"INFO","message":{"type":"platform.report, I think"}}"#), []);
        assert_eq!(found("{ not json platform.report"), []);
    }

    #[test]
    fn what_the_aws_cli_prints_is_read() {
        let expected = [(127_100, 2048, None, Some(TEN_O_CLOCK))];
        let pretty = format!(
            "{{\n    \"events\": [\n        {{\n            \"logStreamName\": \"2026/03/01/af\",\n            \
             \"timestamp\": {TEN_O_CLOCK},\n            \"message\": \"{TEXT}\",\n            \"ingestionTime\": 1\n"
        );
        assert_eq!(found(&pretty), expected);
        let event = format!(r#"{{"logStreamName":"af","timestamp":{TEN_O_CLOCK},"message":"{TEXT}"}}"#);
        assert_eq!(found(&event), expected);
        assert_eq!(found(&format!(r#"{{"events":[{event},{event}],"nextToken":"x"}}"#)).len(), 2);
        assert_eq!(found(&format!("[{event},{event}]")).len(), 2);
        let around_json = serde_json::json!({ "timestamp": 1, "message": JSON }).to_string();
        assert_eq!(found(&around_json), [(147_156, 512, Some(52_500), Some(TEN_O_CLOCK))]);
        let insights = format!(r#"{{"@timestamp":"2026-03-01 10:00:00.000","@message":"{TEXT}"}}"#);
        assert_eq!(found(&insights), expected);
    }

    #[test]
    fn a_report_with_numbers_that_lambda_does_not_write_is_unreadable() {
        let mut lines = Lines::default();
        let mut entries = Vec::new();
        lines.entries(&JSON.replace("147.156", "-1"), &mut |entry| entries.push(entry));
        lines.entries(&JSON.replace("\"maxMemoryUsedMB\":91,", ""), &mut |entry| entries.push(entry));
        assert_eq!(entries, [Entry::Unreadable, Entry::Unreadable]);
    }
}
