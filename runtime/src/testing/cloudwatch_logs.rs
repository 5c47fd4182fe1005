//! CloudWatch Logs events for tests.

use std::io::{self, Write};

use flate2::Compression;
use flate2::write::GzEncoder;
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::testing::{IntoEvent, common};

/// Log events of one stream, packed as Lambda hands them to a function.
///
/// ```
/// use lambkin::testing::cloudwatch_logs::{Line, Lines};
/// use serde_json::json;
///
/// let lines = Lines::of([json!({"level": "ERROR"}), json!({"level": "INFO"})]);
/// let access = Lines::new()
///     .log_group("/aws/apache/access")
///     .line(Line::text("127.0.0.1 - ada 200").extracted_field("ip", "127.0.0.1"));
/// ```
#[derive(Clone, Debug)]
pub struct Lines {
    log_group: String,
    log_stream: String,
    is_control: bool,
    lines: Vec<Line>,
}

impl Default for Lines {
    fn default() -> Self {
        Self::new()
    }
}

impl Lines {
    /// No log events yet, from the log group `/aws/lambda/function`.
    pub fn new() -> Self {
        Self {
            log_group: "/aws/lambda/function".to_owned(),
            log_stream: "stream".to_owned(),
            is_control: false,
            lines: Vec::new(),
        }
    }

    /// A log event per payload, with it as the message's JSON.
    pub fn of<T: Serialize>(payloads: impl IntoIterator<Item = T>) -> Self {
        payloads.into_iter().fold(Self::new(), |lines, payload| lines.line(Line::json(&payload)))
    }

    /// What CloudWatch Logs sends to see whether a destination can be reached.
    pub fn control_message() -> Self {
        let message = Line::text("CWL CONTROL MESSAGE: Checking health of destination.").id("");
        Self { is_control: true, ..Self::new() }.log_group("").log_stream("").line(message)
    }

    /// The log group's name.
    #[must_use]
    pub fn log_group(mut self, name: &str) -> Self {
        self.log_group = name.to_owned();
        self
    }

    /// The log stream's name.
    #[must_use]
    pub fn log_stream(mut self, name: &str) -> Self {
        self.log_stream = name.to_owned();
        self
    }

    /// Adds a log event. Without an identifier of its own it is called `line-` and its index.
    #[must_use]
    pub fn line(mut self, line: Line) -> Self {
        self.lines.push(line);
        self
    }
}

impl IntoEvent for Lines {
    #[allow(clippy::expect_used, reason = "writing to memory does not fail")]
    fn into_event(self) -> Vec<u8> {
        let lines = self.lines.into_iter().enumerate();
        let log_events: Vec<Value> = lines.map(|(index, line)| line.into_log_event(index)).collect();
        let data = json!({
            "messageType": if self.is_control { "CONTROL_MESSAGE" } else { "DATA_MESSAGE" },
            "owner": "123456789012",
            "logGroup": self.log_group,
            "logStream": self.log_stream,
            "subscriptionFilters": ["filter"],
            "logEvents": log_events
        });
        let packed = gzip(data.to_string().as_bytes()).expect("it is written to memory");
        json!({ "awslogs": { "data": common::base64(&packed) } }).into_event()
    }
}

fn gzip(text: &[u8]) -> io::Result<Vec<u8>> {
    let mut packing = GzEncoder::new(Vec::new(), Compression::default());
    packing.write_all(text)?;
    packing.finish()
}

/// One log event of [`Lines`].
#[derive(Clone, Debug)]
pub struct Line {
    id: Option<String>,
    message: String,
    extracted_fields: Map<String, Value>,
}

impl Line {
    /// A log event with this payload as its message's JSON.
    ///
    /// # Panics
    /// If the payload does not serialise.
    pub fn json<T: Serialize>(payload: &T) -> Self {
        Self::text(common::to_json(payload))
    }

    /// A log event with this message as it is.
    pub fn text(message: impl Into<String>) -> Self {
        Self { id: None, message: message.into(), extracted_fields: Map::new() }
    }

    /// The log event's identifier.
    #[must_use]
    pub fn id(mut self, id: &str) -> Self {
        self.id = Some(id.to_owned());
        self
    }

    /// Adds a field that the subscription filter's pattern found.
    #[must_use]
    pub fn extracted_field(mut self, name: &str, value: &str) -> Self {
        self.extracted_fields.insert(name.to_owned(), value.into());
        self
    }

    fn into_log_event(self, index: usize) -> Value {
        let id = self.id.unwrap_or_else(|| format!("line-{index}"));
        let mut log_event = json!({ "id": id, "timestamp": 1_545_082_649_183_u64, "message": self.message });
        if let (false, Some(fields)) = (self.extracted_fields.is_empty(), log_event.as_object_mut()) {
            fields.insert("extractedFields".to_owned(), self.extracted_fields.into());
        }
        log_event
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::context::Context;
    use crate::record::FromRecord;
    use crate::source::BatchSource;
    use crate::source::cloudwatch_logs::{CloudWatchLogs, LogEvent};

    fn unpacked(lines: Lines) -> String {
        let event = String::from_utf8(lines.into_event()).unwrap();
        CloudWatchLogs::unpack(&event).unwrap().into_owned()
    }

    #[test]
    fn lines_are_an_event_of_their_source() {
        let line = Line::text("127.0.0.1 -").id("last").extracted_field("ip", "127.0.0.1");
        let event = unpacked(Lines::of([json!({"level": "ERROR"})]).log_group("/g").line(line));
        let ((), records) = CloudWatchLogs::decode(&event).unwrap();
        let context = Context::new(lambda_runtime::Context::default());
        let events: Vec<_> = records.iter().map(|record| LogEvent::from_record(record, &context).unwrap()).collect();
        assert_eq!((events[0].id(), events[0].message()), ("line-0", r#"{"level":"ERROR"}"#));
        assert_eq!((events[1].id(), events[1].log_group().as_deref()), ("last", Some("/g")));
        assert_eq!(events[1].extracted_field("ip").as_deref(), Some("127.0.0.1"));
        assert!(events[0].timestamp().is_some());
    }

    #[test]
    fn a_control_message_has_no_records() {
        let event = unpacked(Lines::control_message());
        assert!(CloudWatchLogs::decode(&event).unwrap().1.is_empty());
    }
}
