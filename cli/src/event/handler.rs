//! What the current crate's manifest says about the handler that an event is for.

use serde_json::Value;

use crate::error::CliError;
use crate::event::args::Args;
use crate::event::details::{Details, Method};
use crate::manifest::trigger::{EventBridge, S3};
use crate::manifest::{Function, Route, Trigger};
use crate::source::Source;

/// For whom an event is.
#[derive(Debug)]
pub(super) struct Handler {
    /// Its name, if it is one of the current crate.
    pub(super) name: Option<String>,
    pub(super) source: Source,
    /// What is known of the events that it gets, under what the command line says.
    pub(super) details: Details,
    /// The schema of what it takes, as JSON Schema.
    pub(super) schema: Option<Value>,
}

impl Handler {
    /// Any handler of this source.
    pub(super) fn any(source: Source, args: &Args) -> Self {
        let mut details = args.details.clone();
        if source == Source::Http {
            details.choose(&[], !args.body.is_empty());
        }
        Self { name: None, source, details, schema: None }
    }

    /// The handler of the current crate whose name was given.
    pub(super) fn find(args: &Args) -> Result<Self, CliError> {
        let name = &args.target;
        let manifest = args.from.load().map_err(|error| {
            let sources = Source::names();
            CliError::new(format!("`{name}` is no source ({sources}), so it would be a handler's name: {error}"))
        })?;
        let Some(function) = manifest.function(name) else {
            let (names, sources) = (manifest.names(), Source::names());
            return Err(CliError::new(format!(
                "`{name}` is neither a handler of this crate, which has {names}, nor a source: {sources}"
            )));
        };
        Ok(Self::of(function, args.details.clone(), !args.body.is_empty()))
    }

    fn of(function: &Function, given: Details, has_body: bool) -> Self {
        let (source, known) = known(&function.trigger);
        let mut details = given.or(known);
        let mut schema = function.schema.clone();
        if source == Source::Http {
            let route = details.choose(&function.routes, has_body);
            schema = route.map_or(schema, |route| route.schema.clone());
        }
        Self { name: Some(function.name.clone()), source, details, schema: schema.filter(|schema| !schema.is_null()) }
    }
}

impl Details {
    /// The route that a request is for, the first one that fits what was given; the rest is as it wants it.
    fn choose<'r>(&mut self, routes: &'r [Route], has_body: bool) -> Option<&'r Route> {
        let path = self.path.as_deref().map(|path| path.split('?').next().unwrap_or_default());
        let fits = |route: &&Route| {
            path.is_none_or(|path| matches(&route.path, path)) && self.method_of(route, has_body).is_some()
        };
        let route = routes.iter().find(fits);
        if let Some(route) = route {
            self.method = self.method_of(route, has_body);
            self.path.get_or_insert_with(|| filled(&route.path));
        }
        self.method.get_or_insert_with(|| Method::new(if has_body { "POST" } else { "GET" }));
        route
    }

    /// With which method a route is asked: the one that was given, if it takes that.
    fn method_of(&self, route: &Route, has_body: bool) -> Option<Method> {
        let takes_any = route.methods.iter().any(|method| method == "ANY");
        let methods: Vec<Method> = match takes_any {
            true => ["GET", "POST", "PUT", "PATCH", "DELETE"].map(Method::new).into(),
            false => route.methods.iter().map(|method| Method::new(method)).collect(),
        };
        match &self.method {
            Some(given) => (takes_any || methods.contains(given)).then(|| given.clone()),
            None => methods.into_iter().find(|method| !has_body || method.takes_a_body()),
        }
    }
}

/// Whether a path is one of a pattern's: `{id}` is a segment, `{*path}` all that is left.
fn matches(pattern: &str, path: &str) -> bool {
    let mut segments = path.split('/');
    for part in pattern.split('/') {
        if part.starts_with("{*") {
            return segments.next().is_some();
        }
        match segments.next() {
            Some(segment) if part == segment || (part.starts_with('{') && !segment.is_empty()) => {}
            _ => return false,
        }
    }
    segments.next().is_none()
}

/// A path of a pattern's.
fn filled(pattern: &str) -> String {
    let segment = |part: &str| match part {
        part if part.starts_with("{*") => "path".to_owned(),
        part if part.starts_with('{') => "1".to_owned(),
        part => part.to_owned(),
    };
    pattern.split('/').map(segment).collect::<Vec<_>>().join("/")
}

/// The source, and what its settings say about the events.
fn known(trigger: &Trigger) -> (Source, Details) {
    let none = Details::default();
    match trigger {
        Trigger::Invoke => (Source::Invoke, none),
        Trigger::Event => (Source::Event, none),
        Trigger::Http(_) => (Source::Http, none),
        Trigger::Sqs(of) => (Source::Sqs, Details { queue: of.queue.clone(), ..none }),
        Trigger::Kinesis(of) => {
            let window = of.shards.tumbling_window.is_some();
            (Source::Kinesis, Details { stream: of.stream.clone(), window, ..none })
        }
        Trigger::DynamoDb(of) => {
            let window = of.shards.tumbling_window.is_some();
            (Source::DynamoDb, Details { table: of.table.clone(), view: of.view.clone(), window, ..none })
        }
        Trigger::Kafka(of) => (Source::Kafka, Details { topic: of.topic.clone(), ..none }),
        Trigger::ActiveMq(of) => (Source::ActiveMq, Details { queue: of.queue.clone(), ..none }),
        Trigger::Sns(of) => (Source::Sns, Details { topic: of.topic.clone(), ..none }),
        Trigger::S3(of) => (Source::S3, of_bucket(of)),
        Trigger::EventBridge(EventBridge { source, detail_type, .. }) => {
            let (event_source, detail_type) = (source.first().cloned(), detail_type.first().cloned());
            (Source::EventBridge, Details { event_source, detail_type, ..none })
        }
        // A rule has no time zone: with one, the schedule is one of EventBridge Scheduler.
        Trigger::Schedule(of) => (Source::Schedule, Details { scheduler: of.timezone.is_some(), ..none }),
        Trigger::CloudWatchLogs(of) => (Source::CloudWatchLogs, Details { log_group: of.log_group.clone(), ..none }),
        Trigger::Ses(of) => {
            let address = |recipient: &String| match recipient.strip_prefix('.') {
                Some(domain) => format!("someone@mail.{domain}"),
                None if recipient.contains('@') => recipient.clone(),
                None => format!("someone@{recipient}"),
            };
            (Source::Ses, Details { to: of.recipients.first().map(address), ..none })
        }
        Trigger::Iot(_) => (Source::Iot, none),
    }
}

/// An event that the notification's filters let pass.
fn of_bucket(of: &S3) -> Details {
    let (prefix, suffix) = (of.prefix.as_deref(), of.suffix.as_deref());
    let key = format!("{}example{}", prefix.unwrap_or_default(), suffix.unwrap_or_default());
    let event_name = of.events.first().map(|event| {
        let event = event.strip_prefix("s3:").unwrap_or(event);
        let one = match event {
            "ObjectRemoved:*" | "LifecycleExpiration:*" => "Delete",
            "ObjectRestore:*" => "Completed",
            _ => "Put",
        };
        event.replace('*', one)
    });
    let key = (prefix.is_some() || suffix.is_some()).then_some(key);
    Details { bucket: of.bucket.clone(), key, event_name, ..Details::default() }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::manifest::Manifest;

    fn handler(function: Value, given: Details, has_body: bool) -> Handler {
        let manifest = json!({"version": 1, "functions": [function]}).to_string();
        Handler::of(&Manifest::parse(&manifest, "the test").unwrap().functions[0], given, has_body)
    }

    fn of(trigger: Value) -> Details {
        handler(json!({"name": "a", "package": "p", "trigger": trigger}), Details::default(), false).details
    }

    #[test]
    fn settings_say_where_events_are_from() {
        let given = Details { queue: Some("other".to_owned()), ..Details::default() };
        let trigger = json!({"source": "sqs", "settings": {"queue": "orders"}});
        assert_eq!(of(trigger.clone()).queue.as_deref(), Some("orders"));
        let handler = handler(json!({"name": "a", "package": "p", "trigger": trigger}), given, false);
        assert_eq!(handler.details.queue.as_deref(), Some("other"));

        let settings = json!({"bucket": "b", "prefix": "in/", "suffix": ".jpg", "events": ["s3:ObjectRemoved:*"]});
        let s3 = of(json!({"source": "s3", "settings": settings}));
        assert_eq!(
            (s3.key.as_deref(), s3.event_name.as_deref()),
            (Some("in/example.jpg"), Some("ObjectRemoved:Delete"))
        );
        let window = json!({"source": "kinesis", "settings": {"stream": "s", "tumbling_window": 60}});
        assert!(of(window).window);
        let zoned = json!({"source": "schedule", "settings": {"expression": "rate(1 day)", "timezone": "Asia/Tokyo"}});
        assert!(of(zoned).scheduler);
        let mail = |recipient: &str| of(json!({"source": "ses", "settings": {"recipients": [recipient]}})).to.unwrap();
        assert_eq!(mail("help@example.com"), "help@example.com");
        assert_eq!(
            (mail("example.com"), mail(".example.com")),
            ("someone@example.com".to_owned(), "someone@mail.example.com".to_owned())
        );
    }

    fn shop(given: Details, has_body: bool) -> Handler {
        let routes = json!([
            {"methods": ["GET"], "path": "/orders/{id}"},
            {"methods": ["POST"], "path": "/orders", "schema": {"const": 1}},
            {"methods": ["GET", "PUT"], "path": "/files/{*path}"},
            {"methods": ["ANY"], "path": "/{*path}"},
        ]);
        let function = json!({"name": "api", "package": "p", "trigger": {"source": "http"}, "routes": routes});
        handler(function, given, has_body)
    }

    #[test]
    fn a_request_is_for_the_first_route_that_fits() {
        let chosen = |method: Option<&str>, path: Option<&str>, has_body: bool| {
            let given =
                Details { method: method.map(Method::new), path: path.map(str::to_owned), ..Details::default() };
            let handler = shop(given, has_body);
            (handler.details.method().to_string(), handler.details.path.unwrap(), handler.schema.is_some())
        };
        let is = |method: &str, path: &str, has_schema: bool| (method.to_owned(), path.to_owned(), has_schema);
        assert_eq!(chosen(None, None, false), is("GET", "/orders/1", false));
        assert_eq!(chosen(None, None, true), is("POST", "/orders", true));
        assert_eq!(chosen(Some("PUT"), None, false), is("PUT", "/files/path", false));
        assert_eq!(chosen(None, Some("/orders?a=b"), false), is("POST", "/orders?a=b", true));
        assert_eq!(chosen(None, Some("/files/a/b"), true), is("PUT", "/files/a/b", false));
        assert_eq!(chosen(Some("DELETE"), Some("/x"), false), is("DELETE", "/x", false));
    }
}
