//! What is read of the templates that `cargo lambkin template` writes, of modules as people write them, and of plans.

mod any;
mod filters;
mod keys;
mod modules;
mod plans;
mod policies;
mod resources;
mod snapshots;
mod triggers;

use crate::check::observed::{Attribute, Field, Function, Observed, Part, Statement, Text, Triggered};
use crate::check::read::terraform::{read_module, read_plan};
use crate::check::read::{Given, Source};

fn source(name: &str, text: &str) -> Source {
    Source { name: name.into(), text: text.to_owned() }
}

fn module(text: &str) -> Observed {
    module_with(text, &[])
}

fn module_with(text: &str, given: &[(&str, &str)]) -> Observed {
    let given: Vec<Given> =
        given.iter().map(|(name, value)| Given { name: (*name).to_owned(), value: (*value).to_owned() }).collect();
    read_module(&[source("main.tf", text)], &given).unwrap_or_else(|error| panic!("{error}"))
}

fn text_of(path: &str) -> String {
    std::fs::read_to_string(format!("{}/tests/{path}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

fn plan(text: &str) -> Observed {
    read_plan(&source("plan.json", text)).unwrap_or_else(|error| panic!("{error}"))
}

/// A setting and where it stands, as `line:column path`.
fn shown<T: std::fmt::Debug>(field: &Field<T>) -> String {
    match field {
        Field::Absent => "absent".to_owned(),
        Field::Default(value) => format!("default {value:?}"),
        Field::Known(value, place) => match place.line.zip(place.column) {
            Some((line, column)) => format!("{value:?} at {line}:{column} {}", place.path),
            None => format!("{value:?} at {}", place.path),
        },
        Field::Unknown(place) => format!("unknown at {}", place.path),
    }
}

/// A text in one piece: `<…>` is what is not literal.
fn flat(text: &Text) -> String {
    let part = |part: &Part| match part {
        Part::Literal(literal) => literal.clone(),
        Part::Of { address, attribute: Attribute::Arn } => format!("<{address} arn>"),
        Part::Of { address, attribute: Attribute::Name } => format!("<{address} name>"),
        Part::Of { address, attribute: Attribute::StreamArn } => format!("<{address} stream>"),
        Part::Of { address, attribute: Attribute::Other(name) } => format!("<{address} {name}>"),
        Part::Region => "<region>".to_owned(),
        Part::Account => "<account>".to_owned(),
        Part::Partition => "<partition>".to_owned(),
        Part::Unknown(written) => format!("<? {written}>"),
    };
    text.0.iter().map(part).collect()
}

/// What a setting that is a text comes to.
fn told(field: &Field<Text>) -> String {
    match field.value() {
        Some(text) => flat(text),
        None => shown(field),
    }
}

fn function<'o>(observed: &'o Observed, address: &str) -> &'o Function {
    let found = observed.functions.iter().find(|function| function.address == address);
    found.unwrap_or_else(|| panic!("no {address}: {:#?}", observed.functions))
}

/// A statement as `Allow sqs:ReceiveMessage on <…>`.
fn said(statement: &Statement) -> String {
    let list = |fields: &[Field<String>]| {
        let all: Vec<String> =
            fields.iter().map(|field| field.value().cloned().unwrap_or_else(|| shown(field))).collect();
        all.join(" ")
    };
    let texts = |fields: &[Field<Text>]| fields.iter().map(told).collect::<Vec<_>>().join(" ");
    let Statement { is_allow, actions, not_actions, resources, not_resources, has_condition, is_generated, .. } =
        statement;
    let mut all = if *is_allow { "Allow ".to_owned() } else { "Deny ".to_owned() };
    all += &list(actions);
    if !not_actions.is_empty() {
        all += &format!("all but {}", list(not_actions));
    }
    all += &format!(" on {}", texts(resources));
    if !not_resources.is_empty() {
        all += &format!("all but {}", texts(not_resources));
    }
    if *has_condition {
        all += " if";
    }
    if *is_generated {
        all += ", generated";
    }
    all
}

fn may(function: &Function) -> Vec<String> {
    function.permissions.statements.iter().map(said).collect()
}

fn triggers_of(observed: &Observed) -> Vec<String> {
    observed.triggers.iter().map(trigger).collect()
}

/// What invokes, without its place.
fn trigger(of: &Triggered) -> String {
    use crate::check::observed::{Route, Target, Trigger};
    let by = match &of.by {
        Trigger::Topic { topic } => format!("topic {}", told(topic)),
        Trigger::Bucket { bucket, events, prefix, suffix } => {
            let events: Vec<&str> = events.iter().filter_map(|event| event.value().map(String::as_str)).collect();
            format!("bucket {} {} {:?} {:?}", told(bucket), events.join(" "), prefix.value(), suffix.value())
        }
        Trigger::Rule { bus, sources, detail_types, has_more } => {
            format!("rule {} {:?} {:?} {has_more}", told(bus), sources.value(), detail_types.value())
        }
        Trigger::Schedule { expression, timezone, enabled } => {
            format!("schedule {:?} {:?} {:?}", expression.value(), timezone.value(), enabled.value())
        }
        Trigger::LogGroup { group, filter } => format!("logs {} {:?}", told(group), filter.value()),
        Trigger::Mail { recipients, invocation } => {
            let recipients: Vec<&str> = recipients.iter().filter_map(|to| to.value().map(String::as_str)).collect();
            format!("mail {} {:?}", recipients.join(" "), invocation.value())
        }
        Trigger::Devices { sql } => format!("devices {:?}", sql.value()),
        Trigger::Http(http) => {
            let route = match &http.route {
                Route::All => "all".to_owned(),
                Route::Of { method, path } => format!("{method} {path}"),
                Route::Unknown => "unknown".to_owned(),
            };
            format!("{:?} {route} {:?}", http.front_end, http.authorization.value())
        }
    };
    match &of.function {
        Target::Function(address) => format!("{address}: {by}"),
        Target::Qualified { function, qualifier } => format!("{function}:{qualifier}: {by}"),
        Target::Elsewhere => format!("elsewhere: {by}"),
    }
}
