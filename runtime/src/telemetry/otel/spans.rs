//! What lambkin's own spans say in a trace: the conventions for [functions][faas], for [Lambda][lambda], for [HTTP][http] and
//! for [messages][messaging].
//!
//! The spans themselves are made in [`telemetry::spans`](crate::telemetry::spans), with the fields that their lines in the
//! log have. Those are not the names that a trace knows: [`dress`] takes them off once a span has ended.
//!
//! [faas]: https://opentelemetry.io/docs/specs/semconv/faas/faas-spans/
//! [lambda]: https://opentelemetry.io/docs/specs/semconv/faas/aws-lambda/
//! [http]: https://opentelemetry.io/docs/specs/semconv/http/http-spans/
//! [messaging]: https://opentelemetry.io/docs/specs/semconv/messaging/messaging-spans/

use std::borrow::Cow;
use std::time::Duration;

use opentelemetry::trace::{SpanKind, Status, TraceContextExt};
use opentelemetry::{Context, KeyValue, Value};
use opentelemetry_sdk::trace::SpanData;
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt;

use crate::call::Call;
use crate::error::InvocationError;
use crate::http::__private::{Group, Verb};
use crate::http::Request;
use crate::source::{BatchRecord, event_text};
use crate::telemetry::otel::traces;
use crate::telemetry::spans::Origin;

/// Tells [`dress`] that a span is lambkin's, and of which kind.
const KIND: &str = "lambkin.kind";

/// The fields of lambkin's spans that are for the log.
const LOG_FIELDS: [&str; 10] = [
    "requestId",
    "handler",
    "coldStart",
    "tenantId",
    "xrayTraceId",
    "error_type",
    "record",
    "route",
    "correlationId",
    "traceId",
];

/// The most senders that a span links to: what the SDK keeps.
const MAX_LINKS: usize = 128;

/// What the conventions call a source.
struct Trigger {
    /// `faas.trigger`.
    word: &'static str,
    /// `messaging.system`, for those that have one.
    system: Option<&'static str>,
}

impl Trigger {
    fn of(source: &str) -> Self {
        let (word, system) = match source {
            "http" => ("http", None),
            "schedule" => ("timer", None),
            "s3" | "dynamodb" => ("datasource", None),
            "sqs" => ("pubsub", Some("aws_sqs")),
            "sns" => ("pubsub", Some("aws.sns")),
            "kafka" => ("pubsub", Some("kafka")),
            "activemq" => ("pubsub", Some("activemq")),
            // The conventions have no word for these systems.
            "kinesis" => ("pubsub", Some("aws_kinesis")),
            "eventbridge" => ("pubsub", Some("aws_eventbridge")),
            // One message without an identifier.
            "iot" => ("pubsub", None),
            _ => ("other", None),
        };
        Self { word, system }
    }

    /// What all spans about its messages have.
    fn messages(&self) -> impl Iterator<Item = KeyValue> + use<> {
        let system = self.system.map(|system| KeyValue::new("messaging.system", system));
        let process = |key| KeyValue::new(key, "process");
        let operation = ["messaging.operation.name", "messaging.operation.type"].map(process);
        system.into_iter().flat_map(move |system| [system].into_iter().chain(operation.clone()))
    }

    fn kind(&self) -> &'static str {
        if self.word == "pubsub" { "consumer" } else { "server" }
    }
}

/// Gives a span these attributes. In one place: each type of a value would be a kilobyte of its own at each span.
#[inline(never)]
fn set(span: &Span, attributes: Vec<KeyValue>) {
    for KeyValue { key, value, .. } in attributes {
        span.set_attribute(key, value);
    }
}

fn text(key: &'static str, value: impl Into<String>) -> KeyValue {
    KeyValue::new(key, value.into())
}

/// The invocation begins. Nothing has entered its span yet: that starts it, and then its parent is settled.
pub(crate) fn begin(span: &Span, call: &Call<'_>, is_cold: bool) {
    let Some(traces) = traces() else { return };
    let (cx, trigger) = (&call.cx, Trigger::of(call.spec.trigger.source));
    let parent = traces.propagators.parent(request_origin(call).as_ref(), cx.trace_id());
    // Without one it is a root, whatever is entered around it.
    let parent = parent.map_or_else(Context::new, |parent| Context::new().with_remote_span_context(parent));
    // An error says that somebody else's subscriber is there, which has no such layer.
    if span.set_parent(parent).is_err() {
        return;
    }
    let arn = cx.invoked_function_arn();
    let mut attributes = vec![
        KeyValue::new(KIND, trigger.kind()),
        KeyValue::new("faas.trigger", trigger.word),
        text("faas.invocation_id", cx.request_id()),
        KeyValue::new("faas.coldstart", is_cold),
        text("aws.lambda.invoked_arn", arn),
        text("cloud.resource_id", resource_id(arn, cx.function_version())),
        KeyValue::new("lambkin.handler", call.spec.name),
    ];
    attributes.extend(arn.split(':').nth(4).map(|account| text("cloud.account.id", account)));
    attributes.extend(cx.tenant_id().map(|tenant| text("lambkin.tenant_id", tenant)));
    attributes.extend(trigger.messages());
    set(span, attributes);
    // It starts here.
    let context = span.context();
    context.span().update_name(call.spec.name);
    traces.queue.begin(context.span().span_context().trace_id());
}

/// What the request says about the trace that it is a part of. It is decoded again when it is served, which is after the
/// span has begun.
fn request_origin(call: &Call<'_>) -> Option<Origin> {
    if call.spec.trigger.source != "http" {
        return None;
    }
    let request = Request::read(event_text(call).ok()?, &call.cx).ok()?;
    Some(request.origin(None))
}

/// The ARN of the version that runs, where an alias was invoked.
fn resource_id(arn: &str, version: &str) -> String {
    let qualified = arn.split(':').count() > 7;
    match arn.rsplit_once(':').filter(|_| qualified) {
        Some((function, _)) => format!("{function}:{version}"),
        None => arn.to_owned(),
    }
}

/// What a request asks for: the pattern of its route, which has no values in it.
pub(crate) fn routed(request: &Request<'_>, group: &Group, route: usize) {
    if traces().is_none() {
        return;
    }
    // A method that nobody knows could be anything, and names are counted.
    let is_known = request.verb() != Verb::Other;
    let method = if is_known { request.method() } else { "_OTHER" };
    let span = Span::current();
    let pattern = group.pattern(route);
    let name = format!("{} {}", if is_known { method } else { "HTTP" }, pattern.as_deref().unwrap_or_default());
    let pattern = pattern.map(|pattern| text("http.route", pattern));
    set(&span, [text("http.request.method", method)].into_iter().chain(pattern).collect());
    span.context().span().update_name(name.trim_end().to_owned());
}

/// What a request is answered with, and what its route failed with. That a client is wrong is no error of a server.
pub(crate) fn answered(status: u16, error_type: Option<&str>) {
    if traces().is_none() {
        return;
    }
    let span = Span::current();
    set(&span, vec![KeyValue::new("http.response.status_code", i64::from(status))]);
    if status >= 500 {
        fail(&span, error_type.map_or_else(|| status.to_string(), str::to_owned));
    }
}

/// What the invocation's records are: how many, and where they come from, if no span of their own says that.
pub(crate) fn batch<R: BatchRecord>(source: &str, records: &[R], has_spans: bool) {
    let Some(traces) = traces() else { return };
    let span = Span::current();
    if Trigger::of(source).system.is_none() {
        return;
    }
    let count = i64::try_from(records.len()).unwrap_or(i64::MAX);
    set(&span, vec![KeyValue::new("messaging.batch.message_count", count)]);
    if !has_spans {
        for record in records.iter().take(MAX_LINKS) {
            let sender = traces.propagators.sender(&Origin::of(|name| record.label(name)));
            sender.into_iter().for_each(|sender| span.add_link(sender));
        }
    }
}

/// A record's span begins. It is a part of the invocation, and links to its sender: one trace can't have two parents.
pub(crate) fn record(span: &Span, source: &str, id: &str, origin: &Origin, destination: Option<&str>) {
    let Some(traces) = traces() else { return };
    let trigger = Trigger::of(source);
    if let Some(sender) = traces.propagators.sender(origin) {
        span.add_link(sender);
    }
    let key = if trigger.system.is_some() { "messaging.message.id" } else { "lambkin.record" };
    let mut attributes = vec![KeyValue::new(KIND, "consumer"), text(key, id)];
    attributes.extend(trigger.messages());
    attributes.extend(destination.map(|destination| text("messaging.destination.name", destination)));
    let conversation = origin.correlation_id.as_deref();
    attributes.extend(conversation.map(|conversation| text("messaging.message.conversation_id", conversation)));
    set(span, attributes);
    let name = destination.map_or(Cow::Borrowed("process"), |name| Cow::Owned(format!("process {name}")));
    span.context().span().update_name(name);
}

/// It failed, with an error of this type. The message is for the log: it can hold what the payload holds.
pub(crate) fn fail(span: &Span, error_type: impl Into<String>) {
    let error_type = error_type.into();
    set(span, vec![text("error.type", error_type.clone())]);
    span.set_status(Status::error(error_type));
}

/// Its part of the work is over, though somebody may still hold the span, such as a task in the background.
pub(crate) fn end(span: &Span) {
    if traces().is_some() {
        span.context().span().end();
    }
}

/// The invocation is over: its trace is exported.
pub(crate) async fn finish(span: &Span, call: &Call<'_>, result: Result<usize, &InvocationError>) {
    let Some(traces) = traces() else { return };
    call.spans.end_all();
    if let Err(error) = result {
        fail(span, error.error_type.to_string());
    }
    let context = span.context();
    let span = context.span();
    span.end();
    let ended = traces.queue.take(span.span_context().trace_id());
    traces.export(ended, call.cx.remaining().unwrap_or(Duration::MAX)).await;
}

/// Takes off a span of lambkin's what is for the log alone, and gives it its kind, for which a span that runs has no method.
pub(crate) fn dress(span: &mut SpanData) {
    let Some(kind) = span.attributes.iter().position(|attribute| attribute.key.as_str() == KIND) else { return };
    span.span_kind = match span.attributes.swap_remove(kind).value {
        Value::String(kind) if kind.as_str() == "server" => SpanKind::Server,
        _ => SpanKind::Consumer,
    };
    span.attributes.retain(|attribute| !LOG_FIELDS.contains(&attribute.key.as_str()));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_source_has_its_trigger_and_its_kind() {
        let of = |source: &str| {
            let trigger = Trigger::of(source);
            (trigger.word, trigger.kind(), trigger.system.unwrap_or_default())
        };
        for (source, expected) in [
            ("http", ("http", "server", "")),
            ("invoke", ("other", "server", "")),
            ("event", ("other", "server", "")),
            ("schedule", ("timer", "server", "")),
            ("s3", ("datasource", "server", "")),
            ("dynamodb", ("datasource", "server", "")),
            ("ses", ("other", "server", "")),
            ("cloudwatch_logs", ("other", "server", "")),
            ("sqs", ("pubsub", "consumer", "aws_sqs")),
            ("sns", ("pubsub", "consumer", "aws.sns")),
            ("kafka", ("pubsub", "consumer", "kafka")),
            ("kinesis", ("pubsub", "consumer", "aws_kinesis")),
            ("activemq", ("pubsub", "consumer", "activemq")),
            ("eventbridge", ("pubsub", "consumer", "aws_eventbridge")),
            ("iot", ("pubsub", "consumer", "")),
        ] {
            assert_eq!(of(source), expected, "{source}");
        }
    }

    #[test]
    fn an_alias_is_the_version_that_runs() {
        let function = "arn:aws:lambda:us-east-2:123456789012:function:orders";
        assert_eq!(resource_id(function, "$LATEST"), function);
        assert_eq!(resource_id(&format!("{function}:live"), "7"), format!("{function}:7"));
        assert_eq!(resource_id("", "7"), "");
    }
}
