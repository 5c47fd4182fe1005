//! The subscriber's layer that writes a line for each event: with all that its spans say, so with the invocation
//! and the record that it belongs to.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};
use tracing_log::NormalizeEvent;
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;
use tracing_subscriber::registry::{LookupSpan, Scope};

use crate::telemetry::logs::buffer::Buffer;
use crate::telemetry::logs::fields::{Fields, Rest};
use crate::telemetry::logs::filter::Levels;
use crate::telemetry::logs::line::{Line, Style};
use crate::telemetry::logs::sample::Sample;
use crate::telemetry::spans::{INVOCATION, RECORD, TARGET};

/// Where lines go. Several at once come in one piece.
pub(crate) type Out = Arc<dyn Fn(&str) + Send + Sync>;

/// Writes events as lines.
pub(crate) struct LogLayer {
    pub(crate) levels: Levels,
    pub(crate) style: Style,
    pub(crate) sample: Sample,
    /// How many bytes of details an invocation keeps.
    pub(crate) kept_bytes: usize,
    pub(crate) out: Out,
}

/// A field, rendered.
pub(crate) struct Rendered {
    pub(crate) name: &'static str,
    pub(crate) text: String,
    /// Whether JSON shows it in quotes.
    pub(crate) is_text: bool,
}

impl Rest for Vec<Rendered> {
    fn put(&mut self, name: &'static str, value: fmt::Arguments<'_>, is_text: bool) {
        self.push(Rendered { name, text: value.to_string(), is_text });
    }
}

/// What a span says about the lines inside.
struct Said(Vec<Rendered>);

/// An invocation on its way.
struct Running {
    request_id: String,
    is_in_sample: bool,
    kept: Mutex<Buffer>,
    out: Out,
    style: Style,
}

/// The invocations on their way, for those who know no more than a request's identifier.
static RUNNING: Mutex<Vec<Arc<Running>>> = Mutex::new(Vec::new());

/// Writes what the invocation has kept, because it may not end well.
pub(crate) fn write_kept(request_id: &str) {
    if let Some(running) = running(request_id) {
        running.write_kept(None);
    }
}

fn running(request_id: &str) -> Option<Arc<Running>> {
    let all = RUNNING.lock().unwrap_or_else(PoisonError::into_inner);
    all.iter().rev().find(|running| running.request_id == request_id).cloned()
}

impl Running {
    /// Writes what was kept about this record and about none; or all of it.
    fn write_kept(&self, record: Option<&Id>) {
        let (lines, dropped) = self.kept.lock().unwrap_or_else(PoisonError::into_inner).take(record);
        if dropped > 0 {
            let message = format!("{dropped} earlier lines of detail did not fit into `LAMBKIN_LOG_BUFFER`");
            let said = [Rendered { name: "requestId", text: self.request_id.clone(), is_text: true }];
            let line = Line { level: Level::WARN, target: TARGET, message: &message, fields: said.iter().collect() };
            (self.out)(&line.write(self.style, SystemTime::now()));
        }
        if !lines.is_empty() {
            (self.out)(&lines);
        }
    }
}

impl<S: Subscriber + for<'l> LookupSpan<'l>> Layer<S> for LogLayer {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, cx: Context<'_, S>) {
        let Some(span) = cx.span(id) else { return };
        let mut fields = Fields::<Vec<Rendered>>::default();
        attributes.record(&mut fields);
        let metadata = attributes.metadata();
        if (metadata.target(), metadata.name()) == (TARGET, INVOCATION)
            && let Some(request_id) = fields.rest.iter().find(|field| field.name == "requestId")
        {
            let running = Arc::new(Running {
                request_id: request_id.text.clone(),
                is_in_sample: self.sample.has(&request_id.text),
                kept: Mutex::new(Buffer::new(self.kept_bytes)),
                out: Arc::clone(&self.out),
                style: self.style,
            });
            RUNNING.lock().unwrap_or_else(PoisonError::into_inner).push(Arc::clone(&running));
            span.extensions_mut().insert(running);
        }
        span.extensions_mut().insert(Said(fields.rest));
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, cx: Context<'_, S>) {
        let Some(span) = cx.span(id) else { return };
        let mut fields = Fields::<Vec<Rendered>>::default();
        values.record(&mut fields);
        // How lambkin's own spans ended is for traces; the lines say it themselves.
        if span.metadata().target() == TARGET {
            fields.rest.retain(|field| field.name != "error_type");
        }
        if let Some(Said(said)) = span.extensions_mut().get_mut::<Said>() {
            said.retain(|old| fields.rest.iter().all(|new| new.name != old.name));
            said.append(&mut fields.rest);
        }
    }

    fn on_event(&self, event: &Event<'_>, cx: Context<'_, S>) {
        let mut fields = Fields::<Vec<Rendered>>::default();
        event.record(&mut fields);
        // A line of the crate `log` brings its place as fields.
        let normalized = event.normalized_metadata();
        if normalized.is_some() {
            fields.rest.retain(|field| !field.name.starts_with("log."));
        }
        let metadata = normalized.as_ref().unwrap_or(event.metadata());
        let named = fields.rest.iter().find(|field| field.name == "requestId").map(|field| field.text.as_str());
        let (running, record) = place(cx.event_scope(event));
        // The watchdog's lines come from outside.
        let running = running.or_else(|| running_named(named));
        let is_written =
            self.levels.is_written(metadata) || running.as_ref().is_some_and(|running| running.is_in_sample);
        if !is_written && (self.kept_bytes == 0 || running.is_none()) {
            return;
        }
        let line = self.line(metadata, &fields, cx.event_scope(event));
        let Some(running) = running else { return (self.out)(&line) };
        if !is_written {
            running.kept.lock().unwrap_or_else(PoisonError::into_inner).keep(record, line);
            return;
        }
        if *metadata.level() == Level::ERROR {
            // First what led to it.
            running.write_kept(record.as_ref());
        }
        (self.out)(&line);
    }

    fn on_close(&self, id: Id, cx: Context<'_, S>) {
        let running = cx.span(&id).and_then(|span| span.extensions_mut().remove::<Arc<Running>>());
        if let Some(running) = running {
            let mut all = RUNNING.lock().unwrap_or_else(PoisonError::into_inner);
            all.retain(|other| !Arc::ptr_eq(other, &running));
        }
    }
}

fn running_named(request_id: Option<&str>) -> Option<Arc<Running>> {
    running(request_id?)
}

/// The invocation and the record that a line belongs to.
fn place<S: for<'l> LookupSpan<'l>>(scope: Option<Scope<'_, S>>) -> (Option<Arc<Running>>, Option<Id>) {
    let mut record = None;
    for span in scope.into_iter().flatten() {
        if let Some(running) = span.extensions().get::<Arc<Running>>() {
            return (Some(Arc::clone(running)), record);
        }
        if (span.metadata().target(), span.metadata().name()) == (TARGET, RECORD) {
            record = record.or_else(|| Some(span.id()));
        }
    }
    (None, record)
}

impl LogLayer {
    fn line<S>(&self, metadata: &Metadata<'_>, fields: &Fields<Vec<Rendered>>, scope: Option<Scope<'_, S>>) -> String
    where
        S: for<'l> LookupSpan<'l>,
    {
        let spans: Vec<_> = scope.into_iter().flatten().collect();
        let said: Vec<_> = spans.iter().map(tracing_subscriber::registry::SpanRef::extensions).collect();
        let outer = said.iter().filter_map(|said| said.get::<Said>()).flat_map(|Said(fields)| fields);
        // Of two fields of one name the inner one counts.
        let mut shown: Vec<&Rendered> = Vec::new();
        for field in fields.rest.iter().chain(outer) {
            if shown.iter().all(|inner| inner.name != field.name) {
                shown.push(field);
            }
        }
        let line =
            Line { level: *metadata.level(), target: metadata.target(), message: &fields.message, fields: shown };
        line.write(self.style, SystemTime::now())
    }
}
