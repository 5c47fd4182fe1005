//! <https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis.html>

use serde_json::{Value, json};

use super::common::{self, ACCOUNT, EPOCH_SECONDS, REGION};
use crate::event::Wanted;

const SHARD: &str = "shardId-000000000000";

pub(super) fn event(wanted: &Wanted) -> Value {
    let details = &wanted.details;
    let arn = common::arn("kinesis", "stream/", details.stream.as_deref().unwrap_or("readings"));
    let records = wanted
        .records()
        .map(|(index, body)| {
            let sequence_number = format!("4959033827149025660855969253836157109592157598913658{:04}", 8000 + index);
            json!({
                "kinesis": {
                    "kinesisSchemaVersion": "1.0",
                    "partitionKey": details.key.as_deref().unwrap_or("key-1"),
                    "sequenceNumber": sequence_number,
                    "data": common::base64(body.text().as_bytes()),
                    "approximateArrivalTimestamp": EPOCH_SECONDS as f64 + 0.25
                },
                "eventSource": "aws:kinesis",
                "eventVersion": "1.0",
                "eventID": format!("{SHARD}:{sequence_number}"),
                "eventName": "aws:kinesis:record",
                "invokeIdentityArn": format!("arn:aws:iam::{ACCOUNT}:role/function"),
                "awsRegion": REGION,
                "eventSourceARN": arn
            })
        })
        .collect();
    common::stream(records, details.window, SHARD, &arn)
}
