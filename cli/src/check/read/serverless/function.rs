//! A function's settings, which those of `provider` stand in for.

use std::collections::HashSet;

use super::{Service, address, target};
use crate::check::observed::{Attribute, Code, Environment, Field, Function, Part, Permissions, Text};
use crate::check::read::cloudformation::{Reader, variables_of};
use crate::check::read::document::{Node, Value};
use crate::check::read::event_invoke_config::event_invoke_config;
use crate::check::read::{field, text};

/// The framework's own defaults: <https://github.com/oss-serverless/serverless/blob/main/docs/guides/functions.md>.
const MEMORY: u64 = 1024;
const TIMEOUT: u64 = 6;

impl Service {
    /// Reads all functions, their events, and the role that those have which name none.
    pub(super) fn read(&self, reader: &mut Reader<'_>, functions: &[(String, Node)]) {
        let shared = self.shared_statements(functions);
        for (key, node) in functions {
            let mut function = self.function(key, node);
            function.permissions = self.permissions(reader, node, &shared);
            reader.observed.functions.push(function);
        }
        for (key, node) in functions {
            let events = node.get("events");
            if let Some(events) = events.filter(|events| events.is_unknown()) {
                reader.template.cannot_read(format!("the events of {key}"), events);
            }
            for event in events.map(Node::items).unwrap_or_default() {
                self.event(reader, key, event, functions);
            }
            if GIVEN_UP.iter().any(|name| node.get(name).is_some()) {
                let function = target(reader, key);
                let config = event_invoke_config(&translated(node), &node.place, function);
                reader.observed.event_invoke_configs.push(config);
            }
            if let Some(url) = node.get("url") {
                self.url(reader, key, url);
            }
        }
    }

    fn function(&self, key: &str, node: &Node) -> Function {
        let either = |name: &str| node.get(name).or_else(|| self.provider.get(name));
        let mut name = self.prefix();
        text::add(&mut name, &format!("-{key}"));
        let tracing = node.get("tracing").or_else(|| self.provider.at(&["tracing", "lambda"]));
        let log_format = node.at(&["logs", "logFormat"]).or_else(|| self.provider.at(&["logs", "lambda", "logFormat"]));
        let artifact = node.at(&["package", "artifact"]).or(self.artifact.as_ref());
        Function {
            address: address(key),
            place: node.place.clone(),
            name: field::text(node.get("name"), Field::Default(name)),
            handler: field::word(node.get("handler"), Field::Absent),
            code: Code { path: artifact.and_then(Node::text).cloned(), binary: None },
            runtime: runtime(either("runtime")),
            architecture: field::word(either("architecture"), Field::Default("x86_64".to_owned())),
            memory: field::number(either("memorySize"), Field::Default(MEMORY)),
            timeout: field::number(either("timeout"), Field::Default(TIMEOUT)),
            environment: self.environment(node),
            layers: field::texts(either("layers")),
            permissions: Permissions::default(),
            reserved_concurrency: field::number(node.get("reservedConcurrency"), Field::Absent),
            provisioned_concurrency: field::number(node.get("provisionedConcurrency"), Field::Absent),
            tracing: mode(tracing),
            log_format: field::word(log_format, Field::Default("Text".to_owned())),
            dead_letters: field::text(node.get("onError"), Field::Absent),
        }
    }

    /// A function's variables stand before those of all.
    fn environment(&self, node: &Node) -> Environment {
        let (all, own) = (self.provider.get("environment"), node.get("environment"));
        let Some(place) = own.or(all).map(|node| node.place.clone()) else { return Environment::default() };
        let names: HashSet<&str> =
            own.map(Node::entries).unwrap_or_default().iter().map(|(name, _)| name.as_str()).collect();
        let inherited =
            all.map(Node::entries).unwrap_or_default().iter().filter(|(name, _)| !names.contains(name.as_str()));
        let mut merged: Vec<(String, Node)> = inherited.cloned().collect();
        merged.extend(own.map(Node::entries).unwrap_or_default().iter().cloned());
        // What is unset with `null` is not there.
        merged.retain(|(_, value)| value.value != Value::Null);
        let mut environment = variables_of(&node.with(Value::Map(merged)), &place);
        environment.is_open = [all, own].into_iter().flatten().any(Node::is_unknown);
        environment
    }
}

/// What the framework makes a configuration of, which is for the alias that it makes, if it makes one:
/// <https://github.com/oss-serverless/serverless/blob/main/docs/guides/functions.md>.
const GIVEN_UP: [&str; 3] = ["destinations", "maximumRetryAttempts", "maximumEventAge"];

/// As CloudFormation has it. A word that is no ARN is the key of a function.
fn translated(function: &Node) -> Node {
    let names = [("maximumRetryAttempts", "MaximumRetryAttempts"), ("maximumEventAge", "MaximumEventAgeInSeconds")];
    let settings = names.iter().filter_map(|(name, theirs)| Some(((*theirs).to_owned(), function.get(name)?.clone())));
    let mut entries: Vec<(String, Node)> = settings.collect();
    if let Some(destinations) = function.get("destinations") {
        let named = |node: &Node, name: &str, inner: Node| node.with(Value::Map(vec![(name.to_owned(), inner)]));
        let config = match destinations.get("onFailure") {
            Some(end) => {
                let arn = match destination(end) {
                    Some((arn, _)) => end.scalar(arn),
                    None => end.unknown("destinations.onFailure"),
                };
                named(destinations, "OnFailure", named(end, "Destination", arn))
            }
            None => destinations.clone(),
        };
        entries.push(("DestinationConfig".to_owned(), config));
    }
    function.with(Value::Map(entries))
}

/// The ARN of a destination, and what it is, by the framework's word or by the ARN.
pub(super) fn destination(end: &Node) -> Option<(Text, Option<&str>)> {
    if let Some(arn) = end.get("arn") {
        return Some((arn.text()?.clone(), end.get("type").and_then(Node::known)));
    }
    let text = end.text()?;
    match text.known() {
        Some(key) if !key.starts_with("arn:") => {
            let arn = Text(vec![Part::Of { address: address(key), attribute: Attribute::Arn }]);
            Some((arn, Some("function")))
        }
        Some(arn) => {
            let kinds = [(":function:", "function"), (":sqs:", "sqs"), (":sns:", "sns"), (":event-bus/", "eventBus")];
            Some((text.clone(), kinds.iter().find(|(mark, _)| arn.contains(mark)).map(|(_, kind)| *kind)))
        }
        None => Some((text.clone(), None)),
    }
}

/// `rust` is a word of plugins, each of which puts another runtime in its place.
fn runtime(node: Option<&Node>) -> Field<String> {
    match field::word(node, Field::Absent) {
        Field::Known(word, place) if word == "rust" => Field::Unknown(place),
        runtime => runtime,
    }
}

/// `true` is `Active`.
fn mode(node: Option<&Node>) -> Field<String> {
    match field::word(node, Field::Default("PassThrough".to_owned())) {
        Field::Known(word, place) => match word.as_str() {
            "true" => Field::Known("Active".to_owned(), place),
            "false" => Field::Default("PassThrough".to_owned()),
            _ => Field::Known(word, place),
        },
        other => other,
    }
}
