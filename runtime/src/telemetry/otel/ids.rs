//! Identifiers of traces and spans.

use opentelemetry::trace::{SpanId, TraceId};
use opentelemetry_sdk::trace::IdGenerator;

/// Identifiers out of the operating system's random numbers. The SDK's own generator keeps a state in the process, which
/// environments that are restored from one snapshot would share.
#[derive(Debug)]
pub(crate) struct Random;

impl IdGenerator for Random {
    fn new_trace_id(&self) -> TraceId {
        TraceId::from(u128::from_be_bytes(bytes()))
    }

    fn new_span_id(&self) -> SpanId {
        SpanId::from(u64::from_be_bytes(bytes()))
    }
}

fn bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    // Without random numbers there is no identifier: all zeros is the one that is not valid, and such a span is not kept.
    let _ = getrandom::fill(&mut bytes);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_are_the_same() {
        assert_ne!(Random.new_trace_id(), Random.new_trace_id());
        assert_ne!(Random.new_span_id(), Random.new_span_id());
        assert_ne!(Random.new_span_id(), SpanId::INVALID);
    }
}
