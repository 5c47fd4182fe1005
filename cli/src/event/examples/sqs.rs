//! <https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html>

use md5::{Digest as _, Md5};
use serde_json::{Value, json};

use super::common::{self, EPOCH_MILLIS, REGION};
use crate::event::Wanted;

pub(super) fn event(wanted: &Wanted) -> Value {
    let queue = wanted.details.queue.as_deref().unwrap_or("orders");
    let arn = common::arn("sqs", "", queue);
    let group = wanted.details.message_group.as_deref();
    // Standard queues have message groups too, where a sender names one; FIFO queues always have them.
    let group = group.or(queue.ends_with(".fifo").then_some("group-1"));
    let records: Vec<Value> = wanted
        .records()
        .map(|(index, body)| {
            let id = common::uuid(index);
            let mut attributes = json!({
                "ApproximateReceiveCount": "1",
                "SentTimestamp": EPOCH_MILLIS.to_string(),
                "SenderId": "AIDAEXAMPLE",
                "ApproximateFirstReceiveTimestamp": (EPOCH_MILLIS + 2).to_string()
            });
            if let (Some(group), Some(attributes)) = (group, attributes.as_object_mut()) {
                attributes.insert("MessageGroupId".to_owned(), group.into());
                if queue.ends_with(".fifo") {
                    attributes.insert("MessageDeduplicationId".to_owned(), id.clone().into());
                    let number = format!("{:020}", 18_890_000_000_000_000_000_u128 + index as u128);
                    attributes.insert("SequenceNumber".to_owned(), number.into());
                }
            }
            json!({
                "messageId": id,
                "receiptHandle": format!("example-receipt-handle-{index}"),
                "body": body.text(),
                "attributes": attributes,
                "messageAttributes": {},
                "md5OfBody": md5(body.text()),
                "eventSource": "aws:sqs",
                "eventSourceARN": arn,
                "awsRegion": REGION
            })
        })
        .collect();
    json!({ "Records": records })
}

fn md5(text: &str) -> String {
    Md5::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}
