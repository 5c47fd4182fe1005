//! What invokes a function, in the words of CloudFormation, which other formats share or are translated to.

use crate::check::observed::{Cors, Field, FrontEnd, Http, Route, Text, Trigger};
use crate::check::read::document::{Node, Value};
use crate::check::read::{field, text};

/// The bus that a rule without one is on.
const BUS: &str = "default";
const NO_AUTHORIZATION: &str = "NONE";

/// A rule of EventBridge with a pattern.
pub(crate) fn rule(pattern: &Node, bus: Option<&Node>) -> Trigger {
    let entries = pattern.entries();
    let part = |key: &str| match pattern.get(key) {
        None if pattern.is_unknown() => Field::Unknown(pattern.place.clone()),
        part => field::known_words(part),
    };
    Trigger::Rule {
        bus: field::text(bus, Field::Default(text::literal(BUS))),
        sources: part("source"),
        detail_types: part("detail-type"),
        has_more: pattern.is_unknown()
            || entries.iter().any(|(key, _)| !matches!(key.as_str(), "source" | "detail-type")),
    }
}

pub(crate) fn schedule(expression: Option<&Node>, timezone: Option<&Node>, enabled: Field<bool>) -> Trigger {
    Trigger::Schedule {
        expression: field::word(expression, Field::Absent),
        timezone: field::word(timezone, Field::Absent),
        enabled,
    }
}

/// `State` of a rule or a schedule.
pub(crate) fn state(node: Option<&Node>) -> Field<bool> {
    match node.map(|node| (node, node.known())) {
        None => Field::Default(true),
        Some((node, Some("DISABLED"))) => Field::Known(false, node.place.clone()),
        Some((node, Some(_))) => Field::Known(true, node.place.clone()),
        Some((node, None)) => Field::Unknown(node.place.clone()),
    }
}

/// What a bucket tells of. The filter's rules are pairs, of which each is a prefix or a suffix.
pub(crate) fn bucket(bucket: Field<Text>, events: Option<&Node>, rules: Option<&Node>) -> Trigger {
    let of = |wanted: &str| {
        let rules = rules.map(Node::items).unwrap_or_default();
        let is_it =
            |rule: &&Node| rule.get("Name").and_then(Node::known).is_some_and(|name| name.eq_ignore_ascii_case(wanted));
        let value = rules.iter().find(is_it).and_then(|rule| rule.get("Value"));
        field::word(value, Field::Absent)
    };
    Trigger::Bucket { bucket, events: field::words(events), prefix: of("prefix"), suffix: of("suffix") }
}

/// A route as API Gateway's HTTP APIs write it: `GET /orders/{id}`, or `$default`.
pub(crate) fn route_key(node: Option<&Node>) -> Route {
    match node.map(Node::known) {
        None => Route::All,
        Some(None) => Route::Unknown,
        Some(Some("$default")) => Route::All,
        Some(Some(key)) => match key.split_once(' ') {
            Some((method, path)) => Route::Of { method: method.to_ascii_uppercase(), path: path.trim().to_owned() },
            // Of a WebSocket, whose routes have no methods.
            None => Route::Of { method: "ANY".to_owned(), path: key.to_owned() },
        },
    }
}

/// A route of a method and a path that stand apart. `*` and `any` are every method.
pub(crate) fn route(method: Option<&Node>, path: Option<&Node>) -> Route {
    let method = method.map_or(Some("ANY"), Node::known);
    match (method, path.map(Node::known)) {
        (_, None | Some(Some("$default" | "/$default" | "*"))) => Route::All,
        (Some(method), Some(Some(path))) => {
            let method = if method == "*" { "ANY".to_owned() } else { method.to_ascii_uppercase() };
            let path = if path.starts_with('/') { path.to_owned() } else { format!("/{path}") };
            Route::Of { method, path }
        }
        _ => Route::Unknown,
    }
}

pub(crate) fn http(front_end: FrontEnd, route: Route, cors: Field<Cors>, authorization: Field<String>) -> Trigger {
    Trigger::Http(Http { front_end, route, cors, authorization })
}

pub(crate) fn open() -> Field<String> {
    Field::Default(NO_AUTHORIZATION.to_owned())
}

/// `CorsConfiguration` of an HTTP API, or `Cors` of a function's URL.
pub(crate) fn cors(node: Option<&Node>) -> Field<Cors> {
    let Some(node) = node else { return Field::Absent };
    let list = |key: &str| match field::known_words(node.get(key)) {
        Field::Unknown(_) => None,
        known => Some(known.value().cloned().unwrap_or_default()),
    };
    let credentials = field::boolean(node.get("AllowCredentials"), Field::Default(false));
    let read = || {
        Some(Cors {
            origins: list("AllowOrigins")?,
            methods: list("AllowMethods")?,
            headers: list("AllowHeaders")?,
            credentials: *credentials.value()?,
        })
    };
    match &node.value {
        Value::Map(_) => match read() {
            Some(cors) => Field::Known(cors, node.place.clone()),
            None => Field::Unknown(node.place.clone()),
        },
        // `true` of SAM: any origin.
        Value::Scalar(_) => match field::boolean(Some(node), Field::Absent) {
            Field::Known(true, place) => Field::Known(Cors { origins: vec!["*".to_owned()], ..Cors::default() }, place),
            Field::Known(false, _) => Field::Absent,
            _ => Field::Unknown(node.place.clone()),
        },
        Value::Null | Value::List(_) => Field::Absent,
    }
}
