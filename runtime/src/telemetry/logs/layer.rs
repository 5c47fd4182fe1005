//! The subscriber's layer that writes a line for each event: with all that its spans say, so with the invocation
//! and the record that it belongs to.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
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

impl Said {
    /// A span has no message: one of its fields may be called that.
    fn of(fields: Fields<Vec<Rendered>>) -> Self {
        let Fields { message, mut rest } = fields;
        if !message.is_empty() {
            rest.push(Rendered { name: "message", text: message, is_text: true });
        }
        Self(rest)
    }
}

/// An invocation on its way.
struct Running {
    request_id: String,
    is_in_sample: bool,
    /// Whether it may be over at any moment: then nothing is kept that nobody could write any more.
    is_near_its_end: AtomicBool,
    kept: Mutex<Buffer>,
    out: Out,
    style: Style,
}

/// The invocations on their way, for those who know no more than a request's identifier.
static RUNNING: Mutex<Vec<Arc<Running>>> = Mutex::new(Vec::new());

/// Writes what the invocation has kept, because it does not end well or may not; from now on its details are written at once.
pub(crate) fn write_kept(request_id: &str) {
    if let Some(running) = running(request_id) {
        running.is_near_its_end.store(true, Ordering::Relaxed);
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
                is_near_its_end: AtomicBool::new(false),
                kept: Mutex::new(Buffer::new(self.kept_bytes)),
                out: Arc::clone(&self.out),
                style: self.style,
            });
            RUNNING.lock().unwrap_or_else(PoisonError::into_inner).push(Arc::clone(&running));
            span.extensions_mut().replace(running);
        }
        // Not `insert`: the layer may be there twice.
        span.extensions_mut().replace(Said::of(fields));
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, cx: Context<'_, S>) {
        let Some(span) = cx.span(id) else { return };
        let mut fields = Fields::<Vec<Rendered>>::default();
        values.record(&mut fields);
        // How lambkin's own spans ended is for traces; the lines say it themselves.
        if span.metadata().target() == TARGET {
            fields.rest.retain(|field| field.name != "error_type");
        }
        let Said(mut recorded) = Said::of(fields);
        if let Some(Said(said)) = span.extensions_mut().get_mut::<Said>() {
            said.retain(|old| recorded.iter().all(|new| new.name != old.name));
            said.append(&mut recorded);
        }
    }

    fn on_event(&self, event: &Event<'_>, cx: Context<'_, S>) {
        // A line of the crate `log` brings its place as fields.
        let normalized = event.normalized_metadata();
        let metadata = normalized.as_ref().unwrap_or(event.metadata());
        let is_always_written = self.levels.is_written(metadata);
        let (running, record) = place(cx.event_scope(event));
        // Nothing is rendered that nobody will see: most invocations are not in a sample.
        let is_in_sample = running.as_ref().is_some_and(|running| running.is_in_sample);
        if running.is_some() && !is_always_written && !is_in_sample && self.kept_bytes == 0 {
            return;
        }
        let mut fields = Fields::<Vec<Rendered>>::default();
        event.record(&mut fields);
        if normalized.is_some() {
            fields.rest.retain(|field| !field.name.starts_with("log."));
        }
        let named = fields.rest.iter().find(|field| field.name == "requestId").map(|field| field.text.as_str());
        // The watchdog's lines come from outside.
        let running = running.or_else(|| running_named(named));
        let is_at_once =
            |running: &Arc<Running>| self.kept_bytes > 0 && running.is_near_its_end.load(Ordering::Relaxed);
        let is_told_in_detail = |running: &Arc<Running>| running.is_in_sample || is_at_once(running);
        let is_written = is_always_written || running.as_ref().is_some_and(is_told_in_detail);
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

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use tracing_subscriber::Registry;
    use tracing_subscriber::layer::SubscriberExt;

    use super::*;

    /// What is written while this runs, with so many bytes for details, and details of the sample.
    fn text(kept_bytes: usize, sample: Sample, work: impl FnOnce()) -> String {
        let lines = Arc::new(Mutex::new(String::new()));
        let into = Arc::clone(&lines);
        let (levels, _) = Levels::read(|_| None, kept_bytes > 0 || !sample.is_nothing());
        let out: Out = Arc::new(move |line: &str| into.lock().unwrap().push_str(line));
        let layer = LogLayer { levels: levels.clone(), style: Style::Json, sample, kept_bytes, out };
        tracing::subscriber::with_default(Registry::default().with(layer.with_filter(levels)), work);
        let lines = lines.lock().unwrap();
        lines.clone()
    }

    fn written(kept_bytes: usize, work: impl FnOnce()) -> Vec<Value> {
        let text = text(kept_bytes, Sample::default(), work);
        text.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))).collect()
    }

    fn messages(lines: &[Value]) -> Vec<&str> {
        lines.iter().map(|line| line["message"].as_str().unwrap()).collect()
    }

    fn invocation(request_id: &str) -> tracing::Span {
        tracing::error_span!(target: TARGET, INVOCATION, requestId = request_id, handler = "h")
    }

    #[test]
    fn a_spans_message_is_a_field_like_any_other() {
        let lines = written(0, || {
            tracing::info_span!("post", message = "of the span", timestamp = 7).in_scope(|| tracing::info!("posted"));
        });
        assert_eq!((&lines[0]["message"], &lines[0]["message_"]), (&json!("posted"), &json!("of the span")));
        assert_eq!(lines[0]["timestamp_"], 7);
    }

    #[test]
    fn no_name_is_there_twice() {
        let line = text(0, Sample::default(), || {
            let span = tracing::info_span!("outer", level_ = 3, requestId = "r", "with \"quotes\"\n" = 1);
            span.in_scope(|| tracing::info!(level = 1, level_ = 2, "" = "nothing", target = "mine", "twice"));
        });
        let object: serde_json::Map<String, Value> = serde_json::from_str(&line).unwrap();
        // As many as there are in the text.
        for name in object.keys() {
            assert_eq!(line.matches(&format!("{}:", json!(name))).count(), 1, "{name}: {line}");
        }
        assert_eq!((&object["target"], &object[""]), (&json!("mine"), &json!("nothing")));
    }

    /// Logs while it is shown.
    struct Talkative;

    impl fmt::Debug for Talkative {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            tracing::info!("inside");
            f.write_str("talked")
        }
    }

    /// Can't be shown.
    struct Shy;

    impl fmt::Debug for Shy {
        fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
            panic!("shy")
        }
    }

    #[test]
    fn what_logs_or_panics_while_it_is_shown_takes_no_other_line_along() {
        let lines = written(1024, || {
            let span = invocation("odd");
            let _entered = span.enter();
            let panics = |run: fn()| assert!(std::panic::catch_unwind(run).is_err());
            tracing::info!(who = ?Talkative, "outside");
            panics(|| tracing::info!(who = ?Shy, "never"));
            panics(|| tracing::debug!(who = ?Shy, "never"));
            panics(|| drop(tracing::info_span!("never", who = ?Shy)));
            let inner = tracing::info_span!("inner", who = tracing::field::Empty, other = ?Talkative);
            let record = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
                inner.record("who", tracing::field::debug(Shy));
            }));
            assert!(record.is_err());
            inner.in_scope(|| tracing::info!("after"));
            tracing::debug!("a detail");
            tracing::error!("failed");
        });
        let messages = messages(&lines);
        for message in ["outside", "after", "a detail", "failed"] {
            assert_eq!(messages.iter().filter(|other| **other == message).count(), 1, "{message}: {messages:?}");
        }
        assert!(lines.iter().all(|line| line["message"] == "inside" || line["requestId"] == "odd"), "{lines:#?}");
    }
    #[test]
    fn invocations_beside_each_other_keep_their_own_details() {
        let lines = written(1024, || {
            let (one, other) = (invocation("beside-1"), invocation("beside-2"));
            one.in_scope(|| tracing::debug!("of one"));
            other.in_scope(|| tracing::debug!("of the other"));
            one.in_scope(|| tracing::debug!("more of one"));
            other.in_scope(|| tracing::error!("the other failed"));
            // Who knows no more than the identifier.
            tracing::error!(requestId = "beside-1", "stuck");
            drop(one);
            assert!(running("beside-1").is_none() && running("beside-2").is_some());
            // Nobody is there any more to keep it.
            tracing::debug!(requestId = "beside-1", "late");
        });
        assert_eq!(messages(&lines), ["of the other", "the other failed", "of one", "more of one", "stuck"]);
    }

    #[test]
    fn a_retry_beside_its_first_attempt_has_details_of_its_own() {
        let lines = written(1024, || {
            let (first, retry) = (invocation("retried"), invocation("retried"));
            first.in_scope(|| tracing::debug!("of the first"));
            retry.in_scope(|| tracing::debug!("of the retry"));
            first.in_scope(|| tracing::error!("the first failed"));
            drop(retry);
            first.in_scope(|| tracing::debug!("of the first again"));
            write_kept("retried");
        });
        assert_eq!(messages(&lines), ["of the first", "the first failed", "of the first again"]);
    }

    #[test]
    fn near_its_end_an_invocation_keeps_nothing_back() {
        let lines = written(1024, || {
            let span = invocation("near");
            span.in_scope(|| tracing::debug!("before"));
            write_kept("near");
            span.in_scope(|| tracing::debug!("the last words"));
        });
        assert_eq!(messages(&lines), ["before", "the last words"]);
    }

    #[test]
    fn the_layer_may_be_there_twice() {
        let out: Out = Arc::new(|_| ());
        let (levels, _) = Levels::read(|_| None, true);
        let sample = Sample::default();
        let layer =
            || LogLayer { levels: levels.clone(), style: Style::Json, sample, kept_bytes: 1024, out: Arc::clone(&out) };
        tracing::subscriber::with_default(Registry::default().with(layer()).with(layer()), || {
            invocation("twice").in_scope(|| tracing::error!("once more"));
        });
    }

    #[test]
    fn what_is_not_in_the_sample_is_not_even_rendered() {
        let sample = Sample::parse("0.5").unwrap();
        let ids = || (0..100).map(|number| format!("sampled-{number}"));
        let (inside, outside) = (ids().find(|id| sample.has(id)).unwrap(), ids().find(|id| !sample.has(id)).unwrap());
        let text = text(0, sample, || {
            invocation(&inside).in_scope(|| tracing::debug!("seen"));
            invocation(&outside).in_scope(|| {
                tracing::debug!(who = ?Shy, "not seen");
                tracing::info!("seen, too");
            });
        });
        let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(messages(&lines), ["seen", "seen, too"]);
    }
    #[test]
    fn a_field_that_is_recorded_again_has_its_last_value() {
        let lines = written(0, || {
            let span = tracing::info_span!("count", so_far = 1, total = tracing::field::Empty);
            span.record("so_far", 2).record("total", 7).record("total", 8);
            span.in_scope(|| tracing::info!("counted"));
        });
        assert_eq!((&lines[0]["so_far"], &lines[0]["total"]), (&json!(2), &json!(8)));
    }
}
