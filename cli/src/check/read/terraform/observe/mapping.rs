//! Event source mappings: <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/lambda_event_source_mapping>.

use super::or;
use super::target::target;
use crate::check::observed::{Field, Mapping, Part, Polled, Target, Text};
use crate::check::read::mapping::of_service;
use crate::check::read::terraform::json;
use crate::check::read::terraform::resources::{Resource, Resources, argument, block, items, strings};
use crate::check::read::terraform::value::Value;

pub(super) fn mapping(resource: &Resource, resources: &Resources) -> Mapping {
    let get = |name: &str| resource.get(name);
    let number = |name: &str| get(name).field(Value::unsigned);
    // What stands in a block of the mapping.
    let inner = |name: &str, key: &str| resource.block(name).map(|block| argument(&block, key));
    let inner_number = |name: &str, key: &str| inner(name, key).map_or(Field::Absent, |v| v.field(Value::unsigned));
    let source = resources.text(&get("event_source_arn"));
    let kind = source.value().and_then(|source| polled(source, resource, resources)).or_else(|| by_settings(resource));
    let is_stream = matches!(kind, Some(Polled::Kinesis | Polled::DynamoDb));
    let group = ["amazon_managed_kafka_event_source_config", "self_managed_kafka_event_source_config"];
    let group = group.iter().find_map(|name| inner(name, "consumer_group_id"));
    let on_failure = resource.block("destination_config").and_then(|config| block(&config, "on_failure"));
    Mapping {
        place: resource.place(),
        function: target(&get("function_name"), resources).unwrap_or(Target::Elsewhere),
        source,
        kind,
        enabled: or(get("enabled").field(Value::as_bool), true),
        batch_size: match kind {
            Some(kind) => or(number("batch_size"), if kind == Polled::Sqs { 10 } else { 100 }),
            None => number("batch_size"),
        },
        // For what is neither a queue nor a stream it is half a second.
        window: match kind {
            Some(Polled::Sqs | Polled::Kinesis | Polled::DynamoDb) => {
                or(number("maximum_batching_window_in_seconds"), 0)
            }
            _ => number("maximum_batching_window_in_seconds"),
        },
        reports_failures: reports(&get("function_response_types")),
        starting_position: get("starting_position").field(Value::as_str),
        parallelization_factor: of_stream(is_stream, number("parallelization_factor"), 1),
        maximum_retry_attempts: of_stream(is_stream, get("maximum_retry_attempts").field(Value::signed), -1),
        maximum_record_age: of_stream(is_stream, get("maximum_record_age_in_seconds").field(Value::signed), -1),
        bisect: of_stream(is_stream, get("bisect_batch_on_function_error").field(Value::as_bool), false),
        tumbling_window: number("tumbling_window_in_seconds"),
        maximum_concurrency: inner_number("scaling_config", "maximum_concurrency"),
        minimum_pollers: inner_number("provisioned_poller_config", "minimum_pollers"),
        maximum_pollers: inner_number("provisioned_poller_config", "maximum_pollers"),
        topics: strings(&get("topics")),
        consumer_group: group.map_or(Field::Absent, |group| group.field(Value::as_str)),
        queues: strings(&get("queues")),
        on_failure: on_failure.map_or(Field::Absent, |to| resources.text(&argument(&to, "destination_arn"))),
        filters: filters(resource),
    }
}

fn of_stream<T>(is_stream: bool, field: Field<T>, default: T) -> Field<T> {
    if is_stream { or(field, default) } else { field }
}

/// The patterns of the blocks; of none there is nothing to say.
fn filters(resource: &Resource) -> Field<Vec<Field<String>>> {
    let Some(criteria) = resource.block("filter_criteria") else { return Field::Absent };
    let place = (*criteria.place).clone();
    let all = argument(&criteria, "filter");
    let is_open = criteria.is_unknown() || all.is_unknown() || all.as_list().is_some_and(|list| list.is_open);
    let filters = items(&all);
    match filters.as_slice() {
        _ if is_open => Field::Unknown(place),
        [] => Field::Absent,
        filters => {
            let pattern = |filter: &Value| argument(filter, "pattern").field(json::written);
            Field::Known(filters.iter().map(pattern).collect(), place)
        }
    }
}

fn reports(types: &Value) -> Field<bool> {
    let place = || (*types.place).clone();
    let all = items(types);
    if types.is_null() {
        Field::Default(false)
    } else if all.iter().any(|ty| ty.as_str().as_deref() == Some("ReportBatchItemFailures")) {
        Field::Known(true, place())
    } else if all.iter().all(|ty| ty.as_str().is_some()) {
        Field::Known(false, place())
    } else {
        Field::Unknown(place())
    }
}

/// What an ARN is of: the resource that it is of, or the service in it.
fn polled(source: &Text, mapping: &Resource, resources: &Resources) -> Option<Polled> {
    if let [Part::Of { address, .. }, ..] = source.0.as_slice() {
        let of = resources.get(address)?;
        return match of.ty.as_str() {
            "aws_sqs_queue" => Some(Polled::Sqs),
            "aws_kinesis_stream" | "aws_kinesis_stream_consumer" => Some(Polled::Kinesis),
            "aws_dynamodb_table" => Some(Polled::DynamoDb),
            "aws_msk_cluster" | "aws_msk_serverless_cluster" => Some(Polled::Kafka),
            "aws_mq_broker" => match of.get("engine_type").as_str() {
                Some(engine) if engine.eq_ignore_ascii_case("RabbitMQ") => Some(Polled::Other),
                Some(_) => Some(Polled::ActiveMq),
                None => Some(broker(mapping)),
            },
            "aws_docdb_cluster" => Some(Polled::Other),
            _ => None,
        };
    }
    let mut head = String::new();
    for part in &source.0 {
        match part {
            Part::Literal(literal) => head.push_str(literal),
            // A place is held, so that the fields stay where they are.
            _ => head.push('_'),
        }
    }
    match head.split(':').nth(2)? {
        "mq" => Some(broker(mapping)),
        service => of_service(service),
    }
}

/// What is polled where the source does not say so: each kind has arguments of its own.
fn by_settings(mapping: &Resource) -> Option<Polled> {
    let has = |name: &str| !items(&mapping.get(name)).is_empty();
    let kafka = ["self_managed_event_source", "amazon_managed_kafka_event_source_config", "topics"];
    if kafka.into_iter().any(has) {
        Some(Polled::Kafka)
    } else if has("document_db_event_source_config") {
        Some(Polled::Other)
    } else if has("queues") {
        Some(broker(mapping))
    } else if has("scaling_config") {
        Some(Polled::Sqs)
    } else {
        None
    }
}

/// RabbitMQ has virtual hosts, ActiveMQ has none.
fn broker(mapping: &Resource) -> Polled {
    let accesses = items(&mapping.get("source_access_configuration"));
    let is_rabbit = accesses.iter().any(|access| argument(access, "type").as_str().as_deref() == Some("VIRTUAL_HOST"));
    if is_rabbit { Polled::Other } else { Polled::ActiveMq }
}
