//! What HTTP requests come through: APIs, URLs of functions, load balancers.

use super::invokers::{allowed_by, arn, invocations, of_api};
use super::or;
use super::rest;
use super::target::{qualified_target, target};
use crate::check::observed::{
    AllowedBy, Cors, Field, FrontEnd, Http, Place, Route, Target, Text, Trigger, Triggered, Unread,
};
use crate::check::read::terraform::resources::{Resource, Resources, argument, blocks, items};
use crate::check::read::terraform::value::{Kind, Value, known, literal};

const API: &str = "aws_apigatewayv2_api";

pub(super) fn triggers(resources: &Resources) -> Vec<Triggered> {
    let mut found = Vec::new();
    for resource in &resources.all {
        match resource.ty.as_str() {
            "aws_apigatewayv2_api" => found.extend(quick(resource, resources)),
            "aws_apigatewayv2_route" => found.extend(route(resource, resources)),
            "aws_lambda_function_url" => found.extend(url(resource, resources)),
            "aws_lb_target_group_attachment" | "aws_alb_target_group_attachment" => {
                found.extend(load_balancer(resource, resources));
            }
            "aws_api_gateway_integration" => found.extend(rest::integration(resource, resources)),
            _ => {}
        }
    }
    found
}

/// APIs whose routes stand in an OpenAPI document.
pub(super) fn unread(resources: &Resources) -> Vec<Unread> {
    let apis = ["aws_apigatewayv2_api", "aws_api_gateway_rest_api"];
    let of = |resource: &Resource| {
        let body = resource.get("body");
        let what = format!("the routes of {}, which stand in an OpenAPI document", resource.address);
        (!body.is_null()).then(|| Unread { what, place: (*body.place).clone() })
    };
    resources.all.iter().filter(|resource| apis.contains(&resource.ty.as_str())).filter_map(of).collect()
}

pub(super) fn http(place: Place, function: Target, http: Http, allowed_by: AllowedBy) -> Triggered {
    Triggered { place, function, by: Trigger::Http(http), allowed_by }
}

fn front_end(api: Option<&Resource>) -> FrontEnd {
    match api.and_then(|api| api.get("protocol_type").as_str()).as_deref() {
        Some("WEBSOCKET") => FrontEnd::WebSocket,
        _ => FrontEnd::HttpApi,
    }
}

fn api_cors(api: &Resource) -> Field<Cors> {
    api.block("cors_configuration").map_or(Field::Absent, |block| cors(&block))
}

/// An API that is made with a function, and passes all on to it.
fn quick(api: &Resource, resources: &Resources) -> Option<Triggered> {
    let function = target(&api.get("target"), resources)?;
    let key = api.get("route_key");
    let route = if key.is_null() { Route::All } else { route_of(&key) };
    let authorization = Field::Default("NONE".to_owned());
    let http_api = Http { front_end: front_end(Some(api)), route, cors: api_cors(api), authorization };
    let allowed_by = allowed_by(&api.get("credentials_arn"), Some(of_api(api)));
    Some(http(api.place(), function, http_api, allowed_by))
}

fn route(route: &Resource, resources: &Resources) -> Option<Triggered> {
    let to = route.get("target");
    let integration = to.text().and_then(|text| integration(&text, resources));
    let function = match integration {
        Some(integration) => target(&integration.get("integration_uri"), resources)?,
        None => Target::Elsewhere,
    };
    let api = route.get("api_id").text().and_then(|api| resources.meant(API, &api));
    let http_api = Http {
        front_end: front_end(api),
        route: route_of(&route.get("route_key")),
        cors: api.map_or_else(|| Field::Unknown((*route.get("api_id").place).clone()), api_cors),
        authorization: or(route.get("authorization_type").field(Value::as_str), "NONE".to_owned()),
    };
    let source = invocations(&route.get("api_id"), API, resources);
    let allowed_by = match integration {
        Some(integration) => allowed_by(&integration.get("credentials_arn"), source),
        None => AllowedBy::Permission { source },
    };
    Some(http(route.place(), function, http_api, allowed_by))
}

/// `integrations/` and the identifier of one.
fn integration<'r>(target: &Text, resources: &'r Resources) -> Option<&'r Resource> {
    const TYPE: &str = "aws_apigatewayv2_integration";
    let by_id = || resources.meant(TYPE, &known(literal(target)?.strip_prefix("integrations/")?));
    resources.within(&[TYPE], target).or_else(by_id)
}

/// `GET /orders/{id}`, `ANY /files/{rest+}`, `$default`; a WebSocket API's have no method.
fn route_of(key: &Value) -> Route {
    match key.as_str() {
        Some(key) if key == "$default" => Route::All,
        Some(key) => match key.split_once(' ') {
            Some((method, path)) => Route::Of { method: method.to_ascii_uppercase(), path: path.trim().to_owned() },
            None => Route::Of { method: "ANY".to_owned(), path: key },
        },
        None => Route::Unknown,
    }
}

fn url(url: &Resource, resources: &Resources) -> Option<Triggered> {
    let function = qualified_target(url, resources)?;
    let function_url = Http {
        front_end: FrontEnd::FunctionUrl,
        route: Route::All,
        cors: url.block("cors").map_or(Field::Absent, |block| cors(&block)),
        authorization: url.get("authorization_type").field(Value::as_str),
    };
    // The provider lets all in by itself where nobody is asked who they are.
    Some(http(url.place(), function, function_url, AllowedBy::Generated))
}

/// A function in a target group, and what leads to the group.
fn load_balancer(attachment: &Resource, resources: &Resources) -> Vec<Triggered> {
    // An instance or an address has no ARN of Lambda.
    let Some(function) = target(&attachment.get("target_id"), resources) else { return Vec::new() };
    if function == Target::Elsewhere {
        return Vec::new();
    }
    let group = attachment.get("target_group_arn").text();
    let group = group.and_then(|group| resources.within(&["aws_lb_target_group", "aws_alb_target_group"], &group));
    let Some(group) = group else { return Vec::new() };
    let leads = |action: &Value| {
        let forward = blocks(action, "forward").into_iter().flat_map(|forward| blocks(&forward, "target_group"));
        let named = forward.map(|target| argument(&target, "arn")).chain([argument(action, "target_group_arn")]);
        let mut all = named.filter_map(|arn| arn.text());
        all.any(|arn| resources.within(&[&group.ty], &arn).is_some_and(|found| found.address == group.address))
    };
    let mut found = Vec::new();
    for resource in &resources.all {
        let (actions, routes) = match resource.ty.as_str() {
            "aws_lb_listener_rule" | "aws_alb_listener_rule" => ("action", conditions(resource)),
            "aws_lb_listener" | "aws_alb_listener" => ("default_action", vec![Route::All]),
            _ => continue,
        };
        if blocks(&resource.body, actions).iter().any(leads) {
            for route in routes {
                let (cors, authorization) = (Field::Absent, Field::Default("NONE".to_owned()));
                let balancer = Http { front_end: FrontEnd::LoadBalancer, route, cors, authorization };
                let allowed_by = AllowedBy::Permission { source: Some(arn(group)) };
                found.push(http(resource.place(), function.clone(), balancer, allowed_by));
            }
        }
    }
    found
}

/// What a listener's rule lets through: each path with each method.
fn conditions(rule: &Resource) -> Vec<Route> {
    let all = blocks(&rule.body, "condition");
    let values = |name: &str| -> Vec<Value> {
        let found = all.iter().flat_map(|condition| blocks(condition, name));
        found.flat_map(|block| items(&argument(&block, "values"))).collect()
    };
    if all.iter().any(Value::is_unknown) {
        return vec![Route::Unknown];
    }
    let (paths, methods) = (values("path_pattern"), values("http_request_method"));
    let text = |value: &Value| value.as_str();
    let (Some(mut paths), Some(mut methods)) =
        (paths.iter().map(text).collect::<Option<Vec<_>>>(), methods.iter().map(text).collect::<Option<Vec<_>>>())
    else {
        return vec![Route::Unknown];
    };
    if paths.is_empty() {
        paths.push("/*".to_owned());
    }
    if methods.is_empty() {
        methods.push("ANY".to_owned());
    }
    let route = |method: &String, path: &String| match (method.as_str(), path.as_str()) {
        ("ANY", "*" | "/*") => Route::All,
        _ => Route::Of { method: method.clone(), path: path.clone() },
    };
    paths.iter().flat_map(|path| methods.iter().map(move |method| route(method, path))).collect()
}

/// What is answered to preflights, if all of it is known.
fn cors(block: &Value) -> Field<Cors> {
    let list =
        |name: &str| -> Option<Vec<String>> { items(&argument(block, name)).iter().map(Value::as_str).collect() };
    block.field(|block| {
        let credentials = argument(block, "allow_credentials");
        Some(Cors {
            origins: list("allow_origins")?,
            methods: list("allow_methods")?,
            headers: list("allow_headers")?,
            credentials: match credentials.of {
                Kind::Null => false,
                _ => credentials.as_bool()?,
            },
        })
    })
}
