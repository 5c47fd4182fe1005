//! Whatever else a route takes by value: what lambkin knows about the request, and the extractors of the axum
//! ecosystem.

use std::borrow::Cow;
use std::future::{Future, Ready};
use std::marker::PhantomData;
use std::ops::Deref;

use ::http::StatusCode;
use axum_core::body::Body;
use axum_core::extract::{FromRequest, FromRequestParts};
use axum_core::response::{IntoResponse, Response};
use bytes::Bytes;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use super::event::FrontEnd;
use super::problem::Problem;
use super::request::Request;
use super::routing::Target;
use crate::context::Context;

/// The request: its method, path, headers and body, and what the front end says about it.
///
/// A parameter by value of any route; copying it costs nothing.
///
/// ```
/// use lambkin::http::HttpRequest;
/// use lambkin::prelude::*;
///
/// #[handler(http)]
/// mod api {
///     use super::*;
///
///     #[get("/agent")]
///     async fn agent(request: HttpRequest<'_>) -> String {
///         request.header("user-agent").unwrap_or_default().into_owned()
///     }
/// }
/// # fn main() {}
/// ```
#[derive(Clone, Copy, Debug)]
pub struct HttpRequest<'r>(pub(crate) &'r Request<'r>);

impl<'r> HttpRequest<'r> {
    /// What stands in front of the function.
    pub fn front_end(&self) -> FrontEnd {
        self.0.front_end()
    }

    /// The method, as it was sent.
    pub fn method(&self) -> &'r str {
        self.0.method()
    }

    /// The path, without the API's stage; percent-encoded, unless the request came through an API Gateway HTTP
    /// API, which decodes it.
    pub fn path(&self) -> &'r str {
        self.0.path()
    }

    /// The query, percent-encoded; empty if there is none.
    pub fn query(&self) -> Cow<'r, str> {
        self.0.query_text()
    }

    /// The value of a header, whose name may be in any case. One that is there several times is a list, joined
    /// by `, `.
    pub fn header(&self, name: &str) -> Option<Cow<'r, str>> {
        self.0.header(name)
    }

    /// The value of a cookie.
    pub fn cookie(&self, name: &str) -> Option<String> {
        let header = self.0.cookie_header()?;
        super::cookie::cookies(&header).find(|(key, _)| *key == name).map(|(_, value)| value.to_owned())
    }

    /// The body, decoded if the event holds it in Base64.
    ///
    /// # Errors
    /// A 400, if the event's body is not what it says.
    pub fn body(&self) -> Result<&'r [u8], Problem> {
        self.0.bytes().map_err(super::request::bad_body)
    }

    /// The event's `requestContext`, which differs from front end to front end.
    ///
    /// # Errors
    /// If it does not decode into a `T`.
    pub fn context<T: Deserialize<'r>>(&self) -> Result<T, serde_json::Error> {
        serde_json::from_str(self.0.context().map_or("null", RawValue::get))
    }

    /// Whom the front end has authenticated: the `sub` of a token's claims, the ARN of an IAM identity, or an
    /// authoriser's `principalId`. `None` if it has not.
    ///
    /// Of a load balancer it is the header `x-amzn-oidc-identity`, which says something only where the listener authenticates
    /// users: see [its page](https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-authenticate-users.html).
    pub fn principal(&self) -> Option<Cow<'r, str>> {
        self.0.principal()
    }

    /// What the front end's authoriser says about the caller: a token's claims, or what a Lambda authoriser
    /// returned as context. `None` if there is no authoriser.
    ///
    /// # Errors
    /// If it does not decode into a `T`.
    pub fn claims<T: Deserialize<'r>>(&self) -> Option<Result<T, serde_json::Error>> {
        let claims = self.0.claims()?;
        Some(serde_json::from_str(claims.get()))
    }

    /// The address of the client, as the front end saw it.
    pub fn source_ip(&self) -> Option<Cow<'r, str>> {
        self.0.source_ip()
    }
}

/// What the front end's authoriser says about the caller, decoded: a token's claims, or the context that a Lambda
/// authoriser returned. Without an authoriser the answer is a 401.
///
/// ```
/// use lambkin::http::Claims;
/// use lambkin::prelude::*;
///
/// #[derive(Deserialize)]
/// struct Token {
///     sub: String,
/// }
///
/// #[handler(http)]
/// mod api {
///     use super::*;
///
///     #[get("/me")]
///     async fn me(Claims(token): Claims<Token>) -> String {
///         token.sub
///     }
/// }
/// # fn main() {}
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Claims<T>(pub T);

impl<T> Deref for Claims<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

/// A type that a route takes by value, out of the request as a whole.
///
/// What implements axum's [`FromRequestParts`] or [`FromRequest`] is taken as well; this one costs less, since the
/// request need not be put together for it, and it may borrow.
///
/// ```
/// use lambkin::http::{FromHttp, HttpRequest, Problem, StatusCode};
/// use lambkin::prelude::*;
///
/// struct ApiKey<'r>(std::borrow::Cow<'r, str>);
///
/// impl<'r> FromHttp<'r> for ApiKey<'r> {
///     fn from_http(request: HttpRequest<'r>) -> Result<Self, Problem> {
///         request.header("x-api-key").map(ApiKey).ok_or_else(|| Problem::new(StatusCode::UNAUTHORIZED))
///     }
/// }
///
/// #[handler(http)]
/// mod api {
///     use super::*;
///
///     #[get("/orders")]
///     async fn orders(key: ApiKey<'_>) -> String {
///         format!("the orders of {}", key.0.len())
///     }
/// }
/// # fn main() {}
/// ```
pub trait FromHttp<'r>: Sized {
    /// Takes it.
    ///
    /// # Errors
    /// The response, if the request does not have it.
    fn from_http(request: HttpRequest<'r>) -> Result<Self, Problem>;
}

impl<'r> FromHttp<'r> for HttpRequest<'r> {
    fn from_http(request: HttpRequest<'r>) -> Result<Self, Problem> {
        Ok(request)
    }
}

impl FromHttp<'_> for Context {
    fn from_http(request: HttpRequest<'_>) -> Result<Self, Problem> {
        Ok(request.0.cx().clone())
    }
}

impl FromHttp<'_> for FrontEnd {
    fn from_http(request: HttpRequest<'_>) -> Result<Self, Problem> {
        Ok(request.front_end())
    }
}

impl<T: DeserializeOwned> FromHttp<'_> for Claims<T> {
    fn from_http(request: HttpRequest<'_>) -> Result<Self, Problem> {
        let unauthorized = || Problem::new(StatusCode::UNAUTHORIZED);
        match request.claims() {
            Some(Ok(claims)) => Ok(Self(claims)),
            // What the token holds is nobody's to read; whose fault it is, is known all the same.
            Some(Err(_)) => Err(unauthorized().detail("the caller's claims are not what this route needs")),
            None => Err(unauthorized()),
        }
    }
}

/// A body of an [`http::Request`](::http::Request) that a handler takes as a whole: `Bytes`, `Vec<u8>`,
/// `axum::body::Body`; with the feature `lambda-http` also `lambda_http::Body`.
///
/// ```
/// use lambkin::prelude::*;
///
/// #[handler(http)]
/// async fn proxy(request: http::Request<Vec<u8>>) -> String {
///     format!("{} {}", request.method(), request.uri())
/// }
/// # fn main() {}
/// ```
pub trait WholeBody: Sized {
    /// The body, and what it adds to the request's head.
    ///
    /// # Errors
    /// A 400, if the event's body is not what it says.
    fn whole(request: HttpRequest<'_>) -> Result<::http::Request<Self>, Problem>;
}

impl WholeBody for Bytes {
    fn whole(request: HttpRequest<'_>) -> Result<::http::Request<Self>, Problem> {
        request.0.whole()
    }
}

impl WholeBody for Vec<u8> {
    fn whole(request: HttpRequest<'_>) -> Result<::http::Request<Self>, Problem> {
        Ok(request.0.whole()?.map(Into::into))
    }
}

impl WholeBody for Body {
    fn whole(request: HttpRequest<'_>) -> Result<::http::Request<Self>, Problem> {
        Ok(request.0.whole()?.map(Body::from))
    }
}

/// As `lambda_http` makes it, its extensions included; a stage stands in the path, unless
/// `AWS_LAMBDA_HTTP_IGNORE_STAGE_IN_PATH` is set.
#[cfg(feature = "lambda-http")]
impl WholeBody for lambda_http::Body {
    fn whole(request: HttpRequest<'_>) -> Result<::http::Request<Self>, Problem> {
        // It panics on what it can't read; what it does not know, such as the first version of VPC Lattice's events, has
        // nothing to extend the request with.
        let body = request.body()?;
        let made = crate::panic::catch_now(|| lambda_http::request::from_str(request.0.event()).ok());
        match made {
            Ok(Some(made)) => Ok(made),
            _ => Ok(request.0.whole()?.map(|_| match std::str::from_utf8(body) {
                Ok("") => Self::Empty,
                Ok(text) => Self::Text(text.to_owned()),
                Err(_) => Self::Binary(body.to_vec()),
            })),
        }
    }
}

impl<B: WholeBody> FromHttp<'_> for ::http::Request<B> {
    fn from_http(request: HttpRequest<'_>) -> Result<Self, Problem> {
        B::whole(request)
    }
}

/// Takes a `T` out of the request.
#[doc(hidden)]
pub struct Extract<T>(PhantomData<fn() -> T>);

impl<T> Extract<T> {
    /// Of this type.
    #[allow(clippy::new_without_default, reason = "generated code calls it by its name")]
    pub const fn new() -> Self {
        Self(PhantomData)
    }
}

#[doc(hidden)]
pub trait TakeFromHttp<'r, T> {
    /// Takes what lambkin knows.
    fn extract(self, target: Target<'r>) -> impl Future<Output = Result<T, Response>> + Send;
}

impl<'r, T: FromHttp<'r> + Send> TakeFromHttp<'r, T> for &&&Extract<T> {
    fn extract(self, target: Target<'r>) -> impl Future<Output = Result<T, Response>> + Send {
        std::future::ready(T::from_http(HttpRequest(target.request)).map_err(IntoResponse::into_response))
    }
}

#[doc(hidden)]
pub trait TakeFromParts<'r, T> {
    /// Takes an extractor of the request's head.
    fn extract(self, target: Target<'r>) -> impl Future<Output = Result<T, Response>> + Send;
}

impl<'r, T: FromRequestParts<()> + Send> TakeFromParts<'r, T> for &&Extract<T> {
    async fn extract(self, target: Target<'r>) -> Result<T, Response> {
        let mut parts = target.request.head().map_err(IntoResponse::into_response)?;
        T::from_request_parts(&mut parts, &()).await.map_err(IntoResponse::into_response)
    }
}

#[doc(hidden)]
pub trait TakeFromRequest<'r, T> {
    /// Takes an extractor of the whole request.
    fn extract(self, target: Target<'r>) -> impl Future<Output = Result<T, Response>> + Send;
}

impl<'r, T: FromRequest<()> + Send> TakeFromRequest<'r, T> for &Extract<T> {
    async fn extract(self, target: Target<'r>) -> Result<T, Response> {
        let request = target.request.whole().map_err(IntoResponse::into_response)?.map(Body::from);
        T::from_request(request, &()).await.map_err(IntoResponse::into_response)
    }
}

/// What a route can take by value. Nothing implements it: it words the error.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "this route does not say where `{Self}` comes from",
    label = "neither a segment of the path nor an extractor",
    note = "lambkin::E127: name a parameter like a segment of the path, or say where it stands: `#[query]`, `#[header]`, \
            `#[cookie]`, `#[body]`; what comes from the app is taken by reference: `&{Self}`",
    note = "a type of your own is taken if it implements `lambkin::http::FromHttp`, or axum's `FromRequestParts` or \
            `FromRequest`"
)]
pub trait FromHttpRequest {}

#[doc(hidden)]
pub trait TakeNothingElse<'r, T> {
    /// Never compiles: says why. Not async, as its future's type would be a second place for the error.
    fn extract(self, target: Target<'r>) -> Ready<Result<T, Response>>
    where
        T: FromHttpRequest;
}

impl<'r, T> TakeNothingElse<'r, T> for Extract<T> {
    fn extract(self, _: Target<'r>) -> Ready<Result<T, Response>>
    where
        T: FromHttpRequest,
    {
        std::future::ready(Err(Problem::new(StatusCode::INTERNAL_SERVER_ERROR).into_response()))
    }
}
