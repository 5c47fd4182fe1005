//! From a request to the route that takes it: what generated code is asked, and what it is given.

use std::borrow::Cow;
use std::future::Future;

use ::http::StatusCode;
use futures_util::future::BoxFuture;
use percent_encoding::percent_decode_str;

use super::problem::Problem;
use super::query::Query;
use super::reply::Reply;
use super::request::Request;
use super::verb::{Verb, Verbs};
use crate::call::Call;
use crate::error::Failure;

/// Whether there is a segment that is not empty.
#[doc(hidden)]
pub fn is_something(rest: &[&str]) -> bool {
    !matches!(rest, [] | [""])
}

/// The response of a route that is not there.
///
/// # Errors
/// Never.
#[doc(hidden)]
pub fn nowhere() -> Result<Reply, Failure> {
    Ok(Problem::new(StatusCode::NOT_FOUND).into())
}

/// A route that matches.
#[doc(hidden)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hit {
    /// The route's number.
    pub route: usize,
    /// How specific its pattern is: two bits a segment, from the first one on, and two for the method.
    rank: u64,
}

impl Hit {
    /// A hit of this rank.
    pub const fn new(route: usize, rank: u64) -> Self {
        Self { route, rank }
    }

    /// The same as a route of the module that mounts it after so many of its own and behind a prefix.
    #[must_use]
    pub const fn mounted(self, before: usize, segments: u32) -> Self {
        const VERB: u64 = 0b11;
        // Behind more segments than a rank has room for, all patterns rank the same.
        let shift = if segments < 31 { 2 * segments } else { 62 };
        let prefix = if shift == 0 { 0 } else { u64::MAX << (64 - shift) };
        let pattern = ((self.rank & !VERB) >> shift) & !VERB;
        Self { route: self.route + before, rank: prefix | pattern | self.rank & VERB }
    }

    /// The more specific one of two.
    #[must_use]
    pub const fn or(this: Option<Self>, other: Option<Self>) -> Option<Self> {
        match (this, other) {
            (Some(this), Some(other)) if other.rank > this.rank => Some(other),
            (None, other) => other,
            (this, _) => this,
        }
    }
}

/// The request that a route runs for, and its path's segments.
#[doc(hidden)]
#[derive(Clone, Copy)]
pub struct Target<'a> {
    pub(crate) request: &'a Request<'a>,
    pub(crate) path: &'a [&'a str],
    /// How many segments stand before them.
    pub(crate) before: usize,
}

/// Where a path parameter stands.
#[doc(hidden)]
#[derive(Clone, Copy)]
pub enum Segment {
    /// The segment of this number.
    At(usize),
    /// All from this number on.
    From(usize),
}

impl<'a> Target<'a> {
    /// What is left of the path behind a prefix of so many segments.
    #[must_use]
    pub fn within(self, segments: usize) -> Self {
        let path = self.path.get(segments..).unwrap_or_default();
        Self { path, before: self.before + segments, ..self }
    }

    /// The text of a path parameter.
    pub(crate) fn segment(&self, at: Segment) -> Cow<'a, str> {
        match at {
            Segment::At(index) => Cow::Borrowed(self.path.get(index).copied().unwrap_or_default()),
            Segment::From(index) => self.rest(index),
        }
    }

    fn rest(&self, index: usize) -> Cow<'a, str> {
        let path = self.request.path();
        let mut rest = path.strip_prefix('/').unwrap_or(path);
        for _ in 0..self.before + index {
            rest = rest.split_once('/').map_or("", |(_, rest)| rest);
        }
        // Decoded from the text and not joined from the segments: these lack a slash at the end.
        match self.request.is_path_decoded() {
            true => Cow::Borrowed(rest),
            false => percent_decode_str(rest).decode_utf8_lossy(),
        }
    }

    /// The query's fields.
    pub(crate) fn query(&self) -> Result<Query<'a>, String> {
        self.request.query()
    }
}

/// The routes of a module with what they borrow, as the attribute macro generates them.
#[doc(hidden)]
pub trait Routes: Send + Sync + 'static {
    /// The number of its routes.
    const COUNT: usize;

    /// The most specific route that takes this method at this path.
    fn find(&self, verb: Verb, path: &[&str]) -> Option<Hit>;

    /// The methods that some route takes at this path.
    fn allowed(&self, path: &[&str]) -> Verbs;

    /// Runs a route.
    fn run<'a>(
        &'a self,
        route: usize,
        target: Target<'a>,
        call: &'a Call<'a>,
    ) -> impl Future<Output = Result<Reply, Failure>> + Send + 'a;
}

/// [`Routes`], of whichever module.
#[doc(hidden)]
pub trait AnyRoutes: Send + Sync {
    /// The number of its routes.
    fn count(&self) -> usize;

    /// As [`Routes::find`].
    fn find(&self, verb: Verb, path: &[&str]) -> Option<Hit>;

    /// As [`Routes::allowed`].
    fn allowed(&self, path: &[&str]) -> Verbs;

    /// As [`Routes::run`].
    fn run<'a>(&'a self, route: usize, target: Target<'a>, call: &'a Call<'a>)
    -> BoxFuture<'a, Result<Reply, Failure>>;
}

impl<R: Routes> AnyRoutes for R {
    fn count(&self) -> usize {
        R::COUNT
    }

    fn find(&self, verb: Verb, path: &[&str]) -> Option<Hit> {
        Routes::find(self, verb, path)
    }

    fn allowed(&self, path: &[&str]) -> Verbs {
        Routes::allowed(self, path)
    }

    fn run<'a>(
        &'a self,
        route: usize,
        target: Target<'a>,
        call: &'a Call<'a>,
    ) -> BoxFuture<'a, Result<Reply, Failure>> {
        Box::pin(Routes::run(self, route, target, call))
    }
}
