//! What is read of the templates that `cargo lambkin template` writes, of modules as people write them, and of plans.

use crate::check::observed::{Attribute, Field, Observed, Part, Text};
use crate::check::read::terraform::read_module;
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

fn snapshot(name: &str) -> Observed {
    let path = format!("{}/tests/snapshots/{name}/lambkin.tf", env!("CARGO_MANIFEST_DIR"));
    module(&std::fs::read_to_string(path).unwrap())
}

/// A setting and where it stands, as `line:column path`.
fn shown<T: std::fmt::Debug>(field: &Field<T>) -> String {
    match field {
        Field::Absent => "absent".to_owned(),
        Field::Default(value) => format!("default {value:?}"),
        Field::Known(value, place) => {
            let (line, column) = (place.line.unwrap_or(0), place.column.unwrap_or(0));
            format!("{value:?} at {line}:{column} {}", place.path)
        }
        Field::Unknown(place) => format!("unknown at {}", place.path),
    }
}

fn of(address: &str, attribute: Attribute) -> Text {
    Text(vec![Part::Of { address: address.to_owned(), attribute }])
}

#[test]
fn a_function_and_its_queue_with_their_places() {
    let observed = snapshot("orders");
    let [function] = observed.functions.as_slice() else { panic!("{observed:#?}") };
    assert_eq!(function.address, "aws_lambda_function.fulfil");
    assert_eq!(function.name.value(), Some(&Text(vec![Part::Literal("orders-dev-fulfil".to_owned())])));
    assert_eq!(shown(&function.handler), r#""fulfil" at 28:3 aws_lambda_function.fulfil.handler"#);
    assert_eq!(shown(&function.memory), "256 at 32:3 aws_lambda_function.fulfil.memory_size");
    assert_eq!(shown(&function.architecture), r#""arm64" at 27:23 aws_lambda_function.fulfil.architectures[0]"#);
    let queue = observed.queues.iter().find(|queue| queue.address == "aws_sqs_queue.orders").unwrap();
    assert_eq!(shown(&queue.visibility_timeout), "180 at 101:3 aws_sqs_queue.orders.visibility_timeout_seconds");
    assert_eq!(queue.dead_letters.value(), Some(&of("aws_sqs_queue.orders_dead_letters", Attribute::Arn)));
    assert_eq!(shown(&queue.max_receive_count), "3 at 105:5 aws_sqs_queue.orders.redrive_policy.maxReceiveCount");
    assert_eq!(shown(&queue.retention), "default 345600");
}
