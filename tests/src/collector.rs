//! A collector of OpenTelemetry on loopback: [OTLP][otlp] over HTTP, in protobuf.
//!
//! [otlp]: https://opentelemetry.io/docs/specs/otlp/#otlphttp

use std::collections::BTreeMap;
use std::future::pending;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, Request, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue, any_value};
use opentelemetry_proto::tonic::trace::v1::Span as Encoded;
use prost::Message;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;

use crate::within;

/// A span, as it came.
#[derive(Clone, Debug)]
pub struct Span {
    /// Its name.
    pub name: String,
    /// Its kind, such as `server`.
    pub kind: String,
    /// The trace, in hexadecimal.
    pub trace: String,
    /// Its own identifier.
    pub id: String,
    /// That of its parent, empty for a root.
    pub parent: String,
    /// The spans that it links to: `trace/span`.
    pub links: Vec<String>,
    /// Its attributes.
    pub attributes: BTreeMap<String, Value>,
    /// What its status says, if that is an error.
    pub error: Option<String>,
    /// How many events it has.
    pub events: usize,
}

/// A request to the collector.
#[derive(Clone, Debug)]
pub struct Exported {
    /// Its path.
    pub path: String,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body, as it came.
    pub body: Bytes,
    /// What the spans are about.
    pub resource: BTreeMap<String, Value>,
    /// The spans, in the order of their ends.
    pub spans: Vec<Span>,
}

impl Exported {
    /// The span of this name, which has to be the only one.
    pub fn span(&self, name: &str) -> &Span {
        let found: Vec<_> = self.spans.iter().filter(|span| span.name == name).collect();
        assert_eq!(found.len(), 1, "`{name}` in {:#?}", self.spans);
        found[0]
    }

    /// The names and kinds, each below its parent; siblings in the order of their ends.
    pub fn tree(&self) -> Vec<String> {
        fn below(spans: &[Span], parent: &str, depth: usize, tree: &mut Vec<String>) {
            for span in spans.iter().filter(|span| span.parent == parent) {
                tree.push(format!("{}{} ({})", "  ".repeat(depth), span.name, span.kind));
                below(spans, &span.id, depth + 1, tree);
            }
        }
        let mut tree = Vec::new();
        let is_inner = |id: &str| self.spans.iter().any(|span| span.id == id);
        for root in self.spans.iter().filter(|span| !is_inner(&span.parent)) {
            tree.push(format!("{} ({})", root.name, root.kind));
            below(&self.spans, &root.id, 1, &mut tree);
        }
        tree
    }
}

/// What the collector does with what it gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Answer {
    Status(StatusCode),
    /// Not yet.
    Hold,
}

/// The collector.
pub struct Collector {
    address: SocketAddr,
    exported: mpsc::UnboundedReceiver<Exported>,
    answer: watch::Sender<Answer>,
    server: JoinHandle<()>,
}

impl Collector {
    /// Listens on a free port, and takes what comes.
    pub async fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let (sender, exported) = mpsc::unbounded_channel();
        let (answer, answers) = watch::channel(Answer::Status(StatusCode::OK));
        let server = tokio::spawn(async move {
            let sender = Arc::new(sender);
            while let Ok((stream, _)) = listener.accept().await {
                let (sender, answers) = (Arc::clone(&sender), answers.clone());
                tokio::spawn(async move {
                    let serve = service_fn(|request| serve(&sender, answers.clone(), request));
                    // A client that goes away is none of the test's business.
                    let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), serve).await;
                });
            }
        });
        Self { address, exported, answer, server }
    }

    /// What `OTEL_EXPORTER_OTLP_ENDPOINT` holds.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Answers with this status from now on, and what waits for an answer, too.
    pub fn answer(&self, status: StatusCode) {
        self.answer.send_replace(Answer::Status(status));
    }

    /// Answers no more, until it is told to.
    pub fn hold(&self) {
        self.answer.send_replace(Answer::Hold);
    }

    /// Waits for a request.
    pub async fn exported(&mut self) -> Exported {
        within("an export", self.exported.recv()).await.unwrap()
    }

    /// The request that is already there, if any.
    pub fn exported_already(&mut self) -> Option<Exported> {
        self.exported.try_recv().ok()
    }
}

impl Drop for Collector {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn serve(
    sender: &mpsc::UnboundedSender<Exported>,
    mut answers: watch::Receiver<Answer>,
    request: Request<Incoming>,
) -> io::Result<Response<Full<Bytes>>> {
    let (head, body) = request.into_parts();
    let body = body.collect().await.map_err(io::Error::other)?.to_bytes();
    // The test may have ended while the process goes on.
    let _ = sender.send(decode(head.uri.path(), head.headers, body));
    let answer = answers.wait_for(|answer| *answer != Answer::Hold).await.map(|answer| *answer);
    let Ok(Answer::Status(status)) = answer else { return pending().await };
    let mut response = Response::new(Full::from("the collector's own words"));
    if status.is_success() {
        // A response without any field.
        *response.body_mut() = Full::default();
    }
    *response.status_mut() = status;
    Ok(response)
}

fn decode(path: &str, headers: HeaderMap, body: Bytes) -> Exported {
    let request = ExportTraceServiceRequest::decode(body.clone()).unwrap();
    let mut exported = Exported { path: path.to_owned(), headers, body, resource: BTreeMap::new(), spans: Vec::new() };
    for of_resource in request.resource_spans {
        exported.resource = attributes(of_resource.resource.unwrap_or_default().attributes);
        let spans = of_resource.scope_spans.into_iter().flat_map(|of_scope| of_scope.spans);
        exported.spans.extend(spans.map(span));
    }
    exported
}

fn span(encoded: Encoded) -> Span {
    let status = encoded.status.clone().unwrap_or_default();
    assert!(encoded.start_time_unix_nano > 0 && encoded.start_time_unix_nano <= encoded.end_time_unix_nano);
    let link = |trace: &[u8], span: &[u8]| format!("{}/{}", hex(trace), hex(span));
    Span {
        kind: encoded.kind().as_str_name().trim_start_matches("SPAN_KIND_").to_ascii_lowercase(),
        trace: hex(&encoded.trace_id),
        id: hex(&encoded.span_id),
        parent: hex(&encoded.parent_span_id),
        links: encoded.links.iter().map(|of| link(&of.trace_id, &of.span_id)).collect(),
        // 2 is an error.
        error: (status.code == 2).then_some(status.message),
        events: encoded.events.len(),
        attributes: attributes(encoded.attributes),
        name: encoded.name,
    }
}

fn attributes(pairs: Vec<KeyValue>) -> BTreeMap<String, Value> {
    let count = pairs.len();
    let attributes: BTreeMap<_, _> = pairs.into_iter().map(|pair| (pair.key, value(pair.value))).collect();
    assert_eq!(attributes.len(), count, "an attribute is there twice: {attributes:?}");
    attributes
}

fn value(value: Option<AnyValue>) -> Value {
    match value.and_then(|value| value.value) {
        Some(any_value::Value::StringValue(text)) => json!(text),
        Some(any_value::Value::BoolValue(flag)) => json!(flag),
        Some(any_value::Value::IntValue(number)) => json!(number),
        Some(any_value::Value::DoubleValue(number)) => json!(number),
        other => json!(format!("{other:?}")),
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
