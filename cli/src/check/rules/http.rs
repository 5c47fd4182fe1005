//! HTTP: routes, preflights, and how long is waited for an answer.

use std::collections::BTreeSet;

use crate::check::codes;
use crate::check::finding::Findings;
use crate::check::matching::Pair;
use crate::check::needs::{Needs, https, planned_front_end};
use crate::check::observed::{Cors, Field, FrontEnd, Http, Place, Route};
use crate::check::rules::Whole;
use crate::check::rules::triggers::is_open;
use crate::manifest::{self, Trigger as Of};
use crate::template::model::{Route as Planned, Trigger};
use crate::template::plan::http::{longest_wait, says_cors};

pub(super) fn check(pair: &Pair<'_>, needs: &Needs, whole: &Whole<'_>, findings: &mut Findings) {
    let (Of::Http(_), Trigger::Http(planned)) = (&pair.handler.trigger, &needs.function.trigger) else { return };
    let all: Vec<(&Place, &Http)> = https(pair).collect();
    if all.is_empty() {
        if !is_open(whole.observed) {
            let message =
                format!("no API, URL or load balancer passes requests on to the handler `{}`", pair.handler.name);
            let fix = "an HTTP API's routes, a function URL or a target group; `cargo lambkin template` writes one"
                .to_owned();
            findings.add(&codes::FRONT_END_MISSING, &pair.function.place, message, fix);
        }
        return;
    }
    for (place, http) in &all {
        timeout(pair, http, findings);
        if http.front_end == FrontEnd::FunctionUrl && http.authorization.value().is_some_and(|kind| kind == "NONE") {
            let place = http.authorization.place().unwrap_or(place);
            let message = "the function's URL is open to all".to_owned();
            let fix = "`AWS_IAM`, or a front end with an authorizer, unless it is meant to be".to_owned();
            findings.add(&codes::OPEN_URL, place, message, fix);
        }
    }
    // A socket has routes of its own kind.
    let is_read = |(_, http): &&(&Place, &Http)| http.front_end != FrontEnd::WebSocket;
    let all: Vec<(&Place, &Http)> = all.iter().filter(is_read).copied().collect();
    if all.is_empty() || all.iter().any(|(_, http)| http.route == Route::Unknown) {
        return;
    }
    missing(pair, &planned.routes, &all, findings);
    unknown(&planned.routes, &all, findings);
    cors(pair.handler, &planned.routes, &all, findings);
}

fn timeout(pair: &Pair<'_>, http: &Http, findings: &mut Findings) {
    let function = pair.function;
    let longest = planned_front_end(http).and_then(longest_wait).map(u64::from);
    let (Some(longest), Some(timeout)) = (longest, function.timeout.value()) else { return };
    // What the attribute says is the code's own choice, and `cargo lambkin template` has a note on it.
    let is_meant = pair.handler.timeout.map(u64::from) == Some(*timeout);
    if *timeout > longest && !is_meant {
        let place = function.timeout.place().unwrap_or(&function.place);
        let message = format!("API Gateway waits {longest} s for an answer, and the timeout is {timeout} s");
        let fix = crate::check::words::TIMEOUT.plain(place, longest);
        findings.add(&codes::GATEWAY_TIMEOUT, place, message, fix);
    }
}

fn missing(pair: &Pair<'_>, planned: &[Planned], all: &[(&Place, &Http)], findings: &mut Findings) {
    // Code without routes takes what it is sent, and says nothing of what that is.
    if pair.handler.routes.is_empty() {
        return;
    }
    // HEAD comes beside each GET, and preflights have a rule of their own.
    let wanted = planned.iter().filter(|route| route.method != "HEAD" && route.method != "OPTIONS");
    for route in wanted {
        let takes = |(_, http): &(&Place, &Http)| takes(&http.route, &route.method, route.path.as_deref());
        if all.iter().any(takes) {
            continue;
        }
        let path = route.path.as_deref().unwrap_or("/{path+}");
        let message = format!("no route takes `{} {path}`", route.method);
        let fix = format!("a route for `{} {path}`", route.method);
        findings.add(&codes::ROUTE_MISSING, &pair.function.place, message, fix);
    }
}

fn unknown(planned: &[Planned], all: &[(&Place, &Http)], findings: &mut Findings) {
    // Who passes all requests on means to, and so does a handler with a fallback.
    let is_all = |http: &Http| takes(&http.route, "ANY", None);
    if planned.iter().any(|route| route.path.is_none()) || all.iter().any(|(_, http)| is_all(http)) {
        return;
    }
    for (place, http) in all {
        let Route::Of { method, path } = &http.route else { continue };
        if method == "OPTIONS" || method == "HEAD" {
            continue;
        }
        let meets = |route: &Planned| {
            let methods = method == "ANY" || route.method == "ANY" || route.method == *method;
            methods && route.path.as_deref().is_none_or(|other| meets(&segments(path), &segments(other)))
        };
        if !planned.iter().any(meets) {
            let message = format!("the handler has no route `{method} {path}`");
            let fix = "leave it out, or write the route in the code".to_owned();
            findings.add(&codes::ROUTE_UNKNOWN, place, message, fix);
        }
    }
}

fn cors(handler: &manifest::Function, planned: &[Planned], all: &[(&Place, &Http)], findings: &mut Findings) {
    if !says_cors(handler) || all.iter().any(|(_, http)| http.cors.is_unknown()) {
        return;
    }
    let configured = all.iter().find_map(|(_, http)| match &http.cors {
        Field::Known(cors, place) => Some((cors, place)),
        _ => None,
    });
    if let Some((cors, place)) = configured {
        if let Some(wanted) = &handler.cors {
            for (what, wanted, found) in differences(wanted, cors, planned) {
                let message = format!("{what}: the code says {wanted}, and here it is {found}");
                findings.add(&codes::CORS_DIFFERS, place, message, wanted);
            }
        }
        return;
    }
    let paths: BTreeSet<Option<&str>> = match handler.routes.as_slice() {
        // Code without routes has those of the API.
        [] => all.iter().map(|(_, http)| path(&http.route)).collect(),
        _ => planned.iter().map(|route| route.path.as_deref()).collect(),
    };
    let lost = paths.into_iter().find(|path| !all.iter().any(|(_, http)| takes(&http.route, "OPTIONS", *path)));
    if let Some(path) = lost {
        let path = path.unwrap_or("/{path+}");
        let Some((place, _)) = all.first() else { return };
        let message = format!("no route takes the preflights of `{path}`, and the API does not answer them");
        let fix = format!("a route for `OPTIONS {path}`, or the API's own CORS settings");
        findings.add(&codes::PREFLIGHTS_MISSING, place, message, fix);
    }
}

fn path(route: &Route) -> Option<&str> {
    match route {
        Route::Of { path, .. } => Some(path),
        Route::All | Route::Unknown => None,
    }
}

/// What, as the code has it, and as it is there.
fn differences(wanted: &manifest::Cors, found: &Cors, planned: &[Planned]) -> Vec<(&'static str, String, String)> {
    let shown = |list: &[String]| if list.is_empty() { "none".to_owned() } else { list.join(", ") };
    let set = |list: &[String]| list.iter().map(|item| item.to_ascii_lowercase()).collect::<BTreeSet<_>>();
    let any = |list: &[String]| list.iter().any(|item| item == "*");
    let mut all = Vec::new();
    if set(&wanted.origins) != set(&found.origins) {
        all.push(("origins", shown(&wanted.origins), shown(&found.origins)));
    }
    let headers = wanted.headers.as_ref().filter(|_| !any(&found.headers));
    if let Some(headers) = headers.filter(|headers| !set(headers).is_subset(&set(&found.headers))) {
        all.push(("headers", shown(headers), shown(&found.headers)));
    }
    let methods = wanted.methods.clone().unwrap_or_else(|| {
        let of_routes: BTreeSet<&String> = planned
            .iter()
            .map(|route| &route.method)
            .filter(|method| !["ANY", "HEAD", "OPTIONS"].contains(&method.as_str()))
            .collect();
        of_routes.into_iter().cloned().collect()
    });
    if !set(&methods).is_subset(&set(&found.methods)) && !any(&found.methods) {
        all.push(("methods", shown(&methods), shown(&found.methods)));
    }
    if wanted.credentials != found.credentials {
        all.push(("credentials", wanted.credentials.to_string(), found.credentials.to_string()));
    }
    all
}

/// Whether a route of a front end passes on such requests; `None` is whatever no other route takes.
fn takes(route: &Route, method: &str, path: Option<&str>) -> bool {
    match (route, path) {
        (Route::All, _) => true,
        (Route::Unknown, _) => false,
        (Route::Of { method: taken, path: of }, path) => {
            let of = segments(of);
            let is_path = match path {
                Some(path) => covers(&of, &segments(path)),
                None => matches!(of.as_slice(), [rest] if is_rest(rest)),
            };
            (taken == "ANY" || taken == method) && is_path
        }
    }
}

fn segments(path: &str) -> Vec<&str> {
    path.split('/').filter(|segment| !segment.is_empty()).collect()
}

fn is_variable(segment: &str) -> bool {
    segment.starts_with('{') && segment.ends_with('}')
}

/// `{path+}`, and `*` as a load balancer has it.
fn is_rest(segment: &str) -> bool {
    segment == "*" || segment.ends_with("+}")
}

/// Whether all paths of the second are paths of the first.
fn covers(of: &[&str], wanted: &[&str]) -> bool {
    match (of, wanted) {
        ([rest], [_, ..]) if is_rest(rest) => true,
        ([], []) => true,
        ([first, rest @ ..], [other, others @ ..]) => {
            let is_same = first == other || (is_variable(first) && !is_rest(first) && !is_rest(other));
            is_same && covers(rest, others)
        }
        _ => false,
    }
}

/// Whether there is a path of both.
fn meets(a: &[&str], b: &[&str]) -> bool {
    match (a, b) {
        ([rest, ..], [_, ..]) | ([_, ..], [rest, ..]) if is_rest(rest) => true,
        ([], []) => true,
        ([first, rest @ ..], [other, others @ ..]) => {
            (first == other || is_variable(first) || is_variable(other)) && meets(rest, others)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_route_takes_what_its_pattern_says() {
        let of = |method: &str, path: &str| Route::Of { method: method.to_owned(), path: path.to_owned() };
        for (route, method, path, expected) in [
            (of("GET", "/orders/{id}"), "GET", Some("/orders/{number}"), true),
            (of("GET", "/orders/{id}"), "POST", Some("/orders/{id}"), false),
            (of("ANY", "/{proxy+}"), "POST", Some("/orders/{id}"), true),
            (of("ANY", "/{proxy+}"), "GET", Some("/"), false),
            (of("ANY", "/{proxy+}"), "ANY", None, true),
            (of("GET", "/orders/{id}"), "GET", Some("/orders/{rest+}"), false),
            (of("GET", "/orders/{rest+}"), "GET", Some("/orders/{rest+}"), true),
            (of("GET", "/orders/new"), "GET", Some("/orders/{id}"), false),
            (Route::All, "GET", None, true),
            (Route::Unknown, "GET", Some("/"), false),
        ] {
            assert_eq!(takes(&route, method, path), expected, "{route:?} {method} {path:?}");
        }
        assert!(meets(&segments("/orders/new"), &segments("/orders/{id}")));
        assert!(!meets(&segments("/users"), &segments("/orders/{id}")));
        assert!(meets(&segments("/{proxy+}"), &segments("/orders/{id}")));
    }
}
