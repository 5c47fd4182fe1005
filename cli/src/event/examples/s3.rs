//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html>

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use super::common::{self, REGION, TIME};
use crate::event::Wanted;

/// As in the value of a form, but for the slashes.
const ENCODED: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b' ').remove(b'/').remove(b'-').remove(b'_').remove(b'.').remove(b'*');

pub(super) fn event(wanted: &Wanted) -> Value {
    let details = &wanted.details;
    let bucket = common::name(details.bucket.as_deref().unwrap_or("uploads"));
    let event_name = details.event_name.as_deref().unwrap_or("ObjectCreated:Put");
    let key = details.key.as_deref().unwrap_or("red flower.jpg");
    let key = utf8_percent_encode(key, ENCODED).to_string().replace(' ', "+");
    let records: Vec<Value> = (0..wanted.count)
        .map(|index| {
            let mut object = json!({
                "key": key,
                "sequencer": format!("{:018X}", 0x0069_5661_80A1_B2C3_u64 + index as u64)
            });
            // What is gone has neither a size nor an ETag.
            if let (false, Some(object)) = (event_name.contains("Remove"), object.as_object_mut()) {
                object.insert("size".to_owned(), json!(1024));
                object.insert("eTag".to_owned(), json!("9dd4e461268c8034f5c8564e155c67a6"));
            }
            json!({
                "eventVersion": "2.1",
                "eventSource": "aws:s3",
                "awsRegion": REGION,
                "eventTime": TIME,
                "eventName": event_name,
                "userIdentity": { "principalId": "AWS:AROAEXAMPLE:uploader" },
                "requestParameters": { "sourceIPAddress": "192.0.2.1" },
                "responseElements": { "x-amz-request-id": format!("FEECE8C5CFE5{index:04X}"), "x-amz-id-2": "example" },
                "s3": {
                    "s3SchemaVersion": "1.0",
                    "configurationId": "example",
                    "bucket": {
                        "name": bucket,
                        "ownerIdentity": { "principalId": "A3EXAMPLEOWNER" },
                        "arn": format!("arn:aws:s3:::{bucket}")
                    },
                    "object": object
                }
            })
        })
        .collect();
    json!({ "Records": records })
}
