//! The HTTP client of the exporter: the Runtime API's, which is linked anyway. Another one, even of the same library, would be
//! another hundred kilobytes.

use std::future::Future;
use std::pin::Pin;

use bytes::Bytes;
use http::{Request, Response, Uri};
use http_body_util::{BodyExt, Limited};
use lambda_runtime_api_client::PooledClient;
use lambda_runtime_api_client::body::Body;
use opentelemetry_http::{HttpClient, HttpError};

/// The most that is read of an answer, which is a few bytes.
const MAX_ANSWER: usize = 64 * 1024;

/// Exports over plain HTTP. How long it may take is for the caller to say.
#[derive(Debug)]
pub(crate) struct Client(PooledClient);

impl Client {
    /// A client of the collector at this address; `None` if it is none.
    pub(crate) fn new(endpoint: &Uri) -> Option<Self> {
        // The path is that of each request: the client puts its own in front.
        let base = Uri::builder().scheme("http").authority(endpoint.authority()?.as_str()).path_and_query("/").build();
        Some(Self(PooledClient::builder().with_endpoint(base.ok()?).build()))
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
            let (head, body) = self.0.call(request.map(Body::from)).await?.into_parts();
            let body = Limited::new(body, MAX_ANSWER).collect().await?.to_bytes();
            Ok(Response::from_parts(head, body))
        })
    }
}
