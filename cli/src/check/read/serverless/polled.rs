//! Events that are polled, as the event source mappings that the framework makes of them.

use super::role::Shared;
use super::{Service, address};
use crate::check::observed::{Field, Mapping, Polled, Target, Text};
use crate::check::read::cloudformation::Reader;
use crate::check::read::document::{Node, Value};
use crate::check::read::mapping::mapping;
use crate::check::read::policy::anything;
use crate::check::read::text;

/// What the framework says where the file does not, and AWS would say something else.
const BATCH_SIZE: u64 = 10;
const STARTING_POSITION: &str = "TRIM_HORIZON";

pub(super) const NETWORK: [&str; 6] = [
    "ec2:CreateNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeVpcs",
    "ec2:DeleteNetworkInterface",
    "ec2:DescribeSubnets",
    "ec2:DescribeSecurityGroups",
];

/// Settings by their names here and in CloudFormation.
const SETTINGS: [(&str, &str); 17] = [
    ("batchSize", "BatchSize"),
    ("batchWindow", "MaximumBatchingWindowInSeconds"),
    ("maximumBatchingWindow", "MaximumBatchingWindowInSeconds"),
    ("functionResponseType", "FunctionResponseTypes"),
    ("enabled", "Enabled"),
    ("startingPosition", "StartingPosition"),
    ("parallelizationFactor", "ParallelizationFactor"),
    ("maximumRetryAttempts", "MaximumRetryAttempts"),
    ("bisectBatchOnFunctionError", "BisectBatchOnFunctionError"),
    ("maximumRecordAgeInSeconds", "MaximumRecordAgeInSeconds"),
    ("tumblingWindowInSeconds", "TumblingWindowInSeconds"),
    ("topic", "Topics"),
    ("queue", "Queues"),
    ("consumerGroupId", "ConsumerGroupId"),
    ("minimumPollers", "MinimumPollers"),
    ("maximumPollers", "MaximumPollers"),
    ("maximumConcurrency", "MaximumConcurrency"),
];

impl Service {
    /// Whether it is an event of these kinds.
    pub(super) fn polled_event(&self, reader: &mut Reader<'_>, key: &str, kind: &str, config: &Node) -> bool {
        // An event may be no more than the ARN of what is polled.
        let arn = config.get("arn").or(config.text().map(|_| config));
        let polled = match kind {
            "sqs" => Some(Polled::Sqs),
            "stream" => stream(config, arn),
            "msk" | "kafka" => Some(Polled::Kafka),
            "activemq" => Some(Polled::ActiveMq),
            "rabbitmq" => Some(Polled::Other),
            _ => return false,
        };
        let polled = polled.or_else(|| arn.and_then(Node::text).and_then(|arn| reader.polled(arn, config)));
        // A consumer of a stream is polled in its stead; one that the framework makes is the stream's.
        let consumer = config.get("consumer").filter(|consumer| consumer.known() != Some("true"));
        let target = Target::Function(address(key));
        let made = mapping(&translated(config), &config.place, target, consumer.or(arn), polled);
        reader.observed.mappings.push(with_defaults(made, kind));
        true
    }
}

fn with_defaults(mut mapping: Mapping, kind: &str) -> Mapping {
    if matches!(kind, "sqs" | "stream") && !is_written(&mapping.batch_size) {
        mapping.batch_size = Field::Default(BATCH_SIZE);
    }
    if matches!(kind, "stream" | "msk" | "kafka") && !is_written(&mapping.starting_position) {
        mapping.starting_position = Field::Default(STARTING_POSITION.to_owned());
    }
    mapping
}

fn is_written<T>(field: &Field<T>) -> bool {
    matches!(field, Field::Known(..) | Field::Unknown(_))
}

fn stream(config: &Node, arn: Option<&Node>) -> Option<Polled> {
    let kind = config.get("type").and_then(Node::known);
    let service =
        || arn.and_then(Node::text).map(text::written).and_then(|arn| arn.split(':').nth(2).map(str::to_owned));
    match kind.map(str::to_owned).or_else(service).as_deref() {
        Some("dynamodb") => Some(Polled::DynamoDb),
        Some("kinesis") => Some(Polled::Kinesis),
        _ => None,
    }
}

/// The settings under CloudFormation's names, each in its own place.
fn translated(config: &Node) -> Node {
    let mut entries = renamed(config);
    let nested = |name: &str, inner: Vec<(String, Node)>| (name.to_owned(), config.with(Value::Map(inner)));
    if let Some(pollers) = config.get("provisionedPollerConfig") {
        entries.push(nested("ProvisionedPollerConfig", renamed(pollers)));
    }
    if let Some(maximum) = config.get("maximumConcurrency") {
        entries.push(nested("ScalingConfig", vec![("MaximumConcurrency".to_owned(), maximum.clone())]));
    }
    if let Some(filters) = config.get("filterPatterns") {
        entries.push(nested("FilterCriteria", vec![("Filters".to_owned(), patterns(filters))]));
    }
    let failure = config.at(&["destinations", "onFailure"]).or_else(|| config.get("onFailureDestination"));
    if let Some(failure) = failure {
        let arn = failure.get("arn").unwrap_or(failure).clone();
        let inner = config.with(Value::Map(vec![("Destination".to_owned(), arn)]));
        entries.push(nested("DestinationConfig", vec![("OnFailure".to_owned(), inner)]));
    }
    config.with(Value::Map(entries))
}

/// The framework makes JSON of each.
fn patterns(filters: &Node) -> Node {
    let pattern = |filter: &Node| {
        let pattern = match filter.json() {
            Some(json) => filter.scalar(text::literal(json.to_string())),
            None => filter.unknown("filterPatterns"),
        };
        filter.with(Value::Map(vec![("Pattern".to_owned(), pattern)]))
    };
    match &filters.value {
        Value::List(items) => filters.with(Value::List(items.iter().map(pattern).collect())),
        _ => filters.clone(),
    }
}

fn renamed(config: &Node) -> Vec<(String, Node)> {
    let entries = config.entries().iter();
    entries
        .filter_map(|(key, node)| {
            let (_, name) = SETTINGS.iter().find(|(known, _)| known == key)?;
            Some(((*name).to_owned(), node.clone()))
        })
        .collect()
}

/// What the framework adds to its role for an event.
pub(super) fn statements<'a>(kind: &str, config: &'a Node) -> Vec<Shared<'a>> {
    let arn = config.get("arn").or(config.text().map(|_| config));
    let on = |node: Option<&Node>| node.and_then(Node::text).cloned().into_iter().collect::<Vec<_>>();
    let shared = |actions: &[&'static str], on| Shared { actions: actions.to_vec(), on, node: config };
    let source = on(arn);
    match kind {
        "sqs" => vec![shared(&["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"], source)],
        "stream" => streaming(config, source),
        "msk" => {
            vec![shared(&["kafka:DescribeCluster", "kafka:GetBootstrapBrokers"], source), shared(&NETWORK, anything())]
        }
        "kafka" => {
            let accesses = config.get("accessConfigurations").map(Node::entries).unwrap_or_default();
            let is_network = |key: &str| matches!(key, "vpcSubnet" | "vpcSecurityGroup");
            let secrets = accesses.iter().filter(|(key, _)| !is_network(key)).flat_map(|(_, all)| all.one_or_many());
            let secrets = secrets.filter_map(Node::text).cloned().collect();
            let mut all = vec![shared(&["secretsmanager:GetSecretValue"], secrets)];
            if accesses.iter().any(|(key, _)| is_network(key)) {
                all.push(shared(&NETWORK, anything()));
            }
            all
        }
        "activemq" | "rabbitmq" => vec![
            shared(&["secretsmanager:GetSecretValue"], on(config.get("basicAuthArn"))),
            shared(&["mq:DescribeBroker"], source),
            shared(&NETWORK, anything()),
        ],
        _ => Vec::new(),
    }
}

fn streaming<'a>(config: &'a Node, source: Vec<Text>) -> Vec<Shared<'a>> {
    let shared = |actions: &[&'static str], on| Shared { actions: actions.to_vec(), on, node: config };
    let arn = config.get("arn").or(Some(config));
    let is_table = stream(config, arn) == Some(Polled::DynamoDb);
    let mut all = match config.get("consumer") {
        _ if is_table => vec![shared(
            &["dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:DescribeStream", "dynamodb:ListStreams"],
            source,
        )],
        Some(consumer) => {
            let read = [
                "kinesis:GetRecords",
                "kinesis:GetShardIterator",
                "kinesis:DescribeStreamSummary",
                "kinesis:ListShards",
            ];
            // The consumer that the framework makes has a name of its own.
            let of = consumer.text().filter(|_| consumer.known() != Some("true")).cloned();
            let of = of.map_or_else(anything, |of| vec![of]);
            vec![shared(&read, source), shared(&["kinesis:SubscribeToShard"], of)]
        }
        None => vec![shared(
            &["kinesis:GetRecords", "kinesis:GetShardIterator", "kinesis:DescribeStream", "kinesis:ListStreams"],
            source,
        )],
    };
    if let Some(failure) = config.at(&["destinations", "onFailure"]) {
        let arn = failure.get("arn").unwrap_or(failure).text().cloned();
        let actions = ["sqs:ListQueues", "sqs:SendMessage", "sns:Publish"];
        all.push(shared(&actions, arn.into_iter().collect()));
    }
    all
}
