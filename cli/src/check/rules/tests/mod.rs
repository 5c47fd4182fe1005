//! The rules on what a reader would say.

mod events;
mod filters;
mod functions;
mod invokers;
mod keys;
mod polled;
mod triggers;

use std::rc::Rc;

use super::check;
use crate::check::binary::{Asked, Binary, Own};
use crate::check::codes::ALL;
use crate::check::observed::{
    AllowedBy, Attribute, Code, Cors, Environment, Field, FrontEnd, Function, Http, Key, Mapping, Observed, Part,
    Permissions, Place, Polled, Queue, Route, Statement, Table, Target, Text, Trigger, Triggered, Unread, Variable,
};
use crate::manifest::Manifest;

fn place(path: &str) -> Place {
    Place { file: Rc::from("template.yaml"), line: Some(1), column: Some(1), path: path.to_owned() }
}

fn known<T>(value: T) -> Field<T> {
    Field::Known(value, place("Resources.X"))
}

fn text(text: &str) -> Text {
    Text(vec![Part::Literal(text.to_owned())])
}

pub(crate) fn function(handler: &str) -> Function {
    Function {
        address: handler.to_owned(),
        place: place("Resources.F"),
        name: Field::Absent,
        handler: known(handler.to_owned()),
        code: Default::default(),
        runtime: known("provided.al2023".to_owned()),
        architecture: Field::Default("x86_64".to_owned()),
        memory: known(256),
        timeout: known(30),
        environment: Default::default(),
        layers: Vec::new(),
        permissions: Permissions { unread: Some(place("Resources.R")), ..Default::default() },
        reserved_concurrency: Field::Absent,
        provisioned_concurrency: Field::Absent,
        tracing: Field::Default("PassThrough".to_owned()),
        log_format: known("JSON".to_owned()),
        // What nobody waits for is not lost, so that a test is about what it is about.
        dead_letters: Field::Unknown(place("Resources.F")),
    }
}

fn mapping(function: &str, kind: Polled, source: Text) -> Mapping {
    Mapping {
        place: place("Resources.M"),
        function: Target::Function(function.to_owned()),
        source: known(source),
        kind: Some(kind),
        enabled: Field::Default(true),
        batch_size: known(10),
        window: Field::Absent,
        reports_failures: known(true),
        starting_position: Field::Absent,
        parallelization_factor: Field::Absent,
        maximum_retry_attempts: Field::Default(-1),
        maximum_record_age: Field::Default(-1),
        bisect: Field::Absent,
        tumbling_window: Field::Absent,
        maximum_concurrency: Field::Absent,
        minimum_pollers: Field::Absent,
        maximum_pollers: Field::Absent,
        topics: Vec::new(),
        consumer_group: Field::Absent,
        queues: Vec::new(),
        on_failure: Field::Absent,
        filters: Field::Absent,
    }
}

fn queue(name: &str) -> Queue {
    Queue {
        address: name.to_owned(),
        place: place("Resources.Q"),
        name: known(text(name)),
        is_fifo: Field::Default(false),
        deduplicates_by_content: Field::Default(false),
        visibility_timeout: known(180),
        retention: Field::Default(345_600),
        dead_letters: known(text("arn:aws:sqs:eu-west-1:123456789012:dead")),
        max_receive_count: known(3),
        key: Field::Absent,
    }
}

fn manifest(rest: &str) -> Manifest {
    let text = format!(r#"{{"version": 1, "functions": [{{"name": "fulfil", "package": "p", {rest}}}]}}"#);
    Manifest::parse(&text, "it").unwrap_or_else(|error| panic!("{error}\n{text}"))
}

/// The codes of what is found.
fn codes(manifest: &Manifest, observed: &Observed) -> Vec<&'static str> {
    let mut codes: Vec<&str> =
        check(manifest, observed, &place(""), &own()).findings.iter().map(|finding| finding.rule.code).collect();
    codes.sort_unstable();
    codes
}

fn own() -> Own {
    Own { binary: Binary { name: Some("orders".to_owned()), package: "p".to_owned() }, asked: Vec::new() }
}

const SQS: &str = r#""timeout": 30, "memory": 256, "report_batch_item_failures": true,
    "trigger": {"source": "sqs", "settings": {"queue": "orders", "batch_size": 10}}"#;

fn orders() -> Observed {
    let of = Text(vec![Part::Of { address: "orders".to_owned(), attribute: Attribute::Arn }]);
    Observed {
        functions: vec![function("fulfil")],
        mappings: vec![mapping("fulfil", Polled::Sqs, of)],
        queues: vec![queue("orders")],
        ..Observed::default()
    }
}

#[test]
fn what_is_right_is_left_alone() {
    assert_eq!(codes(&manifest(SQS), &orders()), [""; 0]);
}

type Mistake = fn(&mut Observed);

/// What else invokes `fulfil`.
fn triggered(by: Trigger) -> Observed {
    let triggers = vec![Triggered {
        place: place("Resources.T"),
        function: Target::Function("fulfil".to_owned()),
        by,
        allowed_by: AllowedBy::Generated,
    }];
    Observed { functions: vec![function("fulfil")], triggers, ..Observed::default() }
}

fn variable(name: &str, value: &str) -> Variable {
    Variable { name: name.to_owned(), value: known(text(value)), place: place("Resources.F.Environment") }
}

fn statement(actions: &[&str], resource: &str) -> Statement {
    Statement {
        is_allow: true,
        actions: actions.iter().map(|action| known((*action).to_owned())).collect(),
        not_actions: Vec::new(),
        resources: vec![known(text(resource))],
        not_resources: Vec::new(),
        has_condition: false,
        is_generated: false,
        place: place("Resources.R"),
    }
}

fn with(rest: &str) -> Manifest {
    manifest(&format!(r#""timeout": 30, "memory": 256, {rest}"#))
}

fn source(source: &str, settings: &str) -> Manifest {
    with(&format!(r#""trigger": {{"source": "{source}", "settings": {{{settings}}}}}"#))
}

fn known_text(text: &str) -> Field<String> {
    known(text.to_owned())
}

#[test]
fn what_is_not_known_is_not_wrong() {
    let unknown = || place("Resources.X");
    let changes: [Mistake; 7] = [
        |of| of.functions[0].memory = Field::Unknown(place("")),
        |of| of.functions[0].timeout = Field::Unknown(place("")),
        |of| of.functions[0].runtime = Field::Unknown(place("")),
        |of| of.mappings[0].reports_failures = Field::Unknown(place("")),
        |of| of.mappings[0].source = Field::Unknown(place("")),
        |of| of.queues[0].visibility_timeout = Field::Unknown(place("")),
        |of| of.queues[0].dead_letters = Field::Unknown(place("")),
    ];
    for change in changes {
        let mut observed = orders();
        change(&mut observed);
        assert_eq!(codes(&manifest(SQS), &observed), [""; 0]);
    }
    let mut open = Observed { functions: vec![function("fulfil")], ..Observed::default() };
    let needs =
        with(r#""trigger": {"source": "invoke"}, "config": {"variables": [{"name": "TABLE", "required": true}]}"#);
    assert_eq!(codes(&needs, &open), ["LC501"]);
    open.functions[0].environment = Environment { is_open: true, place: Some(unknown()), ..Environment::default() };
    assert_eq!(codes(&needs, &open), [""; 0]);
}

/// Each rule is seen to find something, here or in a template of `tests/check`.
#[test]
fn each_rule_has_a_test() {
    let tests = [
        include_str!("events.rs"),
        include_str!("functions.rs"),
        include_str!("filters.rs"),
        include_str!("polled.rs"),
        include_str!("triggers.rs"),
        include_str!("../../../../tests/check/mistakes.rs"),
    ];
    for rule in ALL {
        assert!(tests.iter().any(|tests| tests.contains(rule.code)), "{}", rule.code);
    }
}
