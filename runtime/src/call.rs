//! One invocation on its way through the pipeline.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use futures_util::future::BoxFuture;

use tokio::time::{Instant, timeout_at};

use crate::batch::Outcome;
#[cfg(any(feature = "logs", feature = "metrics"))]
use crate::batch::response::Summary;
use crate::context::Context;
use crate::deadline::{DeadlineExceeded, watchdog::Watch};
use crate::error::{Failure, FailureKind};
use crate::idempotency::Session;
use crate::panic;
use crate::spec::FunctionSpec;
use crate::telemetry::spans::Spans;

/// What is left of the time for the response where no margin says.
const LAST_MOMENT: Duration = Duration::from_millis(100);

/// How long what is left to do may take where the deadline is unknown.
const LONGEST_CLOSING: Duration = Duration::from_secs(30);

/// What the pipeline knows about the invocation that it serves.
///
/// Public for generated code only.
#[doc(hidden)]
pub struct Call<'a> {
    pub(crate) event: &'a [u8],
    pub(crate) cx: Context,
    pub(crate) spec: &'static FunctionSpec,
    /// The instant after which no user code starts, and what runs is cancelled.
    pub(crate) line: Option<Instant>,
    watch: Option<Watch>,
    /// What is left to do when the handler is done, if anything is.
    closing: OnceLock<Arc<dyn Closing>>,
    /// The call that this one is a part of, and which closes it.
    whole: Option<&'a Self>,
    reports: Option<&'a Reports>,
    /// Where its records and their lines in the log belong.
    pub(crate) spans: Spans,
    #[cfg(any(feature = "logs", feature = "metrics"))]
    pub(crate) tally: OnceLock<Summary>,
}

/// What an invocation leaves to do at its end. An object, so that a function without it links nothing of it.
pub(crate) trait Closing: Send + Sync {
    /// The keys of `#[idempotent]`.
    fn session(self: Arc<Self>) -> Arc<Session>;

    /// Does it, in time for the response.
    fn close<'c>(self: Arc<Self>, call: &'c Call<'c>) -> BoxFuture<'c, ()>;
}

/// Where an in-process caller finds the outcome of each record afterwards.
pub(crate) type Reports = Mutex<Vec<RecordReport>>;

/// What became of one record of an event.
#[derive(Clone, Debug)]
pub struct RecordReport {
    /// The record's identifier, as the event source's response names it.
    pub id: String,
    /// What became of it.
    pub outcome: Outcome,
}

impl<'a> Call<'a> {
    pub(crate) fn new(spec: &'static FunctionSpec, event: &'a [u8], cx: Context, reports: Option<&'a Reports>) -> Self {
        let line = match (spec.margin(), cx.deadline()) {
            // A margin that is longer than the time left means: already over.
            (Some(margin), Some(deadline)) => Some(deadline.checked_sub(margin).unwrap_or_else(Instant::now)),
            _ => None,
        };
        let watch = match (line, cx.deadline()) {
            // Past the line nothing starts, so nothing can be stuck.
            (Some(line), Some(deadline)) if Instant::now() < line => {
                Some(Watch::start(spec.name, cx.clone(), line, deadline))
            }
            _ => None,
        };
        Self {
            event,
            cx,
            spec,
            line,
            watch,
            closing: OnceLock::new(),
            whole: None,
            reports,
            spans: Spans::default(),
            #[cfg(any(feature = "logs", feature = "metrics"))]
            tally: OnceLock::new(),
        }
    }

    /// The same call for a part of the handler that has a deadline of its own: the earlier line counts.
    #[must_use]
    pub fn within(&'a self, spec: &'static FunctionSpec) -> Self {
        let part = Self::new(spec, self.event, self.cx.clone(), self.reports);
        let line = [self.line, part.line].into_iter().flatten().min();
        Self { line, whole: Some(self), ..part }
    }

    /// The invocation's context, for extractors.
    pub fn context(&self) -> &Context {
        &self.cx
    }

    /// Runs the user's future: at most until the line, and with panics caught.
    ///
    /// # Errors
    /// A [`Failure`] of kind `Panic` or `DeadlineExceeded`.
    pub async fn guard<F: Future>(&self, future: F) -> Result<F::Output, Failure> {
        let Some(line) = self.line else {
            return panic::catch(future).await;
        };
        // `timeout_at` polls once even when the time is over; a record past the line must not start.
        if Instant::now() < line
            && let Ok(result) = timeout_at(line, panic::catch(future)).await
        {
            return result;
        }
        Err(self.exceeded().into())
    }

    /// [`Self::guard`], but past the line `fallback` makes the result, within half of the margin.
    ///
    /// # Errors
    /// As `guard`; `DeadlineExceeded` only if the fallback takes too long as well.
    pub async fn guard_or<F, G, H>(&self, future: F, fallback: G) -> Result<F::Output, Failure>
    where
        F: Future,
        G: FnOnce(DeadlineExceeded) -> H,
        H: Future<Output = F::Output>,
    {
        self.or_exceeded(self.guard(future).await, fallback).await
    }

    /// The result of [`Self::guard`], or what `fallback` makes of one that the line has cut off.
    ///
    /// # Errors
    /// As `guard_or`.
    pub async fn or_exceeded<T, G, H>(&self, returned: Result<T, Failure>, fallback: G) -> Result<T, Failure>
    where
        G: FnOnce(DeadlineExceeded) -> H,
        H: Future<Output = T>,
    {
        let failure = match returned {
            Err(failure) if failure.kind() == FailureKind::DeadlineExceeded => failure,
            other => return other,
        };
        match self.margin_end() {
            Some(end) => match timeout_at(end, panic::catch(fallback(self.exceeded()))).await {
                Ok(result) => result,
                Err(_) => Err(failure),
            },
            None => Err(failure),
        }
    }

    pub(crate) fn exceeded(&self) -> DeadlineExceeded {
        let margin = self.spec.margin().unwrap_or_default();
        DeadlineExceeded::new(self.spec.name, margin, self.cx.remaining().unwrap_or_default())
    }

    /// The end of the first half of the margin: what the user may still do past the line ends here, so
    /// that the response is out before Lambda's limit.
    pub(crate) fn margin_end(&self) -> Option<Instant> {
        let half = self.spec.margin()? / 2;
        let own = self.cx.deadline()?.checked_sub(half)?;
        // A part's may be later than that of the whole, which then counts.
        Some(self.whole.and_then(Self::margin_end).map_or(own, |end| end.min(own)))
    }

    /// Until when there is any use in waiting to start: the line, or a moment before the deadline.
    pub(crate) fn last_start(&self) -> Option<Instant> {
        self.line.or_else(|| self.cx.deadline()?.checked_sub(LAST_MOMENT))
    }

    /// What is left to do at the end; made if there is nothing yet.
    pub(crate) fn closing(&self, make: impl FnOnce() -> Arc<dyn Closing>) -> Arc<dyn Closing> {
        match self.whole {
            Some(whole) => whole.closing(make),
            None => Arc::clone(self.closing.get_or_init(make)),
        }
    }

    /// Does what is left to do when the handler is done, in time for the response.
    pub(crate) async fn close(&self) {
        if let Some(closing) = self.closing.get() {
            Arc::clone(closing).close(self).await;
        }
    }

    /// Until when what is left to do may take.
    pub(crate) fn closing_end(&self) -> Instant {
        let end = match self.cx.deadline() {
            // The last quarter of the margin is the response's.
            Some(deadline) => deadline.checked_sub(self.spec.margin().map_or(LAST_MOMENT, |margin| margin / 4)),
            None => Instant::now().checked_add(LONGEST_CLOSING),
        };
        end.unwrap_or_else(Instant::now)
    }

    /// Whether the line has passed.
    pub(crate) fn is_over(&self) -> bool {
        self.line.is_some_and(|line| Instant::now() >= line)
    }

    /// Tells the watchdog what the records are called.
    pub(crate) fn name_records<'r>(&self, ids: impl Iterator<Item = &'r str>) {
        if let Some(watch) = &self.watch {
            watch.name_records(ids);
        }
    }

    /// Runs a record's pipeline, destructors included, behind a guard of its own, and watched.
    ///
    /// # Errors
    /// The pipeline's, or that it panicked.
    pub async fn attempt<T>(
        &self,
        record: usize,
        pipeline: impl Future<Output = Result<T, Failure>>,
    ) -> Result<T, Failure> {
        let mut attempt = pin!(panic::catch(pipeline));
        let caught = poll_fn(|cx| {
            let _entered = self.spans.enter(record);
            match &self.watch {
                Some(watch) => watch.during(record, || attempt.as_mut().poll(cx)),
                None => attempt.as_mut().poll(cx),
            }
        });
        let attempted = caught.await.and_then(|result| result);
        if let Err(failure) = &attempted {
            self.spans.failed(record, failure);
        }
        attempted
    }

    /// Notes what is wrong with a request that is answered all the same.
    #[cfg(feature = "otel")]
    pub(crate) fn request_failed(&self, error_type: &str) {
        self.whole.unwrap_or(self).spans.request_failed(error_type);
    }

    /// Whether somebody wants to see each record's outcome.
    pub(crate) fn is_observed(&self) -> bool {
        self.reports.is_some()
    }

    pub(crate) fn report(&self, id: &str, outcome: Outcome) {
        if let Some(reports) = self.reports {
            let mut reports = reports.lock().unwrap_or_else(PoisonError::into_inner);
            reports.push(RecordReport { id: id.to_owned(), outcome });
        }
    }
}
