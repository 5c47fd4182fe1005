//! Queues, tables, and the keys that they are encrypted with.

use super::or;
use crate::check::observed::{Destination, Field, Key, Queue, Table, Text};
use crate::check::read::policy;
use crate::check::read::terraform::json;
use crate::check::read::terraform::resources::{Resource, Resources, argument, block, items};
use crate::check::read::terraform::value::{Kind, Value};

/// SQS's own values: <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html>.
const VISIBILITY_TIMEOUT: u64 = 30;
const RETENTION: u64 = 345_600;

pub(super) fn queue(resource: &Resource, resources: &Resources) -> Queue {
    let (dead_letters, max_receive_count) = redrive(resource, resources);
    Queue {
        address: resource.address.clone(),
        place: resource.place(),
        name: resources.text(&resource.get("name")),
        is_fifo: or(resource.get("fifo_queue").field(Value::as_bool), false),
        deduplicates_by_content: or(resource.get("content_based_deduplication").field(Value::as_bool), false),
        visibility_timeout: or(resource.get("visibility_timeout_seconds").field(Value::unsigned), VISIBILITY_TIMEOUT),
        retention: or(resource.get("message_retention_seconds").field(Value::unsigned), RETENTION),
        dead_letters,
        max_receive_count,
        key: resources.text(&resource.get("kms_master_key_id")),
    }
}

/// In the queue itself, or in a resource for it.
fn redrive(queue: &Resource, resources: &Resources) -> (Field<Text>, Field<u64>) {
    let is_of = |policy: &&Resource| {
        let queue_url = policy.get("queue_url").text();
        queue_url.and_then(|url| resources.meant("aws_sqs_queue", &url)).is_some_and(|of| of.address == queue.address)
    };
    let own = queue.get("redrive_policy");
    let is_empty = own.is_null() || own.as_str().is_some_and(|text| text.is_empty());
    let policy = match is_empty {
        false => own,
        true => match resources.of("aws_sqs_queue_redrive_policy").find(is_of) {
            Some(policy) => policy.get("redrive_policy"),
            None => return (Field::Absent, Field::Absent),
        },
    };
    let place = || (*policy.place).clone();
    match json::decoded(&policy) {
        Some(policy) => (
            resources.text(&argument(&policy, "deadLetterTargetArn")),
            argument(&policy, "maxReceiveCount").field(Value::unsigned),
        ),
        // Of a plan it is known which queue it refers to, and no more.
        None => match policy.text().and_then(|text| Some((resources.meant("aws_sqs_queue", &text)?, text))) {
            Some((_, text)) => (Field::Known(text, place()), Field::Unknown(place())),
            None => (Field::Unknown(place()), Field::Unknown(place())),
        },
    }
}

/// What else can be told of failures.
pub(super) fn destinations(resources: &Resources) -> Vec<Destination> {
    let all = |ty, service| {
        resources.of(ty).map(move |of| {
            let is_fifo = or(of.get("fifo_topic").field(Value::as_bool), false);
            Destination { address: of.address.clone(), service, is_fifo }
        })
    };
    [("aws_sns_topic", "sns"), ("aws_cloudwatch_event_bus", "events"), ("aws_s3_bucket", "s3")]
        .into_iter()
        .flat_map(|(ty, service)| all(ty, service))
        .collect()
}

pub(super) fn key(resource: &Resource, resources: &Resources) -> Key {
    let has_one_apart = || {
        let mut all = resources.of("aws_kms_key_policy").map(|policy| policy.get("key_id").text());
        all.any(|key| {
            key.and_then(|key| resources.meant("aws_kms_key", &key)).is_none_or(|key| key.address == resource.address)
        })
    };
    let policy = resource.get("policy");
    let lets_others = match json::decoded(&policy) {
        Some(document) => {
            let statements = items(&argument(&document, "Statement"));
            statements.is_empty() || policy::lets_others(statements.iter().flat_map(principals))
        }
        // Without a policy, KMS gives it one, which leaves it to IAM's.
        None => !policy.is_null() || has_one_apart(),
    };
    Key { address: resource.address.clone(), lets_others }
}

fn principals(statement: &Value) -> Vec<Field<Text>> {
    let of = argument(statement, "Principal");
    let texts = |of: &Value| items(of).iter().map(Value::text_field).collect();
    match of.as_map() {
        Some(_) => texts(&argument(&of, "AWS")),
        // A data source's `principals` are not read.
        None if of.is_null() => vec![Field::Unknown((*statement.place).clone())],
        None => texts(&of),
    }
}

pub(super) fn table(resource: &Resource, resources: &Resources) -> Table {
    Table {
        address: resource.address.clone(),
        place: resource.place(),
        name: resources.text(&resource.get("name")),
        partition_key: resource.get("hash_key").field(Value::as_str),
        sort_key: resource.get("range_key").field(Value::as_str),
        ttl: ttl(resource),
        stream: stream(resource),
    }
}

/// On unless it says otherwise: without `enabled` it is off.
fn ttl(resource: &Resource) -> Field<String> {
    let Some(ttl) = block(&resource.body, "ttl") else { return Field::Absent };
    let enabled = argument(&ttl, "enabled");
    match (enabled.as_bool(), &enabled.of) {
        (Some(true), _) => argument(&ttl, "attribute_name").field(Value::as_str),
        (Some(false), _) | (None, Kind::Null) => Field::Absent,
        _ => Field::Unknown((*ttl.place).clone()),
    }
}

fn stream(resource: &Resource) -> Field<String> {
    let enabled = resource.get("stream_enabled");
    match (enabled.as_bool(), &enabled.of) {
        (Some(true), _) => resource.get("stream_view_type").field(Value::as_str),
        (Some(false), _) | (None, Kind::Null) => Field::Absent,
        _ => Field::Unknown((*enabled.place).clone()),
    }
}
