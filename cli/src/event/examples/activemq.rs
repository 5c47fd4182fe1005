//! <https://docs.aws.amazon.com/lambda/latest/dg/with-mq.html>

use serde_json::{Value, json};

use super::common::{self, EPOCH_MILLIS};
use crate::event::Wanted;

const BROKER: &str = "b-6facdcaa-4ca4-58aa-afa2-d17a9d88b866";

pub(super) fn event(wanted: &Wanted) -> Value {
    let queue = wanted.details.queue.as_deref().unwrap_or("tickets");
    let messages: Vec<Value> = wanted
        .records()
        .map(|(index, body)| {
            json!({
                "messageID": format!("ID:{BROKER}-1.mq.us-east-1.amazonaws.com-37557-1:1:1:1:{}", index + 1),
                "messageType": "jms/text-message",
                "deliveryMode": 1,
                "replyTo": null,
                "type": null,
                "expiration": "60000",
                "priority": 4,
                "correlationId": "example",
                "redelivered": false,
                "destination": { "physicalName": queue },
                "data": common::base64(body.text().as_bytes()),
                "timestamp": EPOCH_MILLIS,
                "brokerInTime": EPOCH_MILLIS,
                "brokerOutTime": EPOCH_MILLIS + 1,
                "properties": {}
            })
        })
        .collect();
    json!({
        "eventSource": "aws:mq",
        "eventSourceArn": common::arn("mq", "broker:example:", BROKER),
        "messages": messages
    })
}
