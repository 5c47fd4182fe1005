//! A function's settings, which those of `provider` stand in for.

use std::collections::HashSet;

use super::{Service, address};
use crate::check::observed::{Code, Environment, Field, Function, Permissions};
use crate::check::read::cloudformation::{Reader, variables_of};
use crate::check::read::document::{Node, Value};
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
