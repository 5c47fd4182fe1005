//! An HTTP server in front of the handlers: each request is one invocation.

use std::convert::Infallible;
use std::io::{self, Write as _};
use std::net::{IpAddr, SocketAddr};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::header::EXPECT;
use http::request::Parts;
use http::{Request, Response, StatusCode};
use http_body::Body as _;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use hyper_util::server::graceful::GracefulShutdown;
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use tokio::net::TcpListener;
use tokio::runtime::Handle;
use tokio::sync::oneshot;
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout, timeout_at};

use crate::app::{App, Entry, Ready, dispatch, shutdown};
use crate::call::Call;
use crate::context::Context;
use crate::error::{Failure, FailureKind, InvocationError};
use crate::local::arguments::Serve;
use crate::local::gateway::{self, Arrival};
use crate::local::{init_failed, local_context, timed_out};
use crate::panic;
use crate::spec::FunctionSpec;
use crate::telemetry::complain;
use crate::telemetry::incident::Incident;

/// The source of the handlers that can be served.
const SOURCE: &str = "http";

/// What Lambda takes as an event: <https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html>.
const MAX_REQUEST_BYTES: usize = 6 * 1024 * 1024;

/// How much of a request that is too large is read all the same: most clients send all of it before they
/// look for the answer.
const MAX_IGNORED_BYTES: usize = 10 * MAX_REQUEST_BYTES;

/// How long requests under way may take when the server is to end.
const GRACE: Duration = Duration::from_secs(5);

/// How long to wait when no connection can be accepted, as where there are too many open files.
const PAUSE: Duration = Duration::from_millis(100);

/// A handler with all that it borrows, behind one port.
#[derive(Clone, Copy)]
struct Site {
    spec: &'static FunctionSpec,
    ready: &'static dyn Ready,
    /// The time for each request.
    limit: Option<Duration>,
    port: u16,
}

/// Serves until a signal comes. `initialised` runs when all is made.
pub(super) async fn run<A: App>(app: &'static A, request: Serve, initialised: impl FnOnce()) -> ExitCode {
    let entries = match choose(A::HANDLERS, request.handler.as_deref()) {
        Ok(entries) => entries,
        Err(error) => return complain(&error),
    };
    let mut handlers = Vec::new();
    for entry in entries {
        match (entry.resolve)(app).await {
            Ok(ready) => handlers.push((entry.spec, ready)),
            Err(error) => return init_failed(&error),
        }
    }
    initialised();
    let failed = serve(&request, handlers).await.err().map(|error| complain(&error));
    shutdown::run_all(app).await;
    #[cfg(feature = "otel")]
    crate::telemetry::otel::finish().await;
    // Not by returning: a handler that is stuck would hold up the end of the async runtime.
    std::process::exit(i32::from(failed.is_some()))
}

/// The handlers to serve: the one that is named, or all that are for HTTP.
fn choose<A>(handlers: &'static [Entry<A>], named: Option<&str>) -> Result<Vec<&'static Entry<A>>, String> {
    let names = dispatch::names(handlers);
    let Some(name) = named else {
        let for_http: Vec<_> = handlers.iter().filter(|entry| entry.spec.trigger.source == SOURCE).collect();
        return match for_http.is_empty() {
            true => Err(format!("there is nothing to serve: this binary holds {names}, and none is for `{SOURCE}`")),
            false => Ok(for_http),
        };
    };
    let entry = dispatch::named(handlers, name);
    let entry = entry.ok_or_else(|| format!("there is no handler `{name}`: this binary holds {names}"))?;
    match entry.spec.trigger.source {
        SOURCE => Ok(vec![entry]),
        source => Err(format!("`{name}` is for `{source}`, and what can be served is for `{SOURCE}`")),
    }
}

/// Listens, says where, and serves until a signal comes.
async fn serve(request: &Serve, handlers: Vec<(&'static FunctionSpec, &'static dyn Ready)>) -> Result<(), String> {
    let mut sites = Vec::new();
    for (index, (spec, ready)) in handlers.into_iter().enumerate() {
        let listener = listen(request.host, request.port, index).await?;
        let address = listener.local_addr().map_err(|error| format!("no port: {error}"))?;
        let limit = request.deadline.or(spec.timeout.map(Duration::from_secs));
        sites.push((listener, address, Site { spec, ready, limit, port: address.port() }));
    }
    // Before it is said that the server is there: who reads that may send a signal at once.
    let signal = signalled().map_err(|error| format!("no signals: {error}"))?;
    let connections = Arc::new(GracefulShutdown::new());
    let mut accepting = JoinSet::new();
    for (listener, address, site) in sites {
        // Nobody could be told that nobody can be told.
        let _ = writeln!(io::stderr(), "serving {} on http://{address}", site.spec.name);
        accepting.spawn(accept(listener, site, Arc::clone(&connections)));
    }
    // Closed without a signal, it would never come.
    if signal.await.is_err() {
        std::future::pending::<()>().await;
    }
    accepting.shutdown().await;
    // Nobody accepts any more, so this is the only hold on them.
    if let Some(connections) = Arc::into_inner(connections)
        && timeout(GRACE, connections.shutdown()).await.is_err()
    {
        let message = format_args!("requests that were still under way after {GRACE:?} are given up");
        Incident::of("Shutdown").warn(message);
    }
    Ok(())
}

/// Listens on the port of the handler at this index.
async fn listen(host: IpAddr, first: u16, index: usize) -> Result<TcpListener, String> {
    let offset = if first == 0 { Some(0) } else { u16::try_from(index).ok() };
    let port = offset.and_then(|offset| first.checked_add(offset));
    let port = port.ok_or_else(|| format!("there are not enough ports from {first} upwards"))?;
    let address = SocketAddr::new(host, port);
    let listener = TcpListener::bind(address).await;
    listener.map_err(|error| format!("can't listen on {address}: {error}; `--port` chooses another port, 0 a free one"))
}

/// Resolves at the first Ctrl-C or SIGTERM. The second one ends the process there and then.
fn signalled() -> io::Result<oneshot::Receiver<()>> {
    let mut signals = Signals::new([SIGINT, SIGTERM])?;
    let (sender, receiver) = oneshot::channel();
    std::thread::Builder::new().name("lambkin-signals".to_owned()).spawn(move || {
        let mut signals = signals.forever();
        if signals.next().is_some() {
            // Nobody waits any more: the process is ending another way.
            let _ = sender.send(());
        }
        if let Some(signal) = signals.next() {
            std::process::exit(128 + signal);
        }
    })?;
    Ok(receiver)
}

async fn accept(listener: TcpListener, site: Site, connections: Arc<GracefulShutdown>) {
    loop {
        let (stream, peer) = match listener.accept().await {
            Ok(accepted) => accepted,
            Err(error) => {
                Incident::of("Server").warn(format_args!("a connection could not be accepted: {error}"));
                tokio::time::sleep(PAUSE).await;
                continue;
            }
        };
        // Without it answers are only slower.
        let _ = stream.set_nodelay(true);
        let service = service_fn(move |request| answer(site, peer, request));
        let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
        let connection = connections.watch(connection);
        // An error is a client that has gone away, or one that does not speak HTTP and has been told so.
        tokio::spawn(async move { connection.await.ok() });
    }
}

async fn answer(site: Site, peer: SocketAddr, request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    let (head, body) = request.into_parts();
    let request_id = request_id();
    let response = match read(&head, body).await {
        Ok(Some(body)) => {
            let arrival = Arrival { peer, port: site.port, at: SystemTime::now(), request_id: &request_id };
            match gateway::event(&head, &body, &arrival) {
                // Base64 is longer than what it stands for.
                event if event.len() > MAX_REQUEST_BYTES => gateway::too_large(),
                event => invoke(site, event, &request_id).await.unwrap_or_else(|error| gateway::failed(&error)),
            }
        }
        Ok(None) => gateway::too_large(),
        // The body broke off; most likely nobody is there to read this.
        Err(_) => {
            let mut response = Response::new(Full::default());
            *response.status_mut() = StatusCode::BAD_REQUEST;
            response
        }
    };
    let (handler, status) = (site.spec.name, response.status().as_u16());
    tracing::info!(handler, requestId = request_id, status, "{} {}", head.method, head.uri.path());
    Ok(response)
}

/// The body, unless it is more than Lambda takes.
async fn read(head: &Parts, mut body: Incoming) -> Result<Option<Vec<u8>>, hyper::Error> {
    let limit = u64::try_from(MAX_REQUEST_BYTES).unwrap_or(u64::MAX);
    // A client that asks first is told before it sends anything.
    if head.headers.contains_key(EXPECT) && body.size_hint().lower() > limit {
        return Ok(None);
    }
    let (mut kept, mut length) = (Vec::new(), 0_usize);
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame?.into_data() else { continue };
        length = length.saturating_add(data.len());
        if length <= MAX_REQUEST_BYTES {
            kept.extend_from_slice(&data);
        } else if length > MAX_IGNORED_BYTES {
            break;
        }
    }
    Ok((length <= MAX_REQUEST_BYTES).then_some(kept))
}

/// Runs the handler. On a thread of its own, so that one that blocks keeps no other request waiting, and to its
/// end, as on Lambda: a client that goes away cancels nothing.
async fn invoke(site: Site, event: Vec<u8>, request_id: &str) -> Result<Response<Full<Bytes>>, InvocationError> {
    let Site { spec, ready, limit, .. } = site;
    let cx = Context::with_deadline(local_context(spec, request_id), limit);
    let (runtime, own) = (Handle::current(), cx.clone());
    let until = cx.deadline();
    let running = tokio::task::spawn_blocking(move || {
        runtime.block_on(async move {
            let call = Call::new(spec, &event, own, None);
            // What the handler drops when it is cancelled may panic.
            panic::catch(in_time(until, ready.invoke(&call))).await
        })
    });
    // Twice: the one inside cancels the handler, and this one leaves a handler behind that can't be cancelled.
    let ended = match in_time(until, running).await {
        Some(Ok(ended)) => ended,
        Some(Err(error)) => Err(Failure::new(FailureKind::Panic, "Panic", error.to_string())),
        None => Ok(None),
    };
    let error = match ended {
        // It is in the log already.
        Ok(Some(Err(error))) => return Err(error),
        Ok(Some(Ok(json))) => match gateway::response(json) {
            Ok(response) => return Ok(response),
            Err(error) => error,
        },
        Ok(None) => timed_out(limit.unwrap_or_default(), request_id),
        Err(failure) => failure.into(),
    };
    let incident = Incident::of(&error.error_type).by(spec.name, &cx);
    incident.error(format_args!("invocation failed: {}", error.error_message));
    Err(error)
}

/// What the future returns, if it does until then.
async fn in_time<F: Future>(until: Option<Instant>, future: F) -> Option<F::Output> {
    match until {
        Some(until) => timeout_at(until, future).await.ok(),
        None => Some(future.await),
    }
}

/// An identifier that no other request has, in this process or in one after it.
fn request_id() -> String {
    static NUMBER: AtomicU64 = AtomicU64::new(1);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let started = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_nanos();
    // In the form of Lambda's own.
    format!(
        "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
        (started >> 32) & 0xffff_ffff,
        (started >> 16) & 0xffff,
        started & 0xffff,
        (number >> 48) & 0xffff,
        number & 0xffff_ffff_ffff
    )
}
