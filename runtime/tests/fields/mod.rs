//! What each extractor says about its record, by every accessor that it has, as JSON.
//!
//! Times are microseconds since 1970, bytes are lists of numbers.

use std::time::{SystemTime, UNIX_EPOCH};

use lambkin::prelude::*;
use lambkin::{Failure, MessageAttribute, SnsAttribute};
use serde_json::{Map, Value, json};

fn time(time: Option<SystemTime>) -> Value {
    let micros = time.map(|time| time.duration_since(UNIX_EPOCH).unwrap_or_default().as_micros());
    json!(micros.map(|micros| u64::try_from(micros).unwrap_or(u64::MAX)))
}

fn bytes(bytes: Result<Option<impl AsRef<[u8]>>, Failure>) -> Value {
    match bytes {
        Ok(bytes) => json!(bytes.as_ref().map(AsRef::as_ref)),
        Err(failure) => json!(failure.message()),
    }
}

pub(crate) fn sqs(message: SqsMessage<'_>) -> Value {
    let attributes = message.attributes();
    let attribute = |attribute: MessageAttribute<'_>| {
        json!([attribute.data_type(), attribute.string_value(), attribute.binary_value_base64()])
    };
    let all = message.message_attributes();
    let by_name = all.iter().map(|(name, _)| (name.to_string(), message.message_attribute(name).map(attribute).into()));
    let by_name: Map<String, Value> = by_name.collect();
    json!({
        "message_id": message.message_id(),
        "body": message.body(),
        "receipt_handle": message.receipt_handle(),
        "approximate_receive_count": attributes.approximate_receive_count(),
        "approximate_first_receive_timestamp": time(attributes.approximate_first_receive_timestamp()),
        "sent_timestamp": time(attributes.sent_timestamp()),
        "sender_id": attributes.sender_id(),
        "sequence_number": attributes.sequence_number(),
        "message_group_id": attributes.message_group_id(),
        "message_deduplication_id": attributes.message_deduplication_id(),
        "aws_trace_header": attributes.aws_trace_header(),
        "dead_letter_queue_source_arn": attributes.dead_letter_queue_source_arn(),
        "message_attributes": all.iter().map(|(name, a)| (name.to_string(), attribute(*a))).collect::<Map<_, _>>(),
        "by_name": by_name,
        "md5_of_body": message.md5_of_body(),
        "md5_of_message_attributes": message.md5_of_message_attributes(),
        "event_source": message.event_source(),
        "event_source_arn": message.event_source_arn(),
        "queue_name": message.queue_name(),
        "aws_region": message.aws_region(),
    })
}

pub(crate) fn kinesis(record: KinesisRecord<'_>) -> Value {
    json!({
        "event_id": record.event_id(),
        "sequence_number": record.sequence_number(),
        "partition_key": record.partition_key(),
        "data": bytes(record.data().map(Some)),
        "approximate_arrival_timestamp": time(record.approximate_arrival_timestamp()),
        "event_source_arn": record.event_source_arn(),
        "aws_region": record.aws_region(),
    })
}

pub(crate) fn dynamodb(record: DynamoDbRecord<'_>) -> Value {
    json!({
        "event_id": record.event_id(),
        "event_name": record.event_name(),
        "sequence_number": record.sequence_number(),
        "keys": record.keys::<Value>().unwrap_or_default(),
        "stream_view_type": record.stream_view_type(),
        "approximate_creation_date_time": time(record.approximate_creation_date_time()),
        "size_bytes": record.size_bytes(),
        "principal_id": record.principal_id(),
        "is_expired": record.is_expired(),
        "event_source_arn": record.event_source_arn(),
        "aws_region": record.aws_region(),
    })
}

pub(crate) fn window(window: Window<'_>) -> Value {
    json!({
        "start": time(window.start()),
        "end": time(window.end()),
        "shard_id": window.shard_id(),
        "is_final": window.is_final(),
        "is_terminated_early": window.is_terminated_early(),
    })
}

pub(crate) fn kafka(record: KafkaRecord<'_>) -> Value {
    let headers = record.headers();
    json!({
        "id": record.id(),
        "topic": record.topic(),
        "partition": record.partition(),
        "offset": record.offset(),
        "timestamp": time(record.timestamp()),
        "timestamp_type": record.timestamp_type(),
        "key": bytes(record.key()),
        "value": bytes(record.value()),
        "by_name": headers.iter().map(|(name, _)| record.header(name)).collect::<Vec<_>>(),
        "headers": headers,
        "key_schema_id": record.key_schema_id(),
        "key_data_format": record.key_data_format(),
        "value_schema_id": record.value_schema_id(),
        "value_data_format": record.value_data_format(),
        "event_source_arn": record.event_source_arn(),
        "bootstrap_servers": record.bootstrap_servers(),
    })
}

pub(crate) fn sns(message: SnsMessage<'_>) -> Value {
    let attribute = |attribute: SnsAttribute<'_>| json!([attribute.data_type(), attribute.value()]);
    let all = message.message_attributes();
    let by_name = all.iter().map(|(name, _)| (name.to_string(), message.message_attribute(name).map(attribute).into()));
    let by_name: Map<String, Value> = by_name.collect();
    json!({
        "message_id": message.message_id(),
        "message": message.message(),
        "subject": message.subject(),
        "timestamp": time(message.timestamp()),
        "topic_arn": message.topic_arn(),
        "event_subscription_arn": message.event_subscription_arn(),
        "message_attributes": all.iter().map(|(name, a)| (name.to_string(), attribute(*a))).collect::<Map<_, _>>(),
        "by_name": by_name,
    })
}

pub(crate) fn s3(event: S3Event<'_>) -> Value {
    json!({
        "event_name": event.event_name(),
        "event_time": time(event.event_time()),
        "event_version": event.event_version(),
        "bucket": event.bucket(),
        "bucket_arn": event.bucket_arn(),
        "key": event.key(),
        "raw_key": event.raw_key(),
        "version_id": event.version_id(),
        "size": event.size(),
        "e_tag": event.e_tag(),
        "sequencer": event.sequencer(),
        "configuration_id": event.configuration_id(),
        "principal_id": event.principal_id(),
        "source_ip": event.source_ip(),
        "aws_region": event.aws_region(),
    })
}

pub(crate) fn eventbridge(event: EventBridgeEvent<'_>) -> Value {
    json!({
        "id": event.id(),
        "source": event.source(),
        "detail_type": event.detail_type(),
        "account": event.account(),
        "time": time(event.time()),
        "region": event.region(),
        "resources": event.resources(),
        "replay_name": event.replay_name(),
    })
}

pub(crate) fn log_event(event: LogEvent<'_>) -> Value {
    let names = ["ip", "identity", "user", "timestamp", "request", "status", "bytes", "@aws.account", "@aws.region"];
    let extracted = names.iter().filter_map(|name| Some(((*name).to_owned(), json!(event.extracted_field(name)?))));
    json!({
        "id": event.id(),
        "timestamp": time(event.timestamp()),
        "message": event.message(),
        "extracted_fields": Value::Object(extracted.collect()),
        "log_group": event.log_group(),
        "log_stream": event.log_stream(),
        "owner": event.owner(),
        "subscription_filters": event.subscription_filters(),
        "message_type": event.message_type(),
    })
}

pub(crate) fn ses(mail: SesMessage<'_>) -> Value {
    let headers = mail.headers();
    json!({
        "message_id": mail.message_id(),
        "timestamp": time(mail.timestamp()),
        "source": mail.source(),
        "destination": mail.destination(),
        "subject": mail.subject(),
        "from": mail.from(),
        "to": mail.to(),
        "cc": mail.cc(),
        "by_name": headers.iter().map(|(name, _)| mail.header(&name.to_uppercase())).collect::<Vec<_>>(),
        "headers": headers,
        "headers_truncated": mail.headers_truncated(),
        "recipients": mail.recipients(),
        "spam_verdict": mail.spam_verdict(),
        "virus_verdict": mail.virus_verdict(),
        "spf_verdict": mail.spf_verdict(),
        "dkim_verdict": mail.dkim_verdict(),
        "dmarc_verdict": mail.dmarc_verdict(),
        "dmarc_policy": mail.dmarc_policy(),
        "action_type": mail.action_type(),
        "is_synchronous": mail.is_synchronous(),
    })
}

pub(crate) fn activemq(message: ActiveMqMessage<'_>) -> Value {
    json!({
        "message_id": message.message_id(),
        "message_type": message.message_type(),
        "destination": message.destination(),
        "correlation_id": message.correlation_id(),
        "reply_to": message.reply_to(),
        "priority": message.priority(),
        "is_redelivered": message.is_redelivered(),
        "timestamp": time(message.timestamp()),
        "kind": message.property("kind"),
        "data": bytes(message.data().map(Some)),
        "event_source_arn": message.event_source_arn(),
    })
}
