//! <https://docs.aws.amazon.com/lambda/latest/dg/with-msk.html>

use serde_json::{Value, json};

use super::common::{self, EPOCH_MILLIS};
use crate::event::Wanted;

pub(super) fn event(wanted: &Wanted) -> Value {
    let topic = wanted.details.topic.as_deref().unwrap_or("clicks");
    let key = common::base64(wanted.details.key.as_deref().unwrap_or("key-1").as_bytes());
    let records: Vec<Value> = wanted
        .records()
        .map(|(index, body)| {
            json!({
                "topic": topic,
                "partition": 0,
                "offset": 15 + index,
                "timestamp": EPOCH_MILLIS,
                "timestampType": "CREATE_TIME",
                "key": key,
                "value": common::base64(body.text().as_bytes()),
                "headers": []
            })
        })
        .collect();
    // Each partition has its own list, under the topic and the partition's number.
    let partition = format!("{topic}-0");
    json!({
        "eventSource": "aws:kafka",
        "eventSourceArn": common::arn("kafka", "cluster/", "example/1a024bc6-6858-5dd7-97f2-14355e152597-2"),
        "bootstrapServers": "b-1.example.com:9092,b-2.example.com:9092",
        "records": { partition: records }
    })
}
