//! Queues, tables, and the keys that they are encrypted with.

use super::template::Resource;
use crate::check::observed::{Destination, Field, Key, Queue, Table};
use crate::check::read::document::Node;
use crate::check::read::{field, policy};

/// SQS's own defaults: <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sqs-queue.html>.
const VISIBILITY_TIMEOUT: u64 = 30;
const RETENTION: u64 = 345_600;

pub(super) fn queue(resource: &Resource) -> Queue {
    let properties = &resource.properties;
    let redrive = properties.get("RedrivePolicy");
    // One that is not known may have any.
    let redriven = |key: &str| redrive.and_then(|policy| policy.get(key).or(policy.is_unknown().then_some(policy)));
    Queue {
        address: resource.address.clone(),
        place: resource.node.place.clone(),
        name: field::text(properties.get("QueueName"), Field::Absent),
        is_fifo: field::boolean(properties.get("FifoQueue"), Field::Default(false)),
        deduplicates_by_content: field::boolean(properties.get("ContentBasedDeduplication"), Field::Default(false)),
        visibility_timeout: field::number(properties.get("VisibilityTimeout"), Field::Default(VISIBILITY_TIMEOUT)),
        retention: field::number(properties.get("MessageRetentionPeriod"), Field::Default(RETENTION)),
        dead_letters: field::text(redriven("deadLetterTargetArn"), Field::Absent),
        max_receive_count: field::number(redriven("maxReceiveCount"), Field::Absent),
        key: field::text(properties.get("KmsMasterKeyId"), Field::Absent),
    }
}

/// What else can be told of failures.
pub(super) fn destination(resource: &Resource) -> Option<Destination> {
    let service = match resource.kind.as_str() {
        "AWS::SNS::Topic" => "sns",
        "AWS::Events::EventBus" => "events",
        "AWS::S3::Bucket" => "s3",
        _ => return None,
    };
    let is_fifo = field::boolean(resource.properties.get("FifoTopic"), Field::Default(false));
    Some(Destination { address: resource.address.clone(), service, is_fifo })
}

pub(super) fn key(resource: &Resource) -> Key {
    let principals = |statement: &Node| match statement.get("Principal") {
        Some(of) if of.is_map() => field::texts(of.get("AWS")),
        of => field::texts(of),
    };
    // Without a policy, KMS gives it one, which leaves it to IAM's.
    let lets_others = resource.properties.get("KeyPolicy").is_some_and(|document| {
        let statements = document.get("Statement").map(Node::one_or_many);
        statements.is_none_or(|all| policy::lets_others(all.iter().flat_map(principals)))
    });
    Key { address: resource.address.clone(), lets_others }
}

pub(super) fn table(resource: &Resource) -> Table {
    let properties = &resource.properties;
    let key = |kind: &str| {
        let schema = properties.get("KeySchema").map(Node::items).unwrap_or_default();
        let key = schema.iter().find(|key| key.get("KeyType").and_then(Node::known) == Some(kind));
        key.and_then(|key| key.get("AttributeName"))
    };
    let ttl = properties.get("TimeToLiveSpecification");
    let is_off = ttl
        .and_then(|ttl| ttl.get("Enabled"))
        .is_some_and(|enabled| field::boolean(Some(enabled), Field::Absent).value() == Some(&false));
    let ttl = ttl.filter(|_| !is_off).and_then(|ttl| ttl.get("AttributeName").or(ttl.is_unknown().then_some(ttl)));
    // A simple table of SAM has one key, `id` if it is not said.
    let is_simple = resource.kind == "AWS::Serverless::SimpleTable";
    let partition_key = key("HASH").or_else(|| properties.at(&["PrimaryKey", "Name"]));
    let default_key = if is_simple { Field::Default("id".to_owned()) } else { Field::Absent };
    Table {
        address: resource.address.clone(),
        place: resource.node.place.clone(),
        name: field::text(properties.get("TableName"), Field::Absent),
        partition_key: field::word(partition_key, default_key),
        sort_key: field::word(key("RANGE"), Field::Absent),
        ttl: field::word(ttl, Field::Absent),
        stream: field::word(properties.at(&["StreamSpecification", "StreamViewType"]), Field::Absent),
    }
}
