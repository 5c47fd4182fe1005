//! A plain matcher of routes that lambkin's generated one is held against.
//!
//! It is a loop over all routes of a table for each request, and shares no code with the library. `build.rs` writes the
//! tables; `tests/against_reference.rs` sends the requests.
//!
//! `LAMBKIN_TABLES_SEED=7 cargo test -p lambkin-tables` does so with other tables.

use std::cmp::Ordering;

use percent_encoding::percent_decode_str;

/// A handler's routes.
#[derive(Clone, Copy, Debug)]
pub struct Table {
    /// The handler's name.
    pub name: &'static str,
    /// What a slash at the end of a path means.
    pub slash: Slash,
    /// Whether a function takes what no route does.
    pub has_fallback: bool,
    /// The routes; a function with several paths has several.
    pub routes: &'static [Route],
}

/// What a slash at the end of a path means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slash {
    /// Nothing.
    Ignore,
    /// That the client is sent to the path without it.
    Redirect,
    /// Another path.
    Strict,
}

/// A method and a pattern.
#[derive(Clone, Copy, Debug)]
pub struct Route {
    /// The function that answers.
    pub function: &'static str,
    /// The method, or `ANY`.
    pub method: &'static str,
    /// The pattern, with all prefixes.
    pub pattern: &'static str,
}

/// How a request is answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// By this function, with these parameters, in the order of their names.
    Route(String, Vec<(String, String)>),
    /// By the redirect to this path, which is decoded if the front end has decoded the request's.
    Redirect(String),
    /// By the methods that the path takes, as the request asks for the options.
    Options(Vec<String>),
    /// By the methods that the path takes, as it takes others.
    OtherMethods(Vec<String>),
    /// There is nothing.
    NotFound,
    /// The path is not UTF-8 text.
    BadPath,
}

/// What the rules say about a request.
pub fn answer(table: &Table, method: &str, path: &str, is_decoded: bool) -> Answer {
    let Some(mut segments) = segments(path, is_decoded) else { return Answer::BadPath };
    let mut end = "";
    if table.slash != Slash::Strict && segments.last().is_some_and(String::is_empty) {
        if table.slash == Slash::Redirect {
            // All of the slashes at once. Two in front would lead to another host.
            return Answer::Redirect(format!("/{}", path.trim_matches('/')));
        }
        segments.pop();
        end = "/";
    }
    let mut best: Option<(&Route, Vec<(String, String)>)> = None;
    let mut allowed = Vec::new();
    for route in table.routes {
        let Some(parameters) = matched(route.pattern, &segments, end) else { continue };
        for taken in ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] {
            if takes(route, taken).is_some() && !allowed.contains(&taken.to_owned()) {
                allowed.push(taken.to_owned());
            }
        }
        if takes(route, method).is_none() {
            continue;
        }
        let is_better = match &best {
            Some((best, _)) => match specificity(route.pattern, best.pattern) {
                Ordering::Equal => takes(route, method) > takes(best, method),
                order => order == Ordering::Greater,
            },
            None => true,
        };
        if is_better {
            best = Some((route, parameters));
        }
    }
    allowed.sort();
    match best {
        Some((route, parameters)) => Answer::Route(route.function.to_owned(), parameters),
        None if !allowed.is_empty() && method == "OPTIONS" => Answer::Options(allowed),
        None if !allowed.is_empty() => Answer::OtherMethods(allowed),
        None if table.has_fallback => Answer::Route("fallback".to_owned(), Vec::new()),
        None => Answer::NotFound,
    }
}

/// The path's segments. `None` if one of them is not UTF-8 text.
fn segments(path: &str, is_decoded: bool) -> Option<Vec<String>> {
    // The root has no segment, not an empty one.
    if path == "/" {
        return Some(Vec::new());
    }
    let mut segments = Vec::new();
    for segment in path.strip_prefix('/')?.split('/') {
        segments.push(match is_decoded {
            true => segment.to_owned(),
            false => String::from_utf8(percent_decode_str(segment).collect()).ok()?,
        });
    }
    Some(segments)
}

/// The parameters, if the pattern matches the segments. `end` is what was cut off the path.
fn matched(pattern: &str, segments: &[String], end: &str) -> Option<Vec<(String, String)>> {
    let mut parameters = Vec::new();
    let mut rest = segments.to_vec();
    for part in parts(pattern) {
        if let Some(name) = part.strip_prefix("{*") {
            if rest.is_empty() || rest == [""] {
                return None;
            }
            parameters.push((name.trim_end_matches('}').to_owned(), rest.join("/") + end));
            rest.clear();
            continue;
        }
        if rest.is_empty() {
            return None;
        }
        let segment = rest.remove(0);
        if let Some(name) = part.strip_prefix('{') {
            if segment.is_empty() {
                return None;
            }
            parameters.push((name.trim_end_matches('}').to_owned(), segment));
        } else if segment != part {
            return None;
        }
    }
    parameters.sort();
    rest.is_empty().then_some(parameters)
}

fn parts(pattern: &str) -> Vec<&str> {
    if pattern == "/" { Vec::new() } else { pattern.split('/').skip(1).collect() }
}

/// How well a route takes a method: the method itself, GET for HEAD, or any.
fn takes(route: &Route, method: &str) -> Option<u8> {
    if route.method == method {
        Some(3)
    } else if route.method == "GET" && method == "HEAD" {
        Some(2)
    } else if route.method == "ANY" {
        Some(1)
    } else {
        None
    }
}

/// Compares two patterns that match the same path: a literal over a parameter over a wildcard, from the left on.
fn specificity(one: &str, other: &str) -> Ordering {
    for (one, other) in parts(one).into_iter().zip(parts(other)) {
        let order = kind(one).cmp(&kind(other));
        if order != Ordering::Equal {
            return order;
        }
    }
    Ordering::Equal
}

fn kind(part: &str) -> u8 {
    if part.starts_with("{*") {
        0
    } else if part.starts_with('{') {
        1
    } else {
        2
    }
}
