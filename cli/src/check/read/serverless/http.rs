//! Events of HTTP, and functions' URLs.

use super::{Service, address};
use crate::check::observed::{AllowedBy, Cors, Field, FrontEnd, Route, Target};
use crate::check::read::cloudformation::Reader;
use crate::check::read::document::{Node, Value};
use crate::check::read::{field, text, trigger};

/// What the framework allows where `cors` names no headers. HTTP APIs have one more than functions' URLs.
const HEADERS: [&str; 7] = [
    "Content-Type",
    "X-Amz-Date",
    "Authorization",
    "X-Api-Key",
    "X-Amz-Security-Token",
    "X-Amz-User-Agent",
    "X-Amzn-Trace-Id",
];
const ONLY_OF_APIS: &str = "X-Amz-User-Agent";
const METHODS: [&str; 7] = ["GET", "POST", "PUT", "PATCH", "OPTIONS", "HEAD", "DELETE"];

impl Service {
    /// Whether it is an event of these kinds.
    pub(super) fn http_event(
        &self,
        reader: &mut Reader<'_>,
        key: &str,
        kind: &str,
        config: &Node,
        functions: &[(String, Node)],
    ) -> bool {
        let function = Target::Function(address(key));
        let by = match kind {
            "httpApi" => {
                let cors = self.api_cors(functions);
                trigger::http(FrontEnd::HttpApi, route(config), cors, authorization(config.get("authorizer")))
            }
            "http" => {
                let cors = rest_cors(config);
                trigger::http(FrontEnd::RestApi, route(config), cors, authorization(config.get("authorizer")))
            }
            "websocket" => {
                let key = config.get("route").or(config.text().map(|_| config));
                let authorization = authorization(config.get("authorizer"));
                trigger::http(FrontEnd::WebSocket, trigger::route_key(key), Field::Absent, authorization)
            }
            "alb" => {
                for route in balanced(config.get("conditions")) {
                    let by = trigger::http(FrontEnd::LoadBalancer, route, Field::Absent, trigger::open());
                    reader.triggered(&config.place, function.clone(), by, AllowedBy::Generated);
                }
                return true;
            }
            _ => return false,
        };
        reader.triggered(&config.place, function, by, AllowedBy::Generated);
        true
    }

    pub(super) fn url(&self, reader: &mut Reader<'_>, key: &str, config: &Node) {
        if config.known() == Some("false") || config.value == Value::Null {
            return;
        }
        let authorization = match config.get("authorizer").map(|node| (node, node.known())) {
            Some((node, Some("aws_iam"))) => Field::Known("AWS_IAM".to_owned(), node.place.clone()),
            Some((node, _)) => Field::Unknown(node.place.clone()),
            None => trigger::open(),
        };
        let headers = HEADERS.iter().filter(|header| **header != ONLY_OF_APIS);
        let cors = cors(config.get("cors"), vec!["*".to_owned()], headers.map(|header| (*header).to_owned()).collect());
        let by = trigger::http(FrontEnd::FunctionUrl, Route::All, cors, authorization);
        reader.triggered(&config.place, Target::Function(address(key)), by, AllowedBy::Generated);
    }

    /// `provider.httpApi.cors`; without methods of its own it allows those of all routes.
    fn api_cors(&self, functions: &[(String, Node)]) -> Field<Cors> {
        let mut methods = vec!["OPTIONS".to_owned()];
        let events = functions.iter().filter_map(|(_, function)| function.get("events")).flat_map(Node::items);
        for event in events.filter_map(|event| event.get("httpApi")) {
            let known: Vec<String> = match route(event) {
                Route::Of { method, .. } if method != "ANY" => vec![method],
                _ => METHODS.iter().map(|method| (*method).to_owned()).collect(),
            };
            methods.extend(known);
        }
        methods.sort();
        methods.dedup();
        let headers = HEADERS.iter().map(|header| (*header).to_owned()).collect();
        cors(self.provider.at(&["httpApi", "cors"]), methods, headers)
    }
}

/// `GET /orders`, `*`, or a map of both.
fn route(config: &Node) -> Route {
    let method_and_path = |written: &str| match written.split_once(' ') {
        Some((method, path)) => {
            let [method, path] = [method, path].map(|word| config.scalar(text::literal(word.trim())));
            trigger::route(Some(&method), Some(&path))
        }
        None => Route::All,
    };
    match (&config.value, config.known()) {
        (Value::Scalar(_), Some(written)) => method_and_path(written),
        (Value::Scalar(_), None) => Route::Unknown,
        _ => match config.get("path").and_then(Node::known).filter(|path| path.contains(' ')) {
            Some(written) => method_and_path(written),
            None => trigger::route(config.get("method"), config.get("path")),
        },
    }
}

/// An authorizer is a name, or a map with a type.
fn authorization(node: Option<&Node>) -> Field<String> {
    let Some(node) = node else { return trigger::open() };
    let kind = node.get("type").or(Some(node)).and_then(Node::known).unwrap_or_default();
    match kind.to_ascii_lowercase().as_str() {
        "aws_iam" => Field::Known("AWS_IAM".to_owned(), node.place.clone()),
        "jwt" => Field::Known("JWT".to_owned(), node.place.clone()),
        "request" | "token" => Field::Known("CUSTOM".to_owned(), node.place.clone()),
        "cognito_user_pools" => Field::Known("COGNITO_USER_POOLS".to_owned(), node.place.clone()),
        _ => Field::Unknown(node.place.clone()),
    }
}

/// `cors: true`, or a map; what it leaves out is the framework's to say.
fn cors(node: Option<&Node>, methods: Vec<String>, headers: Vec<String>) -> Field<Cors> {
    let Some(node) = node else { return Field::Absent };
    if node.known() == Some("false") || node.value == Value::Null {
        return Field::Absent;
    }
    if node.is_unknown() {
        return Field::Unknown(node.place.clone());
    }
    let list = |key: &str, default: Vec<String>| match field::known_words(node.get(key)) {
        Field::Known(words, _) => Some(words),
        Field::Unknown(_) => None,
        Field::Absent | Field::Default(_) => Some(default),
    };
    let read = || {
        Some(Cors {
            origins: list("allowedOrigins", vec!["*".to_owned()])?,
            methods: list("allowedMethods", methods)?,
            headers: list("allowedHeaders", headers)?,
            credentials: *field::boolean(node.get("allowCredentials"), Field::Default(false)).value()?,
        })
    };
    let place = node.place.clone();
    match read() {
        Some(cors) => Field::Known(cors, place),
        None => Field::Unknown(place),
    }
}

/// `cors` of a REST API's event, which answers for its own path.
fn rest_cors(config: &Node) -> Field<Cors> {
    let Some(node) = config.get("cors") else { return Field::Absent };
    if node.known() == Some("false") || node.value == Value::Null {
        return Field::Absent;
    }
    if node.is_unknown() {
        return Field::Unknown(node.place.clone());
    }
    let words = |key: &str| field::known_words(node.get(key)).value().cloned();
    let mut methods = words("methods").unwrap_or_default();
    let own = match route(config) {
        Route::Of { method, .. } => Some(method),
        Route::All | Route::Unknown => None,
    };
    for method in [Some("OPTIONS".to_owned()), own].into_iter().flatten() {
        if !methods.contains(&method) {
            methods.push(method);
        }
    }
    let headers = words("headers").unwrap_or_else(|| HEADERS.iter().map(|header| (*header).to_owned()).collect());
    let origins = words("origins").or_else(|| words("origin")).unwrap_or_else(|| vec!["*".to_owned()]);
    let credentials = field::boolean(node.get("allowCredentials"), Field::Default(false));
    let credentials = credentials.value().copied().unwrap_or_default();
    Field::Known(Cors { origins, methods, headers, credentials }, node.place.clone())
}

/// The conditions of a load balancer's rule: all pairs of methods and paths.
fn balanced(conditions: Option<&Node>) -> Vec<Route> {
    let values = |key: &str| conditions.and_then(|conditions| conditions.get(key)).map(Node::one_or_many);
    crate::check::read::cloudformation::balanced(values("method"), values("path"))
}
