//! What an event says about the work that it is a part of.

use std::borrow::Cow;

/// The header of AWS X-Ray.
pub(crate) const XRAY_HEADER: &str = "x-amzn-trace-id";

/// What most senders call the identifier of the work that a message belongs to.
pub(crate) const CORRELATION_ID: &str = "correlationId";

/// What others call it.
const OTHER_CORRELATION_IDS: [&str; 2] = ["correlation-id", "x-correlation-id"];

/// The most that a label may have, in bytes: what W3C's trace state may have at least.
const MAX_LABEL: usize = 512;

/// Where a record or a request comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Origin {
    /// W3C's trace context: <https://www.w3.org/TR/trace-context/#traceparent-header>.
    pub(crate) traceparent: Option<String>,
    /// What vendors add to it.
    pub(crate) tracestate: Option<String>,
    /// The header of AWS X-Ray.
    pub(crate) xray: Option<String>,
    /// What the sender calls it.
    pub(crate) correlation_id: Option<String>,
    /// The route, where it is a request.
    pub(crate) route: Option<&'static str>,
}

impl Origin {
    /// What these labels say.
    pub(crate) fn of<'l>(label: impl Fn(&str) -> Option<Cow<'l, str>>) -> Self {
        // A sender's text is no reason for a line that nobody can read.
        let short = |name: &str| label(name).filter(|text| text.len() <= MAX_LABEL).map(Cow::into_owned);
        let correlation_id = short(CORRELATION_ID).or_else(|| OTHER_CORRELATION_IDS.into_iter().find_map(short));
        Self {
            traceparent: short("traceparent"),
            tracestate: short("tracestate"),
            xray: short(XRAY_HEADER),
            correlation_id,
            route: None,
        }
    }

    /// The trace's identifier, in the form of whoever started it.
    pub(crate) fn trace_id(&self) -> Option<&str> {
        let w3c = self.traceparent.as_deref().and_then(w3c_trace_id);
        w3c.or_else(|| self.xray.as_deref().and_then(xray_trace_id))
    }
}

/// The second part of `00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01`.
fn w3c_trace_id(traceparent: &str) -> Option<&str> {
    let id = traceparent.split('-').nth(1)?;
    let is_id =
        id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit()) && id.bytes().any(|byte| byte != b'0');
    is_id.then_some(id)
}

/// The root of `Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1`:
/// <https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader>.
pub(crate) fn xray_trace_id(header: &str) -> Option<&str> {
    xray_part(header, "Root").filter(|root| !root.is_empty())
}

/// The value of this name in a header of X-Ray's.
pub(crate) fn xray_part<'h>(header: &'h str, name: &str) -> Option<&'h str> {
    header.split(';').find_map(|part| part.trim().strip_prefix(name)?.strip_prefix('='))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_long_for_a_line_is_left_out() {
        let of = |length: usize| Origin::of(|name| (name == "x-correlation-id").then(|| "c".repeat(length).into()));
        assert_eq!(of(512).correlation_id.map(|id| id.len()), Some(512));
        assert_eq!(of(513), Origin::default());
    }

    #[test]
    fn the_trace_is_that_of_whoever_started_it() {
        let xray = Some("Sampled=1; Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8".to_owned());
        let traceparent = Some("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01".to_owned());
        let both = Origin { traceparent, xray: xray.clone(), ..Origin::default() };
        assert_eq!(both.trace_id(), Some("4bf92f3577b34da6a3ce929d0e0e4736"));
        let zeros = Some("00-00000000000000000000000000000000-00f067aa0ba902b7-01".to_owned());
        let odd = Origin { traceparent: zeros, xray, ..Origin::default() };
        assert_eq!(odd.trace_id(), Some("1-5759e988-bd862e3fe1be46a994272793"));
        for traceparent in ["", "00", "00-xyz-1-01", "00-4bf92f3577b34da6a3ce929d0e0e473-00f067aa0ba902b7-01"] {
            let origin = Origin { traceparent: Some(traceparent.to_owned()), ..Origin::default() };
            assert_eq!(origin.trace_id(), None, "{traceparent}");
        }
    }
}
