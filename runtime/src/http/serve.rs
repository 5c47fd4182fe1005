//! One request on its way to a route and back.

use std::borrow::Cow;
use std::time::Duration;

use ::http::header::{self, HeaderName, HeaderValue};
use ::http::{HeaderMap, StatusCode};
use bytes::Bytes;
use futures_util::future::BoxFuture;

use super::cors::Cors;
use super::event::FrontEnd;
use super::problem::Problem;
use super::reply::Reply;
use super::request::Request;
use super::route::Group;
use super::routing::{Hit, Routes, Target};
use super::verb::{Verb, Verbs};
use crate::app::{MAX_RESPONSE_BYTES, Ready};
use crate::call::Call;
use crate::error::{Failure, FailureKind, InvocationError};
use crate::source::event_text;
use crate::spec::FunctionSpec;
use crate::telemetry::incident::Incident;

/// What a load balancer takes: <https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html>.
const MAX_ALB_RESPONSE_BYTES: usize = 1_048_576;

/// What a module of routes says as a whole.
#[doc(hidden)]
#[derive(Debug)]
pub struct Settings {
    /// The routes.
    pub group: &'static Group,
    /// What holds for routes that say nothing about CORS.
    pub cors: Option<&'static Cors>,
    /// What a slash at the end of a path means.
    pub slash: Slash,
    /// The number of the route that runs where no other matches.
    pub fallback: Option<usize>,
}

/// What a slash at the end of a path means.
#[doc(hidden)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slash {
    /// Nothing.
    Ignored,
    /// Another path.
    Strict,
    /// That the client is sent to the path without it.
    Redirected,
}

struct Bound<R> {
    spec: &'static FunctionSpec,
    settings: &'static Settings,
    routes: R,
}

impl<R: Routes> Ready for Bound<R> {
    fn spec(&self) -> &'static FunctionSpec {
        self.spec
    }

    fn serve<'c>(&'c self, call: &'c Call<'c>) -> BoxFuture<'c, Result<Vec<u8>, InvocationError>> {
        Box::pin(async move {
            let request = Request::read(event_text(call)?, &call.cx)?;
            let reply = answer(&self.routes, self.settings, &request, call).await;
            Ok(encoded(reply, &request, call))
        })
    }
}

/// Binds routes for the rest of the process.
#[doc(hidden)]
pub fn ready<R: Routes>(spec: &'static FunctionSpec, settings: &'static Settings, routes: R) -> &'static dyn Ready {
    Box::leak(Box::new(Bound { spec, settings, routes }))
}

async fn answer<R: Routes>(routes: &R, settings: &'static Settings, request: &Request<'_>, call: &Call<'_>) -> Reply {
    let segments = match request.segments() {
        Ok(segments) => segments,
        Err(problem) => return with_cors(problem.into(), settings.cors, request),
    };
    let path: Vec<&str> = segments.iter().map(|segment| &**segment).collect();
    let path = match settings.slash {
        Slash::Strict => &path[..],
        _ => match path.split_last() {
            Some((&"", rest)) => rest,
            _ => &path[..],
        },
    };
    let found = match routes.find(request.verb(), path) {
        Some(hit) => Ok(hit),
        None => settings.fallback.map(|route| Hit::new(route, 0)).ok_or(()),
    };
    if let Some(reply) = preflight(settings, request, |verb| routes.find(verb, path), || routes.allowed(path)) {
        return reply;
    }
    // After the preflight: browsers follow no redirect of one, and other redirects only with leave.
    if let Some(reply) = redirect(settings.slash, path.len() < segments.len(), request) {
        let route = found.ok().and_then(|hit| settings.group.route(hit.route));
        return with_cors(reply, route.and_then(|route| route.cors).or(settings.cors), request);
    }
    let found = match (found, request.verb()) {
        // The path is there, and takes other methods.
        (Ok(hit), _) if Some(hit.route) != settings.fallback => Some(hit.route),
        (found, _) => {
            let allowed = routes.allowed(path);
            if !allowed.is_empty() {
                return with_cors(other_methods(allowed, request.verb()), settings.cors, request);
            }
            found.ok().map(|hit| hit.route)
        }
    };
    let Some(route) = found else {
        let problem = Problem::new(StatusCode::NOT_FOUND).detail("there is nothing at this path");
        return with_cors(problem.into(), settings.cors, request);
    };
    let target = Target { request, path, before: 0 };
    let info = settings.group.route(route);
    #[cfg(feature = "logs")]
    call.spans.name_request(&request.origin(info.map(|route| route.name)));
    #[cfg(feature = "otel")]
    crate::telemetry::otel::spans::routed(request, settings.group, route);
    let served = call.attempt(0, routes.run(route, target, call)).await;
    let reply =
        call.spans.within(0, || served.unwrap_or_else(|failure| failed(&failure, info.map(|route| route.name), call)));
    with_cors(reply, info.and_then(|route| route.cors).or(settings.cors), request)
}

/// Sends the client to the path without its last slash.
fn redirect(slash: Slash, has_slash: bool, request: &Request<'_>) -> Option<Reply> {
    if slash != Slash::Redirected || !has_slash || request.path() == "/" {
        return None;
    }
    let path = request.path().trim_matches('/');
    let base = request.base();
    // Two slashes in front would lead to another host.
    let location = request.url(format!("{base}/{path}").trim_start_matches('/'));
    let location = format!("/{location}");
    let location = HeaderValue::from_str(&location).ok()?;
    let mut headers = HeaderMap::new();
    headers.insert(header::LOCATION, location);
    // Unlike 301, it keeps the method and the body.
    Some(Reply { status: StatusCode::PERMANENT_REDIRECT, headers, body: Bytes::new() })
}

/// What there is to say about a path that does not take the method.
fn other_methods(allowed: Verbs, verb: Verb) -> Reply {
    let allow = HeaderValue::from_str(&allowed.to_string());
    let allow = allow.unwrap_or(HeaderValue::from_static(""));
    if verb == Verb::Options {
        let mut headers = HeaderMap::new();
        headers.insert(header::ALLOW, allow);
        return Reply { status: StatusCode::NO_CONTENT, headers, body: Bytes::new() };
    }
    let detail = format!("this path takes {allowed}");
    Problem::new(StatusCode::METHOD_NOT_ALLOWED).detail(detail).header(header::ALLOW, allow).into()
}

/// The answer to a browser that asks whether it may send a request; `None` if it asks nothing.
fn preflight(
    settings: &'static Settings,
    request: &Request<'_>,
    find: impl Fn(Verb) -> Option<Hit>,
    allowed: impl Fn() -> Verbs,
) -> Option<Reply> {
    if request.verb() != Verb::Options || settings.cors.is_none() && !settings.group.has_cors() {
        return None;
    }
    let origin = request.header(header::ORIGIN.as_str())?;
    let method = request.header(header::ACCESS_CONTROL_REQUEST_METHOD.as_str())?;
    let allowed = allowed();
    let route = find(Verb::of(&method)).and_then(|hit| settings.group.route(hit.route));
    let cors = route.and_then(|route| route.cors).or(settings.cors)?;
    if allowed.is_empty() && settings.fallback.is_none() {
        return None;
    }
    let asked = request.header(header::ACCESS_CONTROL_REQUEST_HEADERS.as_str());
    let methods = if allowed.is_empty() { Cow::Borrowed(&*method) } else { Cow::Owned(allowed.to_string()) };
    let headers = cors.preflight(&origin, asked.as_deref(), &methods);
    Some(Reply { status: StatusCode::NO_CONTENT, headers: headers.into_iter().collect(), body: Bytes::new() })
}

fn with_cors(mut reply: Reply, cors: Option<&'static Cors>, request: &Request<'_>) -> Reply {
    if let Some(cors) = cors {
        let origin = request.header(header::ORIGIN.as_str());
        for (name, value) in cors.actual(origin.as_deref()) {
            match name == header::VARY {
                true => reply.headers.append(name, value),
                false => reply.headers.insert(name, value).is_some(),
            };
        }
    }
    reply
}

/// The response to a request whose route failed. What it holds about the reason is only what the client needs.
#[cold]
fn failed(failure: &Failure, route: Option<&str>, call: &Call<'_>) -> Reply {
    let status = match failure.kind() {
        FailureKind::Malformed => StatusCode::BAD_REQUEST,
        FailureKind::DeadlineExceeded | FailureKind::Idempotency => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    };
    let mut problem = Problem::new(status);
    if status.is_server_error() {
        let incident = Incident::failure(failure).by(call.spec.name, &call.cx).record(route);
        incident.error(format_args!("request failed: {}", failure.message()));
    } else {
        problem = problem.detail(failure.message().to_owned());
    }
    if status == StatusCode::SERVICE_UNAVAILABLE {
        problem = problem.retry_after(RETRY_AFTER);
    }
    problem.into()
}

/// When to try again what is too late or out of reach: nobody knows, so soon.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// The type of the error of a response that nobody takes.
const TOO_LARGE: &str = "ResponseTooLarge";

/// The response as the front end takes it, or a short one that says why not.
fn encoded(mut reply: Reply, request: &Request<'_>, call: &Call<'_>) -> Vec<u8> {
    if request.verb() == Verb::Head {
        reply.body = Bytes::new();
    }
    let front_end = request.front_end();
    let encoded = reply.encode(front_end);
    let (limit, who) = match front_end {
        FrontEnd::Alb { .. } => (MAX_ALB_RESPONSE_BYTES, "a load balancer"),
        _ => (MAX_RESPONSE_BYTES, "Lambda"),
    };
    if encoded.len() <= limit {
        #[cfg(feature = "logs")]
        crate::telemetry::guard_rails::check_response(call, encoded.len(), limit);
        #[cfg(feature = "otel")]
        call.spans.answered(reply.status.as_u16());
        return encoded;
    }
    #[cfg(feature = "otel")]
    crate::telemetry::otel::spans::answered(500, Some(TOO_LARGE));
    Incident::of(TOO_LARGE).by(call.spec.name, &call.cx).error(format_args!(
        "the response has {} bytes, and {who} takes at most {limit}: return a `Page`, or a link to where the content is",
        encoded.len()
    ));
    let mut short = Reply::from(Problem::new(StatusCode::INTERNAL_SERVER_ERROR));
    let is_cors = |name: &HeaderName| name.as_str().starts_with("access-control-") || name == header::VARY;
    for (name, value) in reply.headers.iter().filter(|(name, _)| is_cors(name)) {
        short.headers.append(name, value.clone());
    }
    short.encode(front_end)
}
