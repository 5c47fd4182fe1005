//! The fields of an event or a span, and how a line shows them.

use std::borrow::Cow;
use std::fmt::{self, Write as _};

use tracing::field::{Field, Visit};

/// Where rendered fields go, the message apart from the others.
#[derive(Default)]
pub(crate) struct Fields<R> {
    pub(crate) message: String,
    pub(crate) rest: R,
}

/// The fields besides the message.
pub(crate) trait Rest {
    /// Takes one; `is_text` says whether JSON shows it in quotes.
    fn put(&mut self, name: &'static str, value: fmt::Arguments<'_>, is_text: bool);
}

impl<R: Rest> Fields<R> {
    fn put(&mut self, field: &Field, value: fmt::Arguments<'_>, is_text: bool) {
        match field.name() {
            "message" => self.message = value.to_string(),
            name => self.rest.put(name, value, is_text),
        }
    }
}

impl<R: Rest> Visit for Fields<R> {
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

/// The name that a field has in JSON: those at the top are taken, and `is_taken` may know of others.
pub(crate) fn free(name: &str, is_taken: impl Fn(&str) -> bool) -> Cow<'_, str> {
    let mut free = Cow::Borrowed(name);
    if matches!(name, "timestamp" | "level" | "message") {
        free.to_mut().push('_');
        while is_taken(&free) {
            free.to_mut().push('_');
        }
    }
    free
}

/// A field of a line.
pub(crate) fn append(line: &mut String, json: bool, name: &str, value: fmt::Arguments<'_>, is_text: bool) {
    let written = if json {
        let value = if is_text { quoted(&value.to_string()) } else { value.to_string() };
        write!(line, ",{}:{value}", quoted(name))
    } else {
        write!(line, " {name}={}", on_one_line(&value.to_string()))
    };
    // Writing to a string does not fail.
    let _ = written;
}

/// Text without control characters: a line break would become a log event of its own, with whatever an
/// identifier from outside makes it say.
pub(crate) fn on_one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// A JSON string.
pub(crate) fn quoted(text: &str) -> String {
    serde_json::to_string(text).unwrap_or_default()
}
