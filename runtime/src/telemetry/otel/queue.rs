//! Spans that have ended, until they are exported.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use opentelemetry::Context;
use opentelemetry::trace::TraceId;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{Span, SpanData, SpanProcessor};

use crate::telemetry::otel::spans;

/// The most that wait at the same time: some megabytes of them.
const MAX_SPANS: usize = 8192;

/// Spans that have ended.
#[derive(Debug, Default)]
pub(crate) struct Queue(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    ended: Ended,
    /// The traces of the invocations that run; one of them can be in it twice.
    running: Vec<TraceId>,
}

/// What is to be exported.
#[derive(Debug, Default)]
pub(crate) struct Ended {
    pub(crate) spans: Vec<SpanData>,
    /// How many there was no room for.
    pub(crate) dropped: usize,
}

impl Queue {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// An invocation begins.
    pub(crate) fn begin(&self, trace: TraceId) {
        self.lock().running.push(trace);
    }

    /// An invocation is over: what there is of its trace, and of traces that no other invocation will export.
    pub(crate) fn take(&self, trace: TraceId) -> Ended {
        let mut state = self.lock();
        let State { ended, running } = &mut *state;
        if let Some(own) = running.iter().position(|other| *other == trace) {
            running.swap_remove(own);
        }
        let is_others = |span: &SpanData| {
            let of = span.span_context.trace_id();
            of != trace && running.contains(&of)
        };
        let (others, spans) = std::mem::take(&mut ended.spans).into_iter().partition(is_others);
        ended.spans = others;
        Ended { spans, dropped: std::mem::take(&mut ended.dropped) }
    }

    /// All of them.
    pub(crate) fn take_all(&self) -> Ended {
        std::mem::take(&mut self.lock().ended)
    }
}

/// Puts spans into the queue.
#[derive(Debug)]
pub(crate) struct Processor(pub(crate) Arc<Queue>);

impl SpanProcessor for Processor {
    fn on_start(&self, _: &mut Span, _: &Context) {}

    fn on_end(&self, mut span: SpanData) {
        if !span.span_context.is_sampled() {
            return;
        }
        spans::dress(&mut span);
        let mut state = self.0.lock();
        if state.ended.spans.len() < MAX_SPANS {
            state.ended.spans.push(span);
        } else {
            state.ended.dropped += 1;
        }
    }

    // Exporting waits for the network, which this method could do by blocking alone: `Traces::export` does it.
    fn force_flush(&self) -> OTelSdkResult {
        Ok(())
    }

    fn shutdown_with_timeout(&self, _: Duration) -> OTelSdkResult {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use opentelemetry::trace::{Span as _, Tracer, TracerProvider as _};
    use opentelemetry::trace::{SpanContext, SpanId, TraceContextExt, TraceFlags, TraceState};
    use opentelemetry_sdk::trace::SdkTracerProvider;

    use super::*;

    struct Bench {
        queue: Arc<Queue>,
        provider: SdkTracerProvider,
    }

    impl Bench {
        fn new() -> Self {
            let queue = Arc::new(Queue::default());
            let processor = Processor(Arc::clone(&queue));
            Self { queue, provider: SdkTracerProvider::builder().with_span_processor(processor).build() }
        }

        /// A span of this trace begins and ends.
        fn span(&self, trace: u128, flags: TraceFlags) {
            let parent = SpanContext::new(TraceId::from(trace), SpanId::from(1), flags, true, TraceState::default());
            let parent = Context::new().with_remote_span_context(parent);
            self.provider.tracer("test").start_with_context("span", &parent).end();
        }
    }

    fn traces(ended: &Ended) -> Vec<u128> {
        ended.spans.iter().map(|span| u128::from_be_bytes(span.span_context.trace_id().to_bytes())).collect()
    }

    #[test]
    fn an_invocation_takes_its_own_and_what_is_nobodys() {
        let bench = Bench::new();
        for trace in [1, 2] {
            bench.queue.begin(TraceId::from(trace));
        }
        for trace in [1, 2, 3, 1] {
            bench.span(trace, TraceFlags::SAMPLED);
        }
        assert_eq!(traces(&bench.queue.take(TraceId::from(1))), [1, 3, 1]);
        assert_eq!(traces(&bench.queue.take(TraceId::from(2))), [2]);
    }

    #[test]
    fn one_trace_in_two_invocations_is_taken_by_both() {
        let bench = Bench::new();
        for _ in 0..2 {
            bench.queue.begin(TraceId::from(1));
        }
        bench.span(1, TraceFlags::SAMPLED);
        assert_eq!(traces(&bench.queue.take(TraceId::from(1))), [1]);
        bench.span(1, TraceFlags::SAMPLED);
        assert_eq!(traces(&bench.queue.take(TraceId::from(9))), [] as [u128; 0], "it still runs");
        assert_eq!(traces(&bench.queue.take(TraceId::from(1))), [1]);
    }

    #[test]
    fn what_is_not_sampled_is_not_kept() {
        let bench = Bench::new();
        bench.span(1, TraceFlags::default());
        assert!(bench.queue.take_all().spans.is_empty());
    }

    #[test]
    fn there_is_room_for_so_many() {
        let bench = Bench::new();
        for _ in 0..MAX_SPANS + 3 {
            bench.span(1, TraceFlags::SAMPLED);
        }
        let ended = bench.queue.take_all();
        assert_eq!((ended.spans.len(), ended.dropped), (MAX_SPANS, 3));
    }
}
