//! The [Runtime API][r] and what is needed of the [Extensions API][x], on loopback.
//!
//! [r]: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
//! [x]: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-extensions-api.html

use std::collections::VecDeque;
use std::future::pending;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::{HeaderMap, Method, Request, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::{Mutex as AsyncMutex, mpsc, watch};
use tokio::task::{JoinHandle, JoinSet};

use crate::event::Event;
use crate::within;

/// A request that a process posted.
#[derive(Clone, Debug)]
pub struct Posted {
    /// Its path.
    pub path: String,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body, as it came.
    pub body: Bytes,
}

impl Posted {
    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The JSON of what has to be the response to an invocation.
    pub fn response(&self) -> Value {
        assert!(self.path.ends_with("/response"), "not a response: {self:?}");
        self.json()
    }

    /// The JSON of what has to be the error of an invocation.
    pub fn error(&self) -> Value {
        assert!(self.path.ends_with("/error"), "not an error: {self:?}");
        self.json()
    }

    /// A header's value, empty if it is not there.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

/// What `/next` answers.
enum Next {
    Event(Event),
    Status(StatusCode),
    HangUp,
}

/// The test's side of the API: says what `/next` answers, and sees what is posted.
pub struct Api {
    address: SocketAddr,
    next: mpsc::UnboundedSender<Next>,
    posted: mpsc::UnboundedReceiver<Posted>,
    extension: mpsc::UnboundedReceiver<Posted>,
    asked: watch::Receiver<usize>,
    /// What posts are answered with; `None` hangs up.
    answers: Arc<Mutex<VecDeque<Option<StatusCode>>>>,
    server: JoinHandle<()>,
}

/// The server's side.
struct Server {
    next: AsyncMutex<mpsc::UnboundedReceiver<Next>>,
    posted: mpsc::UnboundedSender<Posted>,
    extension: mpsc::UnboundedSender<Posted>,
    asked: watch::Sender<usize>,
    answers: Arc<Mutex<VecDeque<Option<StatusCode>>>>,
}

impl Api {
    /// Listens on a free port.
    pub async fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let (next_sender, next) = mpsc::unbounded_channel();
        let (posted_sender, posted) = mpsc::unbounded_channel();
        let (extension_sender, extension) = mpsc::unbounded_channel();
        let (asked_sender, asked) = watch::channel(0);
        let answers = Arc::new(Mutex::new(VecDeque::new()));
        let server = Arc::new(Server {
            next: AsyncMutex::new(next),
            posted: posted_sender,
            extension: extension_sender,
            asked: asked_sender,
            answers: Arc::clone(&answers),
        });
        let server = tokio::spawn(accept(listener, server));
        Self { address, next: next_sender, posted, extension, asked, answers, server }
    }

    /// What `AWS_LAMBDA_RUNTIME_API` holds.
    pub fn address(&self) -> String {
        self.address.to_string()
    }

    /// Lets `/next` answer with this event.
    pub fn queue(&self, event: Event) {
        self.next.send(Next::Event(event)).unwrap();
    }

    /// Lets one `/next` answer with this status.
    pub fn fail_next(&self, status: StatusCode) {
        self.next.send(Next::Status(status)).unwrap();
    }

    /// Lets one `/next` end with a closed connection and no answer.
    pub fn hang_up_next(&self) {
        self.next.send(Next::HangUp).unwrap();
    }

    /// Lets the next post of a response or an error be answered with this status.
    pub fn refuse_post(&self, status: StatusCode) {
        self.answers.lock().unwrap().push_back(Some(status));
    }

    /// Lets the next post of a response or an error end with a closed connection and no answer.
    pub fn hang_up_post(&self) {
        self.answers.lock().unwrap().push_back(None);
    }

    /// Waits for a response or an error.
    pub async fn posted(&mut self) -> Posted {
        within("a post to the Runtime API", self.posted.recv()).await.unwrap()
    }

    /// The post that is already there, if any.
    pub fn posted_already(&mut self) -> Option<Posted> {
        self.posted.try_recv().ok()
    }

    /// Waits for a request to the Extensions API.
    pub async fn extension(&mut self) -> Posted {
        within("a request to the Extensions API", self.extension.recv()).await.unwrap()
    }

    /// The request to the Extensions API that is already there, if any.
    pub fn extension_already(&mut self) -> Option<Posted> {
        self.extension.try_recv().ok()
    }

    /// How often `/next` was asked.
    pub fn times_asked(&self) -> usize {
        *self.asked.borrow()
    }

    /// Waits until `/next` was asked so many times.
    pub async fn asked(&mut self, times: usize) {
        let what = format!("request {times} of `/next`");
        within(&what, self.asked.wait_for(|asked| *asked >= times)).await.unwrap();
    }

    /// Closes every connection, and takes no more.
    pub async fn vanish(&mut self) {
        self.server.abort();
        let _ = (&mut self.server).await;
    }
}

impl Drop for Api {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn accept(listener: TcpListener, server: Arc<Server>) {
    // The connections end with the set, and the set with this task.
    let mut connections = JoinSet::new();
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        stream.set_nodelay(true).unwrap();
        let server = Arc::clone(&server);
        connections.spawn(async move {
            let service = service_fn(|request| serve(&server, request));
            // An error is a connection that a test has closed, or a process that has ended.
            let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
        });
        while connections.try_join_next().is_some() {}
    }
}

async fn serve(server: &Server, request: Request<Incoming>) -> io::Result<Response<Full<Bytes>>> {
    let (parts, body) = request.into_parts();
    let path = parts.uri.path().to_owned();
    let body = body.collect().await.map_err(io::Error::other)?.to_bytes();
    let posted = Posted { path, headers: parts.headers, body };
    match (&parts.method, posted.path.as_str()) {
        (&Method::GET, "/2018-06-01/runtime/invocation/next") => next(server).await,
        (&Method::POST, "/2020-01-01/extension/register") => {
            let _ = server.extension.send(posted);
            let response = Response::builder().header("lambda-extension-identifier", "extension-1");
            Ok(response.body(Full::from(r#"{"functionName":"function"}"#)).unwrap())
        }
        (&Method::GET, "/2020-01-01/extension/event/next") => {
            let _ = server.extension.send(posted);
            pending().await
        }
        (&Method::POST, path) if is_answer(path) => {
            // The test may have ended while the process goes on.
            let _ = server.posted.send(posted);
            let scripted = server.answers.lock().unwrap().pop_front();
            match scripted.unwrap_or(Some(StatusCode::ACCEPTED)) {
                Some(code) => Ok(status(code)),
                None => Err(io::Error::other("the test hangs up")),
            }
        }
        _ => Ok(status(StatusCode::NOT_FOUND)),
    }
}

fn is_answer(path: &str) -> bool {
    let of_invocation = path.strip_prefix("/2018-06-01/runtime/invocation/").and_then(|rest| rest.split_once('/'));
    path == "/2018-06-01/runtime/init/error" || matches!(of_invocation, Some((_, "response" | "error")))
}

async fn next(server: &Server) -> io::Result<Response<Full<Bytes>>> {
    server.asked.send_modify(|asked| *asked += 1);
    let next = server.next.lock().await.recv().await;
    let event = match next {
        Some(Next::Event(event)) => event,
        Some(Next::Status(code)) => return Ok(status(code)),
        Some(Next::HangUp) => return Err(io::Error::other("the test hangs up")),
        None => pending().await,
    };
    let response = Response::builder()
        .header("content-type", "application/json")
        .header("lambda-runtime-aws-request-id", &event.request_id)
        .header("lambda-runtime-invocation-id", &event.invocation_id)
        .header("lambda-runtime-trace-id", &event.trace_id)
        .header("lambda-runtime-deadline-ms", event.deadline_ms())
        .header("lambda-runtime-invoked-function-arn", "arn:aws:lambda:us-east-2:123456789012:function:function");
    Ok(response.body(Full::new(event.body)).unwrap())
}

fn status(status: StatusCode) -> Response<Full<Bytes>> {
    let body = if status.is_success() {
        r#"{"status":"OK"}"#
    } else {
        r#"{"errorMessage":"scripted","errorType":"Scripted"}"#
    };
    Response::builder().status(status).body(Full::from(body)).unwrap()
}
