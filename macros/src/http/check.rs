//! What the routes of a module have to be together.

use crate::diag::{Code, Errors};
use crate::http::mount::Service;
use crate::http::pattern::Segment;
use crate::http::route::{Path, Role, Route};

/// Whether a slash at the end of a path makes another path.
pub(crate) fn check(roles: &[Role], is_slash_strict: bool, errors: &mut Errors) {
    let routes: Vec<&Route> = roles.iter().filter_map(route).collect();
    let services: Vec<&Service> = roles.iter().filter_map(service).collect();
    let paths: Vec<(&Route, &Path)> =
        routes.iter().flat_map(|route| route.paths.iter().map(|path| (*route, path))).collect();
    for (index, (route, path)) in paths.iter().enumerate() {
        let earlier = paths
            .iter()
            .take(index)
            .find(|(_, other)| other.method == path.method && other.pattern.is_like(&path.pattern));
        if let Some((other, _)) = earlier {
            let (pattern, other) = (&path.pattern, &other.ident);
            let requests = match path.method.is_any() {
                true => "the requests of any method".to_owned(),
                false => format!("`{}` requests", path.method.name().to_uppercase()),
            };
            let what = match route.ident == *other {
                true => "this path is there twice: remove one".to_owned(),
                false => {
                    format!("`{other}` takes {requests} of this path already: change one of the paths, or remove one")
                }
            };
            errors.at_span(pattern.span, Code::RouteConflict, pattern.whole(&what));
        }
        if !is_slash_strict && path.pattern.segments.last() == Some(&Segment::Literal(String::new())) {
            let what = "no request comes here, as a `/` at the end of a path means nothing: remove it, or add \
                        `trailing_slash = \"strict\"` to `http(…)`";
            errors.at_span(path.pattern.span, Code::Unreachable, path.pattern.whole(what));
        }
    }
    for (index, service) in services.iter().enumerate() {
        let is_same = |other: &&&Service| other.prefix.is_like(&service.prefix);
        if let Some(other) = services.iter().take(index).find(is_same) {
            let what = format!("`{}` is mounted here too: give one of them another prefix", other.ident);
            errors.at_span(service.prefix.span, Code::RouteConflict, service.prefix.whole(&what));
        }
    }
    let mut fallbacks = routes.iter().filter(|route| route.is_fallback);
    let Some(fallback) = fallbacks.next() else { return };
    for second in fallbacks {
        let message = format!("`{}` is the fallback already: a module has one", fallback.ident);
        errors.at(&second.ident, Code::RouteConflict, message);
    }
    let takes_any = |is_it: fn(&[Segment]) -> bool| {
        paths
            .iter()
            .find(|(_, path)| path.method.is_any() && is_it(&path.pattern.segments))
            .map(|(route, _)| &route.ident)
    };
    let root = takes_any(<[Segment]>::is_empty);
    let rest = takes_any(|segments| matches!(segments, [Segment::Rest(_)]));
    let whole = services.iter().find(|service| service.prefix.segments.is_empty()).map(|service| &service.ident);
    if let Some(other) = root.and(rest).or(whole) {
        let message = format!("no request comes here: `{other}` takes all that no other route does");
        errors.at(&fallback.ident, Code::Unreachable, message);
    }
}

fn route(role: &Role) -> Option<&Route> {
    match role {
        Role::Route(route) => Some(route),
        Role::Service(_) => None,
    }
}

fn service(role: &Role) -> Option<&Service> {
    match role {
        Role::Service(service) => Some(service),
        Role::Route(_) => None,
    }
}
