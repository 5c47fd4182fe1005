//! The traces of others that ours continue: in the words of the [W3C][w3c] or of [X-Ray][xray].
//!
//! [w3c]: https://www.w3.org/TR/trace-context/
//! [xray]: https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader

use opentelemetry::Context;
use opentelemetry::propagation::{Extractor, TextMapPropagator};
use opentelemetry::trace::{SpanContext, SpanId, TraceContextExt, TraceFlags, TraceId, TraceState};
use opentelemetry_sdk::propagation::TraceContextPropagator;

use crate::telemetry::spans::Origin;

/// Which of the words are listened to: `OTEL_PROPAGATORS`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Propagators {
    /// `traceparent` and `tracestate`.
    w3c: bool,
    /// What a message says in the words of X-Ray.
    xray: bool,
    /// What Lambda says in the words of X-Ray.
    lambda: bool,
}

impl Propagators {
    /// The variable's, or all of them.
    pub(crate) fn of(variable: Option<&str>) -> Self {
        let Some(variable) = variable else { return Self { w3c: true, xray: true, lambda: true } };
        let has = |word: &str| variable.split(',').any(|other| other.trim().eq_ignore_ascii_case(word));
        // The convention for Lambda says that `xray-lambda` is `xray` with Lambda's own word.
        Self { w3c: has("tracecontext"), xray: has("xray") || has("xray-lambda"), lambda: has("xray-lambda") }
    }

    /// The span that sent this.
    pub(crate) fn sender(self, origin: &Origin) -> Option<SpanContext> {
        let w3c = || w3c(origin.traceparent.as_deref()?, origin.tracestate.as_deref());
        let xray = || xray(origin.xray.as_deref()?);
        self.w3c.then(w3c).flatten().or_else(|| self.xray.then(xray).flatten())
    }

    /// The span that a request, if there is one, or else the invocation is a part of. `lambda` is Lambda's header.
    pub(crate) fn parent(self, request: Option<&Origin>, lambda: Option<&str>) -> Option<SpanContext> {
        let w3c = || w3c(request?.traceparent.as_deref()?, request?.tracestate.as_deref());
        // A front end's own header of X-Ray is where Lambda's comes from.
        let lambda = || xray(lambda?);
        self.w3c.then(w3c).flatten().or_else(|| self.lambda.then(lambda).flatten())
    }
}

fn w3c(traceparent: &str, tracestate: Option<&str>) -> Option<SpanContext> {
    let headers = Headers { traceparent, tracestate };
    let context = TraceContextPropagator::new().extract_with_context(&Context::new(), &headers);
    Some(context.span().span_context().clone()).filter(SpanContext::is_valid)
}

struct Headers<'a> {
    traceparent: &'a str,
    tracestate: Option<&'a str>,
}

impl Extractor for Headers<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        match key {
            "traceparent" => Some(self.traceparent),
            "tracestate" => self.tracestate,
            _ => None,
        }
    }

    fn keys(&self) -> Vec<&str> {
        vec!["traceparent", "tracestate"]
    }
}

/// `Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1`: the root's two numbers are a trace of the
/// W3C, one after the other. What has no parent is the front end's name for a request that nobody traces.
fn xray(header: &str) -> Option<SpanContext> {
    let (time, unique) = part(header, "Root")?.strip_prefix("1-")?.split_once('-')?;
    let is_hex = |text: &str, len: usize| text.len() == len && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let parent = part(header, "Parent")?;
    if !is_hex(time, 8) || !is_hex(unique, 24) || !is_hex(parent, 16) {
        return None;
    }
    let trace = TraceId::from_hex(&format!("{time}{unique}")).ok()?;
    // Without a decision, it is ours to take.
    let flags = if part(header, "Sampled") == Some("0") { TraceFlags::default() } else { TraceFlags::SAMPLED };
    let context = SpanContext::new(trace, SpanId::from_hex(parent).ok()?, flags, true, TraceState::default());
    Some(context).filter(SpanContext::is_valid)
}

fn part<'h>(header: &'h str, name: &str) -> Option<&'h str> {
    header.split(';').find_map(|part| part.trim().strip_prefix(name)?.strip_prefix('='))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRACEPARENT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    const XRAY: &str = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1;Lineage=a:0";

    fn shown(context: Option<SpanContext>) -> Option<(String, String, bool)> {
        let context = context?;
        assert!(context.is_remote());
        Some((context.trace_id().to_string(), context.span_id().to_string(), context.is_sampled()))
    }

    fn expected(trace: &str, span: &str, is_sampled: bool) -> Option<(String, String, bool)> {
        Some((trace.to_owned(), span.to_owned(), is_sampled))
    }

    #[test]
    fn xrays_words_are_those_of_the_w3c() {
        let of = |sampled| expected("5759e988bd862e3fe1be46a994272793", "53995c3f42cd8ad8", sampled);
        assert_eq!(shown(xray(XRAY)), of(true));
        assert_eq!(
            shown(xray("Parent=53995c3f42cd8ad8; Root=1-5759e988-bd862e3fe1be46a994272793 ;Sampled=0")),
            of(false)
        );
        assert_eq!(shown(xray("Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8")), of(true));
    }

    #[test]
    fn half_a_word_of_xray_is_none() {
        for header in [
            "",
            "Root=1-5759e988-bd862e3fe1be46a994272793",
            "Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=0",
            "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=;Sampled=1",
            "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad;Sampled=1",
            "Root=2-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1",
            "Root=1-5759e988bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1",
            "Root=1-+759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1",
            "Root=1-00000000-000000000000000000000000;Parent=53995c3f42cd8ad8;Sampled=1",
            "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=0000000000000000;Sampled=1",
            "Root=1-5759é98-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1",
        ] {
            assert_eq!(xray(header), None, "{header}");
        }
    }

    #[test]
    fn the_w3cs_word_counts_before_xrays() {
        let origin = Origin {
            traceparent: Some(TRACEPARENT.to_owned()),
            tracestate: Some("vendor=1".to_owned()),
            xray: Some(XRAY.to_owned()),
            ..Origin::default()
        };
        let all = Propagators::of(None);
        let w3c = expected("4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7", true);
        let xray = expected("5759e988bd862e3fe1be46a994272793", "53995c3f42cd8ad8", true);
        assert_eq!(shown(all.sender(&origin)), w3c);
        assert_eq!(all.sender(&origin).unwrap().trace_state().header(), "vendor=1");
        assert_eq!(shown(all.parent(Some(&origin), Some(XRAY))), w3c);
        let odd = Origin { traceparent: Some("00-0-0-01".to_owned()), ..origin };
        assert_eq!(shown(all.sender(&odd)), xray);
        assert_eq!(shown(all.parent(Some(&odd), Some(XRAY))), xray);
        assert_eq!(all.parent(Some(&odd), None), None, "the front end's header of X-Ray is not Lambda's");
        assert_eq!(shown(all.parent(None, Some(XRAY))), xray);
        let unsampled = Origin { traceparent: Some(TRACEPARENT.replace("-01", "-00")), ..Origin::default() };
        assert!(!all.sender(&unsampled).unwrap().is_sampled());
    }

    #[test]
    fn the_variable_says_whose_words_count() {
        let of = |text| Propagators::of(Some(text));
        assert_eq!(of("tracecontext,baggage"), Propagators { w3c: true, xray: false, lambda: false });
        assert_eq!(of("tracecontext, xray"), Propagators { w3c: true, xray: true, lambda: false });
        assert_eq!(of("xray-lambda"), Propagators { w3c: false, xray: true, lambda: true });
        let none = of("none");
        let origin =
            Origin { traceparent: Some(TRACEPARENT.to_owned()), xray: Some(XRAY.to_owned()), ..Origin::default() };
        assert_eq!((none.sender(&origin), none.parent(Some(&origin), Some(XRAY))), (None, None));
    }
}
