//! What the examples share: one account, one region, one moment.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

pub(super) const ACCOUNT: &str = "123456789012";
pub(super) const REGION: &str = "us-east-1";
/// The moment, as RFC 3339 writes it.
pub(super) const TIME: &str = "2026-01-01T12:00:00.000Z";
/// The same without a fraction.
pub(super) const TIME_IN_SECONDS: &str = "2026-01-01T12:00:00Z";
/// The same in seconds since 1970.
pub(super) const EPOCH_SECONDS: u64 = 1_767_268_800;
/// The same in milliseconds.
pub(super) const EPOCH_MILLIS: u64 = EPOCH_SECONDS * 1000;

/// The ARN of something; one that is an ARN stays as it is.
pub(super) fn arn(service: &str, prefix: &str, name: &str) -> String {
    match name.starts_with("arn:") {
        true => name.to_owned(),
        false => format!("arn:aws:{service}:{REGION}:{ACCOUNT}:{prefix}{name}"),
    }
}

/// The name at the end of an ARN, or what is a name already.
pub(super) fn name(name_or_arn: &str) -> &str {
    match name_or_arn.starts_with("arn:") {
        true => name_or_arn.rsplit([':', '/']).next().unwrap_or(name_or_arn),
        false => name_or_arn,
    }
}

/// An identifier, another one for each record.
pub(super) fn uuid(index: usize) -> String {
    format!("059f36b4-87a3-44ab-83d2-{:012x}", 0x6619_7583_0a7d_u64.wrapping_add(index as u64))
}

pub(super) fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// The event of a stream, of a tumbling window if it is one:
/// <https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-windows.html>.
pub(super) fn stream(records: Vec<Value>, window: bool, shard: &str, arn: &str) -> Value {
    if !window {
        return json!({ "Records": records });
    }
    json!({
        "Records": records,
        "window": { "start": "2026-01-01T12:00:00Z", "end": "2026-01-01T12:02:00Z" },
        "state": {},
        "shardId": shard,
        "eventSourceARN": arn,
        "isFinalInvokeForWindow": false,
        "isWindowTerminatedEarly": false
    })
}
