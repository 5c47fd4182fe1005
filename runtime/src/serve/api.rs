//! The part of the Runtime API that answers:
//! <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>.

use std::sync::Arc;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, USER_AGENT};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, StatusCode};
use http_body_util::BodyExt;
use lambda_runtime_api_client::PooledClient;
use lambda_runtime_api_client::body::Body;

use crate::error::{BoxError, InvocationError};
use crate::telemetry::incident::Incident;

/// Tells an invocation from an earlier one of the same request.
pub(super) const INVOCATION_ID: &str = "lambda-runtime-invocation-id";

/// The type of an error, for Lambda's own metrics.
const ERROR_TYPE: HeaderName = HeaderName::from_static("lambda-runtime-function-error-type");

/// What is posted to the Runtime API.
pub(super) enum Posted<'p> {
    Response(Vec<u8>),
    Error(&'p InvocationError),
}

/// A client of the Runtime API.
#[derive(Clone)]
pub(crate) struct RuntimeApi(Arc<PooledClient>);

impl RuntimeApi {
    pub(super) fn new(endpoint: &str) -> Result<Self, BoxError> {
        // The client would panic on what is no address.
        let uri = endpoint.parse().ok().filter(|uri: &http::Uri| uri.authority().is_some());
        let uri = uri.ok_or_else(|| format!("`AWS_LAMBDA_RUNTIME_API` is `{endpoint}`, which is no address"))?;
        let client = PooledClient::builder().with_endpoint(uri).build();
        Ok(Self(Arc::new(client)))
    }

    /// Posts an answer. That Lambda refuses it is logged and no error.
    ///
    /// # Errors
    /// The API did not answer, twice, or is broken.
    pub(super) async fn post(
        &self,
        path: &str,
        invocation_id: Option<HeaderValue>,
        posted: Posted<'_>,
    ) -> Result<(), BoxError> {
        let mut headers = Vec::new();
        headers.extend(invocation_id.map(|id| (HeaderName::from_static(INVOCATION_ID), id)));
        let body: Bytes = match posted {
            Posted::Response(response) => response.into(),
            Posted::Error(error) => {
                headers.push((CONTENT_TYPE, HeaderValue::from_static("application/vnd.aws.lambda.error+json")));
                headers.push((ERROR_TYPE, error_type_header(&error.error_type)));
                error.to_json().into()
            }
        };
        let mut is_second = false;
        let status = loop {
            match self.call(Method::POST, path, headers.clone(), body.clone()).await {
                Ok((status, _)) => break status,
                Err(error) if is_second => return Err(error),
                // The connection broke. The answer may have arrived; then the API refuses it as a second one.
                Err(_) => is_second = true,
            }
        };
        // The API's rule for these is to exit.
        if status.is_server_error() {
            return Err(format!("it answered {status} to an answer").into());
        }
        // Lambda refuses what comes too late or twice; the next event is no worse for it.
        if !status.is_success() {
            let why = why(status);
            Incident::of("RuntimeApi").error(format_args!("the Runtime API refused the answer with {status}: {why}"));
        }
        Ok(())
    }

    /// Sends a request, and reads the answer to its end, which gives the connection back to the pool.
    pub(super) async fn call(
        &self,
        method: Method,
        path: &str,
        headers: Vec<(HeaderName, HeaderValue)>,
        body: Bytes,
    ) -> Result<(StatusCode, HeaderMap), BoxError> {
        let mut request = Request::new(Body::from(body));
        *request.method_mut() = method;
        *request.uri_mut() = path.parse()?;
        request
            .headers_mut()
            .insert(USER_AGENT, HeaderValue::from_static(concat!("lambkin/", env!("CARGO_PKG_VERSION"))));
        request.headers_mut().extend(headers);
        let (head, mut body) = self.0.call(request).await?.into_parts();
        while let Some(frame) = body.frame().await {
            frame?;
        }
        Ok((head.status, head.headers))
    }
}

fn why(status: StatusCode) -> &'static str {
    match status {
        StatusCode::GONE => "it came after the invocation's deadline",
        StatusCode::PAYLOAD_TOO_LARGE => "it is too large",
        _ => "see the status",
    }
}

/// A header cannot hold every character that a type's name can.
fn error_type_header(error_type: &str) -> HeaderValue {
    HeaderValue::from_str(error_type).unwrap_or(HeaderValue::from_static("Error"))
}
