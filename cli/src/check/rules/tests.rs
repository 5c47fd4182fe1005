//! The rules on what a reader would say.

use std::rc::Rc;

use super::check;
use crate::check::observed::{Field, Function, Mapping, Observed, Part, Place, Polled, Queue, Target, Text};
use crate::manifest::Manifest;

pub(super) fn place(path: &str) -> Place {
    Place { file: Rc::from("template.yaml"), line: Some(1), column: Some(1), path: path.to_owned() }
}

pub(super) fn known<T>(value: T) -> Field<T> {
    Field::Known(value, place("Resources.X"))
}

pub(super) fn text(text: &str) -> Text {
    Text(vec![Part::Literal(text.to_owned())])
}

pub(super) fn function(handler: &str) -> Function {
    Function {
        address: handler.to_owned(),
        place: place("Resources.F"),
        name: Field::Absent,
        handler: known(handler.to_owned()),
        runtime: known("provided.al2023".to_owned()),
        architecture: Field::Default("x86_64".to_owned()),
        memory: known(256),
        timeout: known(30),
        environment: Default::default(),
        layers: Vec::new(),
        permissions: crate::check::observed::Permissions { unread: Some(place("Resources.R")), ..Default::default() },
        reserved_concurrency: Field::Absent,
        provisioned_concurrency: Field::Absent,
        tracing: Field::Default("PassThrough".to_owned()),
        log_format: known("JSON".to_owned()),
    }
}

pub(super) fn mapping(function: &str, kind: Polled, source: Text) -> Mapping {
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
        filters: None,
    }
}

pub(super) fn queue(name: &str) -> Queue {
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
    }
}

pub(super) fn manifest(rest: &str) -> Manifest {
    let text = format!(r#"{{"version": 1, "functions": [{{"name": "fulfil", "package": "p", {rest}}}]}}"#);
    Manifest::parse(&text, "it").unwrap_or_else(|error| panic!("{error}\n{text}"))
}

/// The codes of what is found.
pub(super) fn codes(manifest: &Manifest, observed: &Observed) -> Vec<&'static str> {
    let mut codes: Vec<&str> = check(manifest, observed, &place("")).iter().map(|finding| finding.rule.code).collect();
    codes.sort_unstable();
    codes
}

const SQS: &str = r#""timeout": 30, "memory": 256, "report_batch_item_failures": true,
    "trigger": {"source": "sqs", "settings": {"queue": "orders", "batch_size": 10}}"#;

fn orders() -> Observed {
    let of = Text(vec![Part::Of { address: "orders".to_owned(), attribute: crate::check::observed::Attribute::Arn }]);
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

#[test]
fn each_mistake_has_its_code() {
    let mistakes: [(Mistake, &str); 17] = [
        (|of| of.functions[0].memory = known(128), "LC107"),
        (|of| of.functions[0].memory = Field::Default(128), "LC107"),
        (|of| of.functions[0].timeout = known(29), "LC108"),
        (|of| of.functions[0].runtime = known("provided.al2".to_owned()), "LC105"),
        (|of| of.functions[0].runtime = known("nodejs22.x".to_owned()), "LC104"),
        (|of| of.mappings[0].reports_failures = Field::Absent, "LC201"),
        (|of| of.mappings[0].enabled = known(false), "LC205"),
        (|of| of.mappings[0].batch_size = known(5), "LC206"),
        (|of| of.mappings[0].maximum_concurrency = known(1), "LC210"),
        (|of| of.mappings[0].kind = Some(Polled::Kinesis), "LC204"),
        (|of| of.mappings.clear(), "LC203"),
        (|of| of.queues[0].visibility_timeout = known(29), "LC301"),
        (|of| of.queues[0].visibility_timeout = Field::Default(30), "LC302"),
        (|of| of.queues[0].dead_letters = Field::Absent, "LC306"),
        (|of| of.queues[0].max_receive_count = known(1), "LC308"),
        (|of| of.queues[0].is_fifo = known(true), "LC303"),
        (|of| of.functions[0].log_format = known("Text".to_owned()), "LC112"),
    ];
    for (mistake, code) in mistakes {
        let mut observed = orders();
        mistake(&mut observed);
        assert_eq!(codes(&manifest(SQS), &observed), [code]);
    }
}
