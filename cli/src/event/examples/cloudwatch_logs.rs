//! <https://docs.aws.amazon.com/lambda/latest/dg/services-cloudwatchlogs.html>

use std::io::{self, Write as _};

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};

use super::common::{self, ACCOUNT, EPOCH_MILLIS};
use crate::event::Wanted;

pub(super) fn event(wanted: &Wanted) -> Value {
    let log_events: Vec<Value> = wanted
        .records()
        .map(|(index, body)| {
            let id = format!("3824{:052}", index);
            json!({ "id": id, "timestamp": EPOCH_MILLIS + index as u64, "message": body.text() })
        })
        .collect();
    let data = json!({
        "messageType": "DATA_MESSAGE",
        "owner": ACCOUNT,
        "logGroup": wanted.details.log_group.as_deref().map_or("/aws/lambda/orders", log_group),
        "logStream": "2026/01/01/[$LATEST]c7b68ac37f364473e922936708e7f43c",
        "subscriptionFilters": ["example"],
        "logEvents": log_events
    });
    // Writing to memory does not fail.
    let packed = gzip(data.to_string().as_bytes()).unwrap_or_default();
    json!({ "awslogs": { "data": common::base64(&packed) } })
}

fn gzip(text: &[u8]) -> io::Result<Vec<u8>> {
    let mut packing = GzEncoder::new(Vec::new(), Compression::default());
    packing.write_all(text)?;
    packing.finish()
}

/// The name of a log group, out of its ARN too: `arn:aws:logs:…:log-group:/aws/lambda/orders:*`.
fn log_group(name_or_arn: &str) -> &str {
    let name = name_or_arn.split_once(":log-group:").map_or(name_or_arn, |(_, name)| name);
    name.strip_suffix(":*").unwrap_or(name)
}
