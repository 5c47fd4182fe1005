//! What a record of each source has, by which filters can ask.
//!
//! <https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html> takes metadata, the fields of the record, and
//! data, which stands under one key. The pages of the sources support that key alone; what else is in a record is taken here
//! too, since `eventName` is what most filters of tables ask for.

/// A record of a source.
#[derive(Debug)]
pub(crate) struct Record {
    /// What the source calls one.
    pub(super) name: &'static str,
    /// The key that the data stands under.
    pub(super) data: &'static str,
    /// Whether the data has to be JSON, so that a filter can't ask for a text.
    pub(super) is_json: bool,
    /// The other keys.
    pub(super) metadata: &'static [&'static str],
}

/// <https://docs.aws.amazon.com/lambda/latest/dg/with-sqs-filtering.html>
pub(crate) const SQS: Record = Record {
    name: "message",
    data: "body",
    is_json: false,
    metadata: &[
        "messageId",
        "receiptHandle",
        "attributes",
        "messageAttributes",
        "md5OfBody",
        "md5OfMessageAttributes",
        "eventSource",
        "eventSourceARN",
        "awsRegion",
    ],
};

/// <https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis-filtering.html>: what stands under `kinesis` in an event stands
/// at the top for a filter.
pub(crate) const KINESIS: Record = Record {
    name: "record",
    data: "data",
    is_json: true,
    metadata: &[
        "partitionKey",
        "sequenceNumber",
        "approximateArrivalTimestamp",
        "kinesisSchemaVersion",
        "eventID",
        "eventName",
        "eventVersion",
        "eventSource",
        "eventSourceARN",
        "invokeIdentityArn",
        "awsRegion",
    ],
};

/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_Record.html>
pub(crate) const DYNAMODB: Record = Record {
    name: "record",
    data: "dynamodb",
    is_json: true,
    metadata: &["eventName", "userIdentity", "eventID", "eventVersion", "eventSource", "eventSourceARN", "awsRegion"],
};

/// <https://docs.aws.amazon.com/lambda/latest/dg/kafka-filtering.html>
pub(crate) const KAFKA: Record = Record {
    name: "record",
    data: "value",
    is_json: false,
    metadata: &["key", "headers", "topic", "partition", "offset", "timestamp", "timestampType"],
};

/// <https://docs.aws.amazon.com/lambda/latest/dg/with-mq-filtering.html>
pub(crate) const ACTIVEMQ: Record = Record {
    name: "message",
    data: "data",
    is_json: false,
    metadata: &[
        "messageID",
        "messageType",
        "deliveryMode",
        "replyTo",
        "type",
        "expiration",
        "priority",
        "correlationId",
        "redelivered",
        "destination",
        "timestamp",
        "brokerInTime",
        "brokerOutTime",
        "properties",
    ],
};

impl Record {
    pub(super) fn is_of_a_table(&self) -> bool {
        self.data == DYNAMODB.data
    }

    /// Its keys, that of the data first.
    pub(super) fn keys(&self) -> Vec<&'static str> {
        std::iter::once(self.data).chain(self.metadata.iter().copied()).collect()
    }

    /// A filter of it, as an example.
    pub(super) fn example(&self) -> &'static str {
        match self.data {
            "body" => r#"{"body": {"type": ["order"]}}"#,
            "dynamodb" => r#"{"eventName": ["INSERT"]}"#,
            "value" => r#"{"value": {"type": ["order"]}}"#,
            _ => r#"{"data": {"type": ["order"]}}"#,
        }
    }
}

/// What stands under `dynamodb`:
/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_StreamRecord.html>
pub(super) const STREAM: &[&str] =
    &["Keys", "NewImage", "OldImage", "ApproximateCreationDateTime", "SequenceNumber", "SizeBytes", "StreamViewType"];

/// Of these, what holds attributes.
pub(super) const IMAGES: &[&str] = &["Keys", "NewImage", "OldImage"];

/// The types of attributes:
/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_AttributeValue.html>
pub(super) const TYPES: &[&str] = &["S", "N", "B", "BOOL", "NULL", "SS", "NS", "BS", "L", "M"];

/// What becomes of an item.
pub(super) const EVENTS: &[&str] = &["INSERT", "MODIFY", "REMOVE"];
