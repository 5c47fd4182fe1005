//! Routes: what generated code says about them, and how it is asked.

use std::borrow::Cow;
use std::future::Future;

use futures_util::future::BoxFuture;
use percent_encoding::percent_decode_str;
use serde::Serialize;
use serde::ser::{SerializeSeq, Serializer};

use super::cors::Cors;
use ::http::StatusCode;

use super::problem::Problem;
use super::query::Query;
use super::reply::Reply;
use super::request::Request;
use super::verb::{Verb, Verbs};
use crate::app::Resolving;
use crate::app::provide::Needs;
use crate::call::Call;
use crate::error::Failure;
use crate::idempotency::Options;

/// The routes of a module, for the manifest and for checks across modules.
#[doc(hidden)]
pub struct Group {
    /// The module's path.
    pub module: &'static str,
    /// Its own routes.
    pub routes: &'static [Route],
    /// Those of other modules, behind prefixes.
    pub mounts: &'static [Mount],
}

/// A route.
#[doc(hidden)]
pub struct Route {
    /// The function's name.
    pub name: &'static str,
    /// The methods that it takes.
    pub verbs: Verbs,
    /// The pattern, with the prefix of its module.
    pub pattern: &'static str,
    /// What it says itself about CORS.
    pub cors: Option<&'static Cors>,
    /// What its `#[idempotent]` says, or its module's.
    pub idempotency: Option<&'static Options>,
    /// The margin of its own `#[deadline]`.
    pub deadline_margin_ms: Option<u64>,
}

impl Route {
    /// A route of which nothing more is known.
    pub const fn new(name: &'static str, verbs: Verbs, pattern: &'static str) -> Self {
        Self { name, verbs, pattern, cors: None, idempotency: None, deadline_margin_ms: None }
    }

    /// With what it says itself about CORS.
    pub const fn cors(mut self, cors: &'static Cors) -> Self {
        self.cors = Some(cors);
        self
    }

    /// `#[idempotent]`.
    pub const fn idempotency(mut self, options: &'static Options) -> Self {
        self.idempotency = Some(options);
        self
    }

    /// `#[deadline(margin = "…")]`, in milliseconds.
    pub const fn deadline_margin_ms(mut self, ms: u64) -> Self {
        self.deadline_margin_ms = Some(ms);
        self
    }
}

/// Routes of another module.
#[doc(hidden)]
pub struct Mount {
    /// What stands before each of its patterns.
    pub prefix: &'static str,
    /// Those.
    pub group: &'static Group,
}

impl Group {
    /// The number of routes, mounted ones included.
    pub const fn count(&self) -> usize {
        let (mut count, mut mounts) = (self.routes.len(), self.mounts);
        while let [mount, rest @ ..] = mounts {
            count += mount.group.count();
            mounts = rest;
        }
        count
    }

    /// Whether one of the routes has something to say about CORS.
    pub(crate) fn has_cors(&self) -> bool {
        self.routes.iter().any(|route| route.cors.is_some()) || self.mounts.iter().any(|mount| mount.group.has_cors())
    }

    /// The route of this number.
    pub(crate) fn route(&self, number: usize) -> Option<&'static Route> {
        if let Some(route) = self.routes.get(number) {
            return Some(route);
        }
        let mut number = number - self.routes.len();
        for mount in self.mounts {
            let count = mount.group.count();
            if number < count {
                return mount.group.route(number);
            }
            number -= count;
        }
        None
    }

    /// The route of this number with its module and all that stands before its pattern.
    const fn whole(&self, mut number: usize, mut prefixes: Prefixes) -> Option<Whole> {
        if number < self.routes.len() {
            let (_, rest) = self.routes.split_at(number);
            return match rest {
                [route, ..] => Some(Whole { module: self.module, prefixes, route }),
                [] => None,
            };
        }
        number -= self.routes.len();
        let mut mounts = self.mounts;
        while let [mount, rest @ ..] = mounts {
            let count = mount.group.count();
            if number < count {
                prefixes = prefixes.and(mount.prefix);
                return mount.group.whole(number, prefixes);
            }
            number -= count;
            mounts = rest;
        }
        None
    }

    /// Tells each route with its whole pattern.
    fn each(&self, prefix: &str, tell: &mut impl FnMut(String, &'static Route)) {
        for route in self.routes {
            // Behind a prefix, the root is the prefix itself.
            let rest = if route.pattern == "/" && !prefix.is_empty() { "" } else { route.pattern };
            tell(format!("{prefix}{rest}"), route);
        }
        for mount in self.mounts {
            mount.group.each(&format!("{prefix}{}", mount.prefix), tell);
        }
    }
}

/// For the manifest.
impl Serialize for Group {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Shown {
            methods: Vec<&'static str>,
            path: String,
            function: &'static str,
            #[serde(skip_serializing_if = "Option::is_none")]
            cors: Option<&'static Cors>,
            #[serde(skip_serializing_if = "Option::is_none")]
            idempotency: Option<&'static Options>,
            #[serde(skip_serializing_if = "Option::is_none")]
            deadline_margin_ms: Option<u64>,
        }
        let mut routes = Vec::new();
        self.each("", &mut |path, route| {
            // A fallback has neither method nor path of its own.
            let (verbs, path) =
                if route.verbs.is_empty() { (Verbs::ANY, "/{*path}".to_owned()) } else { (route.verbs, path) };
            let methods = if verbs == Verbs::ANY { vec!["ANY"] } else { verbs.names().collect() };
            let Route { name, cors, idempotency, deadline_margin_ms, .. } = *route;
            routes.push(Shown { methods, path, function: name, cors, idempotency, deadline_margin_ms });
        });
        let mut list = serializer.serialize_seq(Some(routes.len()))?;
        for route in &routes {
            list.serialize_element(route)?;
        }
        list.end()
    }
}

impl std::fmt::Debug for Group {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Group").field("module", &self.module).finish_non_exhaustive()
    }
}

/// Refuses, during compilation, routes of different modules that take the same requests.
#[doc(hidden)]
#[track_caller]
#[allow(clippy::panic, reason = "a panic in a constant is a compile error")]
pub const fn check(group: &'static Group) {
    let count = group.count();
    let mut number = 0;
    while number < count {
        let mut other = number + 1;
        while other < count {
            if let (Some(first), Some(second)) =
                (group.whole(number, Prefixes::NONE), group.whole(other, Prefixes::NONE))
                && first.conflicts_with(&second)
            {
                let message = Message::new().and("lambkin::E072: `").and(first.module).and("::").and(first.route.name);
                let message =
                    match is_same(first.module, second.module) && is_same(first.route.name, second.route.name) {
                        true => message.and("` is mounted twice at one prefix: remove one, or change its prefix"),
                        false => message.and("` and `").and(second.module).and("::").and(second.route.name).and(
                            "` take the same requests: change the path of one, or the prefix that it is mounted at",
                        ),
                    };
                panic!("{}", message.text());
            }
            other += 1;
        }
        number += 1;
    }
}

const fn is_same(text: &str, other: &str) -> bool {
    let (mut text, mut other) = (text.as_bytes(), other.as_bytes());
    while let ([a, rest @ ..], [b, others @ ..]) = (text, other) {
        if *a != *b {
            return false;
        }
        (text, other) = (rest, others);
    }
    text.len() == other.len()
}

/// What stands before a pattern, from the outermost mount on.
#[derive(Clone, Copy)]
struct Prefixes {
    texts: [&'static str; 8],
    count: usize,
}

impl Prefixes {
    const NONE: Self = Self { texts: [""; 8], count: 0 };

    /// Deeper than eight mounts nobody goes; there the check sees less.
    const fn and(mut self, text: &'static str) -> Self {
        let (_, free) = self.texts.split_at_mut(self.count);
        if let [place, ..] = free {
            *place = text;
            self.count += 1;
        }
        self
    }
}

/// A route with all that stands before it.
struct Whole {
    module: &'static str,
    prefixes: Prefixes,
    route: &'static Route,
}

impl Whole {
    const fn conflicts_with(&self, other: &Self) -> bool {
        // One for any method leaves the others to those that name theirs.
        let is_any = self.route.verbs.is_any();
        if is_any != other.route.verbs.is_any() || !self.route.verbs.overlap(other.route.verbs) {
            return false;
        }
        let (mut this, mut that) = (Bytes::of(self), Bytes::of(other));
        loop {
            match (this.next(), that.next()) {
                (None, None) => return true,
                (Some(a), Some(b)) if a == b => {}
                _ => return false,
            }
        }
    }
}

/// The bytes of a pattern, without the names of its parameters.
struct Bytes {
    texts: [&'static str; 9],
    text: usize,
    byte: usize,
    is_in_braces: bool,
}

impl Bytes {
    const fn of(whole: &Whole) -> Self {
        let mut texts = [""; 9];
        let (mut from, mut to): (&[&str], &mut [&str]) = (&whole.prefixes.texts, &mut texts);
        while let ([text, rest @ ..], [place, others @ ..]) = (from, to) {
            *place = text;
            (from, to) = (rest, others);
        }
        let [.., last] = &mut texts;
        *last = whole.route.pattern;
        Self { texts, text: 0, byte: 0, is_in_braces: false }
    }

    const fn next(&mut self) -> Option<u8> {
        loop {
            let (_, texts) = self.texts.split_at(self.text);
            let [text, ..] = texts else { return None };
            // Behind a prefix, the root is the prefix itself.
            let is_root = matches!(text.as_bytes(), b"/") && self.text > 0;
            if self.byte >= text.len() || is_root && self.has_prefix() {
                self.text += 1;
                self.byte = 0;
                if self.text == self.texts.len() {
                    return None;
                }
                continue;
            }
            let (_, rest) = text.as_bytes().split_at(self.byte);
            let [byte, ..] = rest else { return None };
            self.byte += 1;
            match *byte {
                b'}' => self.is_in_braces = false,
                b'{' => {
                    self.is_in_braces = true;
                    return Some(b'{');
                }
                // All that is left is another shape than one segment.
                b'*' if self.is_in_braces => return Some(b'*'),
                _ if self.is_in_braces => {}
                byte => return Some(byte),
            }
        }
    }

    const fn has_prefix(&self) -> bool {
        let mut texts: &[&str] = &self.texts;
        while let [text, rest @ ..] = texts {
            if !text.is_empty() && !rest.is_empty() {
                return true;
            }
            texts = rest;
        }
        false
    }
}

/// A text that is made during compilation; what is too long for it is cut off.
struct Message {
    bytes: [u8; 512],
    len: usize,
}

impl Message {
    const fn new() -> Self {
        Self { bytes: [0; 512], len: 0 }
    }

    const fn and(mut self, text: &str) -> Self {
        let mut rest = text.as_bytes();
        let (_, mut free) = self.bytes.split_at_mut(self.len);
        while let ([byte, others @ ..], [place, places @ ..]) = (rest, free) {
            *place = *byte;
            self.len += 1;
            (rest, free) = (others, places);
        }
        self
    }

    const fn text(&self) -> &str {
        let (bytes, _) = self.bytes.split_at(self.len);
        match std::str::from_utf8(bytes) {
            Ok(text) => text,
            Err(_) => "lambkin::E072: two routes take the same requests",
        }
    }
}

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

/// A module with `#[routes]`, for the apps that provide what its routes borrow.
#[doc(hidden)]
pub trait Mountable<A>: 'static {
    /// What it borrows from the app.
    const NEEDS: &'static [&'static Needs];

    /// Sets on its way what it borrows, for those who mount it to wait for.
    fn begin(app: &'static A, all: &mut Vec<Resolving<()>>);

    /// Initialises what it borrows, and binds it.
    fn resolve(app: &'static A) -> Resolving<&'static dyn AnyRoutes>;
}

/// Binds routes for the rest of the process.
#[doc(hidden)]
pub fn bound<R: Routes>(routes: R) -> &'static dyn AnyRoutes {
    Box::leak(Box::new(routes))
}

/// The routes of a module with `#[routes]`, for whatever app.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "this module is not marked `#[routes]`",
    label = "not a module of routes",
    note = "lambkin::E124: `#[mount(\"/prefix\")]` stands above the `use` of a module with `#[routes]`"
)]
pub trait IsRoutes {}

/// Names the routes of a mounted module.
#[doc(hidden)]
pub trait Mounted {
    /// Those.
    type Routes: IsRoutes;
}

/// What is found in place of the routes of a module that has none, to be told so.
#[doc(hidden)]
pub struct UnmarkedRoutes;

impl UnmarkedRoutes {
    /// None.
    pub const GROUP: &'static Group = BrokenRoutes::GROUP;
}

impl<A> Mountable<A> for UnmarkedRoutes {
    const NEEDS: &'static [&'static Needs] = &[];

    fn begin(_: &'static A, _: &mut Vec<Resolving<()>>) {}

    fn resolve(_: &'static A) -> Resolving<&'static dyn AnyRoutes> {
        Box::pin(std::future::pending())
    }
}

/// Stands in for a module whose attributes are wrong, so that only that mistake is reported.
#[doc(hidden)]
pub struct BrokenRoutes;

impl BrokenRoutes {
    /// None.
    pub const GROUP: &'static Group = &Group { module: "", routes: &[], mounts: &[] };
}

impl IsRoutes for BrokenRoutes {}

impl<A> Mountable<A> for BrokenRoutes {
    const NEEDS: &'static [&'static Needs] = &[];

    fn begin(_: &'static A, _: &mut Vec<Resolving<()>>) {}

    fn resolve(_: &'static A) -> Resolving<&'static dyn AnyRoutes> {
        Box::pin(std::future::pending())
    }
}
