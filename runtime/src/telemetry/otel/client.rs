//! The HTTP client of the exporter: the one that is linked for the Runtime API anyway.

use std::fmt;
use std::future::Future;
use std::pin::Pin;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt, Full, Limited};
use hyper::rt::Executor;
use hyper_util::client::legacy;
use hyper_util::client::legacy::connect::HttpConnector;
use opentelemetry_http::{HttpClient, HttpError};
use tracing::instrument::WithSubscriber;
use tracing::subscriber::NoSubscriber;

/// The most that is read of an answer, which is a few bytes.
const MAX_ANSWER: usize = 64 * 1024;

/// Exports over plain HTTP. How long it may take is for the caller to say.
pub(crate) struct Client(legacy::Client<HttpConnector, Full<Bytes>>);

impl Client {
    pub(crate) fn new() -> Self {
        Self(legacy::Client::builder(Unseen).build_http())
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").finish_non_exhaustive()
    }
}

/// What [`HttpClient`] returns.
type Sending<'c> = Pin<Box<dyn Future<Output = Result<Response<Bytes>, HttpError>> + Send + 'c>>;

impl HttpClient for Client {
    // What `#[async_trait]` would write.
    fn send_bytes<'c, 'f>(&'c self, request: Request<Bytes>) -> Sending<'f>
    where
        'c: 'f,
        Self: 'f,
    {
        Box::pin(async move {
            let (head, body) = self.0.request(request.map(Full::new)).await?.into_parts();
            let body = Limited::new(body, MAX_ANSWER).collect().await?.to_bytes();
            Ok(Response::from_parts(head, body))
        })
    }
}

/// Runs connections where no subscriber sees them: spans about exporting spans would never end.
#[derive(Clone, Copy)]
struct Unseen;

impl<F> Executor<F> for Unseen
where
    F: Future<Output: Send> + Send + 'static,
{
    fn execute(&self, connection: F) {
        tokio::spawn(connection.with_subscriber(NoSubscriber::new()));
    }
}
