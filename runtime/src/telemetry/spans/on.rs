//! `tracing` spans. They are of the level `ERROR`, so that no filter of levels takes them away from the lines
//! inside.

use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use tracing::Span;
use tracing::field::Empty;
use tracing::span::EnteredSpan;

use crate::call::Call;
use crate::error::Failure;
use crate::source::BatchRecord;
#[cfg(feature = "otel")]
use crate::telemetry::otel;
use crate::telemetry::spans::origin::{Origin, xray_trace_id};

/// Whose spans they are.
pub(crate) const TARGET: &str = "lambkin";

/// The name of an invocation's span.
pub(crate) const INVOCATION: &str = "invocation";

/// The name of a record's, or of the only request's.
pub(crate) const RECORD: &str = "record";

/// The span of an invocation.
pub(crate) fn invocation(call: &Call<'_>, is_cold: bool) -> Span {
    let cx = &call.cx;
    let span = tracing::error_span!(
        target: TARGET,
        INVOCATION,
        requestId = cx.request_id(),
        handler = call.spec.name,
        coldStart = is_cold,
        tenantId = cx.tenant_id(),
        xrayTraceId = cx.trace_id().and_then(xray_trace_id),
        route = Empty,
        correlationId = Empty,
        traceId = Empty,
        error_type = Empty,
    );
    #[cfg(feature = "otel")]
    otel::spans::begin(&span, call, is_cold);
    span
}

/// The spans of an invocation's records, each from when it starts until its outcome is known. Where the invocation is
/// one request, its span is the request's.
#[derive(Default)]
pub(crate) struct Spans {
    records: Mutex<Vec<Record>>,
    request: OnceLock<Span>,
    #[cfg(feature = "otel")]
    failure: OnceLock<String>,
}

enum Record {
    Waiting(Box<Subject>),
    Running(Span),
    Over,
}

/// What a record's span is about.
struct Subject {
    id: String,
    origin: Origin,
    #[cfg(feature = "otel")]
    source: &'static str,
    #[cfg(feature = "otel")]
    destination: Option<String>,
}

impl Spans {
    fn lock(&self) -> MutexGuard<'_, Vec<Record>> {
        self.records.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells what the records are, and of which source.
    pub(crate) fn name<R: BatchRecord>(&self, source: &'static str, records: &[R]) {
        #[cfg(feature = "otel")]
        otel::spans::batch(source, records, true);
        #[cfg(not(feature = "otel"))]
        let _ = source;
        let named = |record: &R| {
            Record::Waiting(Box::new(Subject {
                id: record.id().to_owned(),
                origin: Origin::of(|name| record.label(name)),
                #[cfg(feature = "otel")]
                source,
                #[cfg(feature = "otel")]
                destination: record.destination().map(std::borrow::Cow::into_owned),
            }))
        };
        *self.lock() = records.iter().map(named).collect();
    }

    /// Tells what the only request is. The invocation's span is the current one.
    pub(crate) fn name_request(&self, origin: &Origin) {
        let span = self.request.get_or_init(Span::current);
        span.record("route", origin.route);
        span.record("correlationId", origin.correlation_id.as_deref());
        span.record("traceId", origin.trace_id());
    }

    fn span(&self, record: usize) -> Option<Span> {
        let mut records = self.lock();
        let record = records.get_mut(record)?;
        if let Record::Waiting(subject) = record {
            *record = Record::Running(start(subject));
        }
        match record {
            Record::Running(span) => Some(span.clone()),
            Record::Waiting(_) | Record::Over => None,
        }
    }

    /// Enters a record's span until the value is dropped; starts it the first time.
    pub(crate) fn enter(&self, record: usize) -> Option<EnteredSpan> {
        self.span(record).map(Span::entered)
    }

    pub(crate) fn within<T>(&self, record: usize, work: impl FnOnce() -> T) -> T {
        let _entered = self.enter(record);
        work()
    }

    /// Notes that the record failed, or the request.
    pub(crate) fn failed(&self, record: usize, failure: &Failure) {
        let error_type = failure.error_type();
        if let Some(span) = self.span(record) {
            span.record("error_type", error_type);
            #[cfg(feature = "otel")]
            otel::spans::fail(&span, error_type);
        } else if let Some(span) = self.request.get() {
            span.record("error_type", error_type);
            #[cfg(feature = "otel")]
            self.request_failed(error_type);
        }
    }

    /// Notes what is wrong with the request; the first time counts.
    #[cfg(feature = "otel")]
    pub(crate) fn request_failed(&self, error_type: &str) {
        self.failure.get_or_init(|| error_type.to_owned());
    }

    /// Tells what the request is answered with.
    #[cfg(feature = "otel")]
    pub(crate) fn answered(&self, status: u16) {
        otel::spans::answered(status, self.failure.get().map(String::as_str));
    }

    /// The record's outcome is known.
    pub(crate) fn end(&self, record: usize) {
        let ended = self.lock().get_mut(record).map(|record| std::mem::replace(record, Record::Over));
        // Outside of the lock: subscribers hear of it.
        over(ended);
    }

    /// No outcome is to come any more.
    #[cfg(feature = "otel")]
    pub(crate) fn end_all(&self) {
        let ended = std::mem::take(&mut *self.lock());
        over(ended);
    }
}

fn over(records: impl IntoIterator<Item = Record>) {
    for record in records {
        if let Record::Running(span) = record {
            #[cfg(feature = "otel")]
            otel::spans::end(&span);
            drop(span);
        }
    }
}

fn start(subject: &Subject) -> Span {
    let Subject { id, origin, .. } = subject;
    let span = tracing::error_span!(
        target: TARGET,
        RECORD,
        record = id,
        correlationId = origin.correlation_id.as_deref(),
        traceId = origin.trace_id(),
        error_type = Empty,
    );
    #[cfg(feature = "otel")]
    otel::spans::record(&span, subject.source, id, origin, subject.destination.as_deref());
    span
}
