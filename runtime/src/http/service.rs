//! A service of the axum ecosystem behind a prefix, such as an `axum::Router`.

use std::future::poll_fn;

use ::http::{Request, StatusCode, Uri};
use axum_core::body::Body;
use axum_core::response::IntoResponse;
use futures_util::future::BoxFuture;
use tower_service::Service;

use super::problem::Problem;
use super::reply::Reply;
use super::routing::{AnyRoutes, Hit, Target};
use super::verb::{Verb, Verbs};
use crate::call::Call;
use crate::error::{BoxError, Failure};

/// What a function with `#[mount]` made.
#[doc(hidden)]
pub struct Made<T>(pub T);

impl<T> Made<T> {
    /// The service, for the rest of the process. A method, as all checks of types are: an error is reported at a method's
    /// name, which generated code places at the type.
    pub fn service(self, name: &'static str) -> &'static dyn AnyRoutes
    where
        T: HttpService,
    {
        Box::leak(Box::new(Mounted { name, service: self.0 }))
    }
}

/// What can be mounted.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not answer HTTP requests",
    label = "no service",
    note = "lambkin::E129: return an `axum::Router`, or another `tower::Service` over `http::Request<axum::body::Body>` that \
            can be cloned"
)]
pub trait HttpService: Send + Sync + 'static {
    /// The response to a request.
    fn respond(&self, request: Request<Body>) -> BoxFuture<'static, Result<Reply, BoxError>>;
}

#[diagnostic::do_not_recommend]
impl<S> HttpService for S
where
    S: Service<Request<Body>, Response: IntoResponse, Error: Into<BoxError>, Future: Send>
        + Clone
        + Send
        + Sync
        + 'static,
{
    fn respond(&self, request: Request<Body>) -> BoxFuture<'static, Result<Reply, BoxError>> {
        let mut service = self.clone();
        Box::pin(async move {
            poll_fn(|cx| service.poll_ready(cx)).await.map_err(Into::into)?;
            let response = service.call(request).await.map_err(Into::into)?;
            Ok(Reply::of(response.into_response()).await)
        })
    }
}

struct Mounted<S> {
    name: &'static str,
    service: S,
}

impl<S: HttpService> AnyRoutes for Mounted<S> {
    fn count(&self) -> usize {
        1
    }

    fn find(&self, _: Verb, _: &[&str]) -> Option<Hit> {
        Some(Hit::new(0, 0))
    }

    // It says itself which methods it takes.
    fn allowed(&self, _: &[&str]) -> Verbs {
        Verbs::NONE
    }

    fn run<'a>(&'a self, _: usize, target: Target<'a>, call: &'a Call<'a>) -> BoxFuture<'a, Result<Reply, Failure>> {
        Box::pin(async move {
            let mut request = match target.request.whole() {
                Ok(request) => request.map(Body::from),
                Err(problem) => return Ok(problem.into()),
            };
            if target.before > 0 {
                match within(request.uri(), target.before) {
                    Some(uri) => *request.uri_mut() = uri,
                    None => return Ok(Problem::new(StatusCode::BAD_REQUEST).into()),
                }
            }
            let served = call.guard(self.service.respond(request)).await?;
            served.map_err(|error| Failure::of(error, false)).map_err(|failure| named(&failure, self.name))
        })
    }
}

fn named(failure: &Failure, name: &str) -> Failure {
    Failure::new(failure.kind(), "ServiceError", format!("{name}: {}", failure.message()))
}

/// The rest of a path behind its first segments, which is what a mounted service knows.
fn within(uri: &Uri, segments: usize) -> Option<Uri> {
    let mut path = uri.path();
    for _ in 0..segments {
        path = path.strip_prefix('/').unwrap_or(path);
        path = path.find('/').and_then(|slash| path.get(slash..)).unwrap_or("");
    }
    let path = if path.is_empty() { "/" } else { path };
    let query = uri.query().map(|query| format!("?{query}")).unwrap_or_default();
    format!("{path}{query}").parse().ok()
}
