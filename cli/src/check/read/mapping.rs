//! Event source mappings, in the words of CloudFormation, which other formats are translated to.

use crate::check::observed::{Field, Mapping, Part, Place, Polled, Target, Text};
use crate::check::read::document::{Node, Value};
use crate::check::read::{field, text};

/// Reads a mapping's properties. `source` is what is polled, and `kind` what that is, as far as it is known otherwise.
pub(crate) fn mapping(
    node: &Node,
    place: &Place,
    function: Target,
    source: Option<&Node>,
    kind: Option<Polled>,
) -> Mapping {
    let source = match field::text(source, Field::Absent) {
        Field::Known(source, place) => Field::Known(text::by_arn(source), place),
        other => other,
    };
    let kind = kind.or_else(|| source.value().and_then(polled)).or_else(|| by_settings(node));
    let group = ["AmazonManagedKafkaEventSourceConfig", "SelfManagedKafkaEventSourceConfig"];
    let group = group.iter().find_map(|config| node.at(&[config, "ConsumerGroupId"]));
    // Only what is read from a position is a stream; of which service may be known only when it is deployed.
    let is_stream = match kind {
        Some(kind) => matches!(kind, Polled::Kinesis | Polled::DynamoDb),
        None => node.get("StartingPosition").is_some(),
    };
    let taken_for = kind.or(is_stream.then_some(Polled::Kinesis));
    let of_stream = |value: i64| if is_stream { Field::Default(value) } else { Field::Absent };
    Mapping {
        place: place.clone(),
        function,
        source,
        kind,
        enabled: field::boolean(node.get("Enabled"), Field::Default(true)),
        batch_size: field::number(node.get("BatchSize"), taken_for.map_or(Field::Absent, default_batch)),
        window: field::number(
            node.get("MaximumBatchingWindowInSeconds"),
            taken_for.map_or(Field::Absent, default_window),
        ),
        reports_failures: reports(node.get("FunctionResponseTypes")),
        starting_position: field::word(node.get("StartingPosition"), Field::Absent),
        parallelization_factor: field::number(
            node.get("ParallelizationFactor"),
            if is_stream { Field::Default(1) } else { Field::Absent },
        ),
        maximum_retry_attempts: field::number(node.get("MaximumRetryAttempts"), of_stream(-1)),
        maximum_record_age: field::number(node.get("MaximumRecordAgeInSeconds"), of_stream(-1)),
        bisect: field::boolean(
            node.get("BisectBatchOnFunctionError"),
            if is_stream { Field::Default(false) } else { Field::Absent },
        ),
        tumbling_window: field::number(node.get("TumblingWindowInSeconds"), Field::Absent),
        maximum_concurrency: field::number(node.at(&["ScalingConfig", "MaximumConcurrency"]), Field::Absent),
        minimum_pollers: field::number(node.at(&["ProvisionedPollerConfig", "MinimumPollers"]), Field::Absent),
        maximum_pollers: field::number(node.at(&["ProvisionedPollerConfig", "MaximumPollers"]), Field::Absent),
        topics: field::words(node.get("Topics")),
        consumer_group: field::word(group.or_else(|| node.get("ConsumerGroupId")), Field::Absent),
        queues: field::words(node.get("Queues")),
        on_failure: field::text(node.at(&["DestinationConfig", "OnFailure", "Destination"]), Field::Absent),
        filters: filters(node.get("FilterCriteria")),
    }
}

/// The patterns; of none there is nothing to say.
fn filters(criteria: Option<&Node>) -> Field<Vec<Field<String>>> {
    let Some(criteria) = criteria.filter(|criteria| criteria.value != Value::Null) else { return Field::Absent };
    let filters = criteria.get("Filters").unwrap_or(criteria);
    match &filters.value {
        Value::List(items) if items.is_empty() => Field::Absent,
        Value::List(items) => {
            let unknown = |item: &Node| Field::Unknown(item.place.clone());
            let pattern = |item| field::word(Node::get(item, "Pattern"), unknown(item));
            Field::Known(items.iter().map(pattern).collect(), filters.place.clone())
        }
        Value::Map(entries) if entries.is_empty() => Field::Absent,
        Value::Null => Field::Absent,
        Value::Map(_) | Value::Scalar(_) => Field::Unknown(filters.place.clone()),
    }
}

/// <https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html>
fn default_batch(kind: Polled) -> Field<u64> {
    Field::Default(if kind == Polled::Sqs { 10 } else { 100 })
}

/// As the same page has it; for what else is polled it is half a second.
fn default_window(kind: Polled) -> Field<u64> {
    match kind {
        Polled::Sqs | Polled::Kinesis | Polled::DynamoDb => Field::Default(0),
        Polled::Kafka | Polled::ActiveMq | Polled::Other => Field::Absent,
    }
}

fn reports(node: Option<&Node>) -> Field<bool> {
    let Some(node) = node else { return Field::Default(false) };
    let types = node.one_or_many();
    if types.iter().any(|item| item.known() == Some("ReportBatchItemFailures")) {
        Field::Known(true, node.place.clone())
    } else if types.iter().any(Node::is_unknown) {
        Field::Unknown(node.place.clone())
    } else {
        Field::Known(false, node.place.clone())
    }
}

/// What an ARN is of, by its service.
fn polled(source: &Text) -> Option<Polled> {
    let mut head = String::new();
    for part in &source.0 {
        match part {
            Part::Literal(literal) => head.push_str(literal),
            Part::Partition => head.push_str("aws"),
            _ => break,
        }
    }
    of_service(head.split(':').nth(2)?)
}

/// What the service that an ARN names is to Lambda.
pub(crate) fn of_service(service: &str) -> Option<Polled> {
    match service {
        "sqs" => Some(Polled::Sqs),
        "kinesis" => Some(Polled::Kinesis),
        "dynamodb" => Some(Polled::DynamoDb),
        "kafka" => Some(Polled::Kafka),
        "rds" => Some(Polled::Other),
        // A broker's ARN does not say which engine it has.
        _ => None,
    }
}

/// What a source is of which no more is known than how it is polled.
fn by_settings(node: &Node) -> Option<Polled> {
    let has = |name: &str| node.get(name).is_some();
    if has("SelfManagedEventSource") || has("AmazonManagedKafkaEventSourceConfig") || has("Topics") {
        Some(Polled::Kafka)
    } else if has("DocumentDBEventSourceConfig") {
        Some(Polled::Other)
    } else if has("Queues") {
        Some(broker(node))
    } else if has("ScalingConfig") {
        Some(Polled::Sqs)
    } else {
        None
    }
}

/// RabbitMQ has virtual hosts, ActiveMQ has none.
pub(crate) fn broker(node: &Node) -> Polled {
    let accesses = node.get("SourceAccessConfigurations").map(Node::items).unwrap_or_default();
    let is_rabbit = accesses.iter().any(|access| access.get("Type").and_then(Node::known) == Some("VIRTUAL_HOST"));
    if is_rabbit { Polled::Other } else { Polled::ActiveMq }
}
