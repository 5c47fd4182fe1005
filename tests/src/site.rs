//! An HTTP server that is the test's own.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::task::{JoinHandle, JoinSet};

/// A server on a free port; it ends with this value.
pub struct Site {
    address: SocketAddr,
    server: JoinHandle<()>,
}

impl Site {
    /// Answers each request with what `answer` makes of it.
    pub async fn start(answer: impl Fn(Request<Bytes>) -> Response<Bytes> + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        Self { address, server: tokio::spawn(accept(listener, Arc::new(answer))) }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The URL of its root, without a slash at the end; a browser's name for the origin.
    pub fn origin(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn accept<F>(listener: TcpListener, answer: Arc<F>)
where
    F: Fn(Request<Bytes>) -> Response<Bytes> + Send + Sync + 'static,
{
    // The connections end with the set, and the set with this task.
    let mut connections = JoinSet::new();
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        let answer = Arc::clone(&answer);
        connections.spawn(async move {
            let service = service_fn(|request: Request<Incoming>| async {
                let (head, body) = request.into_parts();
                // A client that breaks off reads no answer either.
                let body = body.collect().await.map(|body| body.to_bytes()).unwrap_or_default();
                Ok::<_, Infallible>(answer(Request::from_parts(head, body)).map(Full::new))
            });
            let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
        });
        while connections.try_join_next().is_some() {}
    }
}
