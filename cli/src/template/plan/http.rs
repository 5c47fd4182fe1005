//! HTTP: what requests come through, which routes it has, and who answers preflights.

use std::collections::BTreeSet;

use crate::manifest::trigger::Http as Attribute;
use crate::manifest::{self, Function};
use crate::template::model::{Cors, FrontEnd, Http, Listener, Route, Trigger};
use crate::template::plan::{Draft, Plan};
use crate::template::text::Text;

impl Plan<'_> {
    pub(super) fn http(&mut self, draft: &mut Draft<'_>, attribute: &Attribute) -> Trigger {
        let front_end = self.args.front_end;
        if let Some(longest) = longest_wait(front_end).filter(|longest| draft.timeout > *longest) {
            let timeout = draft.timeout;
            draft.notes.push(format!("API Gateway waits {longest} s for an answer; its timeout is {timeout} s"));
        }
        let (mut routes, mut cors) = (Vec::new(), None);
        if front_end == FrontEnd::HttpApi {
            match gateway_cors(draft.of) {
                Ok(said) => cors = said,
                Err(why) => draft.notes.push(format!("its preflights are answered by the function itself: {why}")),
            }
            routes = self::routes(draft.of);
            if says_cors(draft.of) && cors.is_none() {
                routes = with_preflights(&routes);
            }
            let meant = routes.iter().any(|route| route.path.is_none());
            if attribute.trailing_slash.as_deref() != Some("strict") && !meant {
                draft.notes.push(
                    "an HTTP API has no route for a path with a `/` at its end: it answers 404 to what the function alone \
                     would take; a `#[fallback]` makes it pass all requests on"
                        .to_owned(),
                );
            }
        }
        let listener = (front_end == FrontEnd::Alb).then(|| Listener {
            arn: Text::parameter(&self.parameter(
                "listener",
                "ListenerArn",
                "The ARN of the load balancer's listener",
                None,
            )),
            priority: self.asked(
                draft,
                "ListenerPriority",
                "The place of its rule among the listener's, from 1 to 50000; each has its own",
            ),
        });
        Trigger::Http(Http { front_end, listener, routes, cors })
    }
}

/// The longest that an integration waits for the function, in seconds:
/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html>.
pub(crate) fn longest_wait(front_end: FrontEnd) -> Option<u32> {
    match front_end {
        FrontEnd::HttpApi => Some(30),
        FrontEnd::RestApi => Some(29),
        FrontEnd::FunctionUrl | FrontEnd::Alb => None,
    }
}

/// Whether the attribute, or a route's, has something to say about CORS.
pub(crate) fn says_cors(of: &Function) -> bool {
    of.cors.is_some() || of.routes.iter().any(|route| route.cors.is_some())
}

/// What API Gateway can answer preflights with, if that is what the function would answer; or why it is not.
///
/// Once it has a configuration, an HTTP API answers preflights itself and replaces what the function says about CORS:
/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html>.
fn gateway_cors(of: &Function) -> Result<Option<Cors>, &'static str> {
    let Some(cors) = &of.cors else {
        return match says_cors(of) {
            true => Err("only some of its routes have CORS, and an HTTP API has it for all or none"),
            false => Ok(None),
        };
    };
    if of.routes.iter().any(|route| route.cors.as_ref().is_some_and(|own| own != cors)) {
        return Err("its routes differ in CORS, and an HTTP API has one for all");
    }
    let manifest::Cors { origins, methods, headers, expose, credentials, max_age } = cors;
    let is_any = origins.iter().any(|origin| origin == "*");
    if origins.iter().any(|origin| origin != "*" && origin.contains('*')) {
        return Err("an HTTP API has no origins with a wildcard for subdomains");
    }
    if is_any && *credentials {
        return Err("an HTTP API takes no credentials from any origin");
    }
    let headers = match headers {
        Some(headers) => headers.clone(),
        None if *credentials => {
            return Err("its attribute names no headers, and with credentials an HTTP API needs their names");
        }
        None => vec!["*".to_owned()],
    };
    let methods = match methods {
        Some(methods) => methods.clone(),
        None if of.routes.iter().any(|route| route.methods.iter().any(|method| method == "ANY")) => {
            return Err("a route takes any method, and preflights name each");
        }
        None => {
            let of_routes: BTreeSet<&String> = of.routes.iter().flat_map(|route| &route.methods).collect();
            of_routes.into_iter().cloned().collect()
        }
    };
    let (origins, expose) = (origins.clone(), expose.clone());
    Ok(Some(Cors { origins, methods, headers, expose, credentials: *credentials, max_age: *max_age }))
}

/// The routes as an HTTP API has them, each once. Where a function takes GET it answers HEAD.
fn routes(of: &Function) -> Vec<Route> {
    let mut routes = BTreeSet::new();
    for manifest::Route { methods, path, .. } in &of.routes {
        let path = gateway_path(path);
        let methods = methods.iter().map(String::as_str);
        let head = methods.clone().any(|method| method == "GET").then_some("HEAD");
        for method in methods.chain(head) {
            routes.insert(Route { method: method.to_owned(), path: path.clone() });
        }
    }
    // A function of a whole router or of all requests has no routes of its own.
    if routes.is_empty() || routes.iter().any(|route| route.path.is_none()) {
        routes.retain(|route| route.path.is_some());
        routes.insert(Route { method: "ANY".to_owned(), path: None });
    }
    let any: Vec<Option<String>> =
        routes.iter().filter(|route| route.method == "ANY").map(|route| route.path.clone()).collect();
    routes.retain(|route| route.method == "ANY" || !any.contains(&route.path));
    sorted(routes)
}

/// Where a function answers preflights, they have to reach it.
pub(crate) fn with_preflights(routes: &[Route]) -> Vec<Route> {
    let is_any = |path: &Option<String>| routes.iter().any(|route| route.path == *path && route.method == "ANY");
    let paths = routes.iter().map(|route| &route.path).filter(|path| !is_any(path));
    let preflights = paths.map(|path| Route { method: "OPTIONS".to_owned(), path: path.clone() });
    sorted(preflights.chain(routes.iter().cloned()).collect())
}

fn sorted(routes: BTreeSet<Route>) -> Vec<Route> {
    let mut routes: Vec<Route> = routes.into_iter().collect();
    routes.sort_by(|a, b| (&a.path, &a.method).cmp(&(&b.path, &b.method)));
    routes
}

/// `/files/{*path}` is `/files/{path+}`; what has all that is left is the default route.
fn gateway_path(path: &str) -> Option<String> {
    let segment = |segment: &str| match segment.strip_prefix("{*").and_then(|rest| rest.strip_suffix('}')) {
        Some(name) => format!("{{{name}+}}"),
        None => segment.to_owned(),
    };
    let segments: Vec<String> = path.split('/').map(segment).collect();
    match segments.as_slice() {
        [root, rest] if root.is_empty() && rest.ends_with("+}") => None,
        _ => Some(segments.join("/")),
    }
}
