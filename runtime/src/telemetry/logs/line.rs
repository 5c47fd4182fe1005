//! A line with all that it belongs to.

use std::fmt::Write as _;
use std::io::IsTerminal;
use std::sync::OnceLock;
use std::time::SystemTime;

use tracing::Level;

use crate::telemetry::logs::fields::{append, free, on_one_line, quoted};
use crate::telemetry::logs::layer::Rendered;
use crate::telemetry::timestamp::Timestamp;

/// What lines look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    /// An object a line.
    Json,
    /// Text, perhaps in colour.
    Text {
        /// Whether a terminal shows it.
        is_coloured: bool,
    },
}

/// What is the same all the time; who reads text knows it, and on a machine of one's own it says nothing.
const OF_JSON_ONLY: [&str; 5] = ["coldStart", "handler", "tenantId", "traceId", "xrayTraceId"];

impl Style {
    /// As the function is configured: <https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-logformat.html>.
    pub(crate) fn from_env() -> Self {
        let variable = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
        if variable("AWS_LAMBDA_LOG_FORMAT").is_some_and(|format| format.eq_ignore_ascii_case("json")) {
            return Self::Json;
        }
        // <https://no-color.org>
        let is_plain = variable("NO_COLOR").is_some() || variable("TERM").is_some_and(|term| term == "dumb");
        Self::Text { is_coloured: !is_plain && std::io::stderr().is_terminal() }
    }
}

/// What a line says.
pub(crate) struct Line<'l> {
    pub(crate) level: Level,
    pub(crate) target: &'l str,
    pub(crate) message: &'l str,
    /// Each name once.
    pub(crate) fields: Vec<&'l Rendered>,
}

impl Line<'_> {
    /// The line, with its end.
    pub(crate) fn write(&self, style: Style, now: SystemTime) -> String {
        match style {
            Style::Json => self.json(now),
            Style::Text { is_coloured } => self.text(now, is_coloured),
        }
    }

    fn json(&self, now: SystemTime) -> String {
        let (timestamp, level, message) = (Timestamp(now), self.level, quoted(self.message));
        let mut line = format!(r#"{{"timestamp":"{timestamp}","level":"{level}","message":{message}"#);
        for Rendered { name, text, is_text } in &self.fields {
            let name = free(name, |other| self.fields.iter().any(|field| field.name == other));
            append(&mut line, true, &name, format_args!("{text}"), *is_text);
        }
        for (name, text) in of_the_function().iter().chain([&("target", self.target.to_owned())]) {
            if self.fields.iter().all(|field| field.name != *name) {
                append(&mut line, true, name, format_args!("{text}"), true);
            }
        }
        line.push_str("}\n");
        line
    }

    fn text(&self, now: SystemTime, is_coloured: bool) -> String {
        let (timestamp, level, message) = (Timestamp(now), self.level, on_one_line(self.message));
        let (dim, bold, end) = if is_coloured { ("\u{1b}[2m", "\u{1b}[1m", "\u{1b}[0m") } else { ("", "", "") };
        let colour = match self.level {
            _ if !is_coloured => "",
            Level::ERROR => "\u{1b}[31m",
            Level::WARN => "\u{1b}[33m",
            Level::INFO => "\u{1b}[32m",
            Level::DEBUG => "\u{1b}[34m",
            Level::TRACE => "\u{1b}[35m",
        };
        let bold = if self.level <= Level::WARN { bold } else { "" };
        let mut line = format!("{dim}{timestamp}{end} {colour}{level:>5}{end} {bold}{message}{end}");
        for Rendered { name, text, .. } in &self.fields {
            // The one request of a local run is called that.
            if OF_JSON_ONLY.contains(name) || (*name == "requestId" && text == "local") {
                continue;
            }
            // Writing to a string does not fail.
            let _ = write!(line, " {dim}{name}={end}{}", on_one_line(text));
        }
        line.push('\n');
        line
    }
}

/// What Lambda calls the function.
fn of_the_function() -> &'static [(&'static str, String)] {
    static NAMES: OnceLock<Vec<(&'static str, String)>> = OnceLock::new();
    NAMES.get_or_init(|| {
        let variables =
            [("functionName", "AWS_LAMBDA_FUNCTION_NAME"), ("functionVersion", "AWS_LAMBDA_FUNCTION_VERSION")];
        variables.into_iter().filter_map(|(name, variable)| Some((name, std::env::var(variable).ok()?))).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_shows_colours_and_nothing_else_does() {
        let field = Rendered { name: "order", text: "a\n\u{1b}[2J".to_owned(), is_text: true };
        let line = Line { level: Level::WARN, target: "t", message: "late", fields: vec![&field] };
        let text = |is_coloured| line.write(Style::Text { is_coloured }, SystemTime::UNIX_EPOCH);
        assert_eq!(text(false), "1970-01-01T00:00:00.000Z  WARN late order=a  [2J\n");
        let [dim, bold, yellow, end] = ["\u{1b}[2m", "\u{1b}[1m", "\u{1b}[33m", "\u{1b}[0m"];
        let expected =
            format!("{dim}1970-01-01T00:00:00.000Z{end} {yellow} WARN{end} {bold}late{end} {dim}order={end}a  [2J\n");
        assert_eq!(text(true), expected);
    }
}
