//! `tracing` spans. They are of the level `ERROR`, so that no filter of levels takes them away from the lines
//! inside.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tracing::Span;
use tracing::field::Empty;
use tracing::span::EnteredSpan;

use crate::call::Call;
use crate::error::Failure;
use crate::source::BatchRecord;
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
    tracing::error_span!(
        target: TARGET,
        INVOCATION,
        requestId = cx.request_id(),
        handler = call.spec.name,
        coldStart = is_cold,
        tenantId = cx.tenant_id(),
        xrayTraceId = cx.trace_id().and_then(xray_trace_id),
        error_type = Empty,
    )
}

/// The spans of an invocation's records, each from when it starts until its outcome is known.
#[derive(Default)]
pub(crate) struct Spans(Mutex<Vec<Record>>);

enum Record {
    Waiting { id: Option<String>, origin: Origin },
    Running(Span),
    Over,
}

impl Spans {
    fn lock(&self) -> MutexGuard<'_, Vec<Record>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells what the records are.
    pub(crate) fn name<R: BatchRecord>(&self, records: &[R]) {
        let named = |record: &R| Record::Waiting {
            id: Some(record.id().to_owned()),
            origin: Origin::of(|name| record.label(name)),
        };
        *self.lock() = records.iter().map(named).collect();
    }

    /// Tells what the only request is.
    pub(crate) fn name_request(&self, origin: Origin) {
        *self.lock() = vec![Record::Waiting { id: None, origin }];
    }

    fn span(&self, record: usize) -> Option<Span> {
        let mut records = self.lock();
        let record = records.get_mut(record)?;
        if let Record::Waiting { id, origin } = record {
            *record = Record::Running(start(id.as_deref(), origin));
        }
        match record {
            Record::Running(span) => Some(span.clone()),
            Record::Waiting { .. } | Record::Over => None,
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

    /// Notes that the record failed.
    pub(crate) fn failed(&self, record: usize, failure: &Failure) {
        if let Some(span) = self.span(record) {
            span.record("error_type", failure.error_type());
        }
    }

    /// The record's outcome is known.
    pub(crate) fn end(&self, record: usize) {
        let ended = self.lock().get_mut(record).map(|record| std::mem::replace(record, Record::Over));
        // Outside of the lock: subscribers hear of it.
        drop(ended);
    }
}

fn start(id: Option<&str>, origin: &Origin) -> Span {
    tracing::error_span!(
        target: TARGET,
        RECORD,
        record = id,
        route = origin.route,
        correlationId = origin.correlation_id.as_deref(),
        traceId = origin.trace_id(),
        error_type = Empty,
    )
}
