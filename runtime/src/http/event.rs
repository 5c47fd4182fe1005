//! The events of the six front ends, told apart by what only one of them has.
//!
//! | front end | event | path |
//! |---|---|---|
//! | API Gateway REST API | [proxy integration][rest] | as sent, without the stage |
//! | API Gateway HTTP API, payload 1.0 and 2.0 | [payload formats][http] | decoded, with the stage where it is not `$default`, whatever the domain |
//! | function URL | [payload 2.0][url] | as sent |
//! | Application Load Balancer | [Lambda target][alb] | as sent; so are the query's values |
//! | VPC Lattice 1 and 2 | [Lambda target][lattice] | as sent; so are the query's values |
//!
//! [rest]: https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
//! [http]: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
//! [url]: https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html
//! [alb]: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html
//! [lattice]: https://docs.aws.amazon.com/vpc-lattice/latest/ug/lambda-functions.html

use std::borrow::Cow;

use serde_json::value::RawValue;

use crate::error::InvocationError;
use crate::source::lazy::{self, Lazy, lazy_fields};

/// What stands in front of the function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FrontEnd {
    /// An API Gateway REST API.
    RestApi,
    /// An API Gateway HTTP API, with payload format 1.0.
    HttpApi1,
    /// An API Gateway HTTP API, with payload format 2.0.
    HttpApi,
    /// A function URL.
    FunctionUrl,
    /// An Application Load Balancer; whether its target group has multi-value headers.
    Alb {
        /// Requests and responses list each header's values.
        is_multi_value: bool,
    },
    /// VPC Lattice, with version 1 of its events.
    Lattice1,
    /// VPC Lattice, with version 2 of its events.
    Lattice,
}

lazy_fields! {
    struct Event: "an HTTP request" {
        version: "version",
        raw_path: "rawPath",
        raw_query: "rawQueryString",
        path: "path",
        http_method: "httpMethod",
        headers: "headers",
        multi_headers: "multiValueHeaders",
        cookies: "cookies",
        query: "queryStringParameters",
        multi_query: "multiValueQueryStringParameters",
        context: "requestContext",
        body: "body",
        is_base64: "isBase64Encoded",
        lattice_path: "raw_path",
        method: "method",
        lattice_query: "query_string_parameters",
        lattice_is_base64: "is_base64_encoded",
    }
}

lazy_fields! {
    #[derive(Default)]
    struct RequestContext: "a request context" {
        http: "http",
        elb: "elb",
        network: "serviceNetworkArn",
        target_group: "targetGroupArn",
        stage: "stage",
        domain: "domainName",
    }
}

/// The parts of a request, as the event has them.
pub(crate) struct Parts<'e> {
    pub(crate) front_end: FrontEnd,
    pub(crate) method: Cow<'e, str>,
    pub(crate) path: Cow<'e, str>,
    /// The stage that stood in front of the path, where it does so for the client too.
    pub(crate) stage: Option<Cow<'e, str>>,
    /// Whether the front end has decoded the path.
    pub(crate) is_path_decoded: bool,
    pub(crate) query: QueryOf<'e>,
    /// An object of texts, or of lists of texts.
    pub(crate) headers: Lazy<'e>,
    /// A list of texts, where they are not in the headers.
    pub(crate) cookies: Lazy<'e>,
    pub(crate) context: Lazy<'e>,
    pub(crate) body: Lazy<'e>,
    pub(crate) is_base64: bool,
}

/// The query, as the front end hands it on.
pub(crate) enum QueryOf<'e> {
    /// As sent.
    Text(Cow<'e, str>),
    /// An object of texts, or of lists of texts; whether these are still encoded.
    Fields { fields: Lazy<'e>, is_encoded: bool },
}

impl<'e> Parts<'e> {
    /// Reads an event.
    ///
    /// # Errors
    /// If it is no event of a front end.
    pub(crate) fn read(event: &'e str) -> Result<Self, InvocationError> {
        let event: Event<'e> = lazy::envelope(event, "an HTTP request")?;
        let context = event.context.map(RawValue::get).map(serde_json::from_str::<RequestContext<'e>>);
        let context = context.and_then(Result::ok).unwrap_or_default();
        let front_end = front_end(&event, &context).ok_or_else(unknown)?;
        match front_end {
            FrontEnd::HttpApi | FrontEnd::FunctionUrl => Self::payload_2(front_end, event, &context),
            FrontEnd::Lattice1 | FrontEnd::Lattice => Self::lattice(front_end, event),
            _ => Self::payload_1(front_end, event, &context),
        }
    }

    fn payload_2(front_end: FrontEnd, event: Event<'e>, context: &RequestContext<'e>) -> Result<Self, InvocationError> {
        let method = lazy::field(context.http, "method");
        let (path, stage) = without_stage(required(event.raw_path, "rawPath")?, context);
        Ok(Self {
            front_end,
            method: required(method, "requestContext.http.method")?,
            path,
            stage,
            is_path_decoded: front_end == FrontEnd::HttpApi && !is_emulated(context),
            query: QueryOf::Text(lazy::text(event.raw_query).unwrap_or_default()),
            headers: event.headers,
            cookies: event.cookies,
            context: event.context,
            body: event.body,
            is_base64: lazy::flag(event.is_base64),
        })
    }

    fn payload_1(front_end: FrontEnd, event: Event<'e>, context: &RequestContext<'e>) -> Result<Self, InvocationError> {
        let is_alb = matches!(front_end, FrontEnd::Alb { .. });
        let path = required(event.path, "path")?;
        let (path, stage) = match front_end {
            FrontEnd::HttpApi1 => without_stage(path, context),
            _ => (path, None),
        };
        Ok(Self {
            front_end,
            method: required(event.http_method, "httpMethod")?,
            path,
            stage,
            is_path_decoded: front_end == FrontEnd::HttpApi1 && !is_emulated(context),
            query: QueryOf::Fields { fields: event.multi_query.or(event.query), is_encoded: is_alb },
            // Where both are there, one has all that the other has.
            headers: event.multi_headers.or(event.headers),
            cookies: None,
            context: event.context,
            body: event.body,
            is_base64: lazy::flag(event.is_base64),
        })
    }

    fn lattice(front_end: FrontEnd, event: Event<'e>) -> Result<Self, InvocationError> {
        let (path, name) = match front_end {
            FrontEnd::Lattice1 => (event.lattice_path, "raw_path"),
            _ => (event.path, "path"),
        };
        let path = required(path, name)?;
        let fields = QueryOf::Fields { fields: event.query.or(event.lattice_query), is_encoded: true };
        let (path, query) = match path.split_once('?') {
            Some((path, query)) => (Cow::Owned(path.to_owned()), QueryOf::Text(Cow::Owned(query.to_owned()))),
            None => (path, fields),
        };
        Ok(Self {
            front_end,
            method: required(event.method, "method")?,
            path,
            stage: None,
            is_path_decoded: false,
            query,
            headers: event.headers,
            cookies: None,
            context: event.context,
            body: event.body,
            is_base64: lazy::flag(event.is_base64.or(event.lattice_is_base64)),
        })
    }
}

fn front_end(event: &Event<'_>, context: &RequestContext<'_>) -> Option<FrontEnd> {
    if context.http.is_some() {
        let is_url = lazy::text(context.domain).is_some_and(|domain| domain.contains(".lambda-url."));
        return Some(if is_url { FrontEnd::FunctionUrl } else { FrontEnd::HttpApi });
    }
    if context.elb.is_some() {
        return Some(FrontEnd::Alb { is_multi_value: event.multi_headers.is_some() });
    }
    if context.network.is_some() || context.target_group.is_some() {
        return Some(FrontEnd::Lattice);
    }
    if event.lattice_path.is_some() {
        return Some(FrontEnd::Lattice1);
    }
    event.http_method?;
    // REST APIs give no version.
    Some(if event.version.is_some() { FrontEnd::HttpApi1 } else { FrontEnd::RestApi })
}

/// Whether the event comes from a tool on the developer's machine. These leave the path as it was sent.
fn is_emulated(context: &RequestContext<'_>) -> bool {
    let Some(domain) = lazy::text(context.domain) else { return true };
    let host = domain.rsplit_once(':').map_or(&*domain, |(host, _)| host);
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok()
}

/// The path without the stage in front of it; and the stage, if the client sent it too. That is so on the domain that
/// an API has by itself: on a custom one, API Gateway puts the stage in the place of what is mapped to it.
fn without_stage<'e>(path: Cow<'e, str>, context: &RequestContext<'e>) -> (Cow<'e, str>, Option<Cow<'e, str>>) {
    let Some(stage) = lazy::text(context.stage).filter(|stage| stage != "$default") else { return (path, None) };
    let rest = match path.strip_prefix('/').and_then(|path| path.strip_prefix(&*stage)) {
        Some("") => Cow::Borrowed("/"),
        Some(rest) if rest.starts_with('/') => Cow::Owned(rest.to_owned()),
        _ => return (path, None),
    };
    let is_sent = lazy::text(context.domain).is_none_or(|domain| domain.contains(".execute-api."));
    (rest, Some(stage).filter(|_| is_sent))
}

fn required<'e>(field: Lazy<'e>, name: &str) -> Result<Cow<'e, str>, InvocationError> {
    lazy::string(field).or_else(|what| lazy::lossy(field).ok_or(what)).map_err(|what| missing(name, what))
}

#[cold]
fn missing(name: &str, what: &str) -> InvocationError {
    InvocationError::bad_event(format!("the event is no HTTP request: its `{name}` {what}"))
}

#[cold]
fn unknown() -> InvocationError {
    InvocationError::bad_event(
        "the event is no HTTP request: it has no `requestContext.http`, `requestContext.elb`, \
         `requestContext.serviceNetworkArn`, `raw_path` or `httpMethod`; for other events there is \
         `#[handler(event)]`",
    )
}
