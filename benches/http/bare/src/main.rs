//! `lambda_runtime` and nothing else: the event is not looked at, and the response is always the same. What is left is asking
//! for events and posting answers.

use std::task::{Context, Poll};

use bytes::Bytes;
use lambda_runtime::tower::Layer;
use lambda_runtime::{Error, LambdaEvent, LambdaInvocation, Runtime, Service, service_fn};
use serde::Serialize;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Response {
    status_code: u16,
    body: &'static str,
}

/// Takes the event away before `lambda_runtime` parses it, which it does even for types that ignore all of it.
struct Unread;

impl<S> Layer<S> for Unread {
    type Service = UnreadService<S>;

    fn layer(&self, inner: S) -> Self::Service {
        UnreadService(inner)
    }
}

struct UnreadService<S>(S);

impl<S: Service<LambdaInvocation>> Service<LambdaInvocation> for UnreadService<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.0.poll_ready(context)
    }

    fn call(&mut self, invocation: LambdaInvocation) -> S::Future {
        self.0.call(LambdaInvocation { body: Bytes::from_static(b"null"), ..invocation })
    }
}

#[tokio::main]
async fn main() -> Result<(), Error> {
    let handler = service_fn(|_: LambdaEvent<()>| async { Ok::<_, Error>(Response { status_code: 200, body: "{}" }) });
    Runtime::new(handler).layer(Unread).run().await
}
