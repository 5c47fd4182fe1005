//! <https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html>

use serde_json::{Map, Value, json};

use super::common::{self, EPOCH_SECONDS, REGION};
use crate::event::Wanted;
use crate::event::details::Change;

pub(super) fn event(wanted: &Wanted) -> Value {
    let details = &wanted.details;
    let arn = stream_arn(details.table.as_deref().unwrap_or("sensors"));
    let view = details.view.as_deref().unwrap_or("NEW_AND_OLD_IMAGES");
    let change = details.change.unwrap_or(Change::Insert);
    let records = wanted
        .records()
        .map(|(index, body)| {
            let image = attributes(&body.value());
            let mut stream = json!({
                "ApproximateCreationDateTime": EPOCH_SECONDS,
                "Keys": keys(&image),
                "SequenceNumber": (100_000_000_000_000_001_554_u128 + index as u128).to_string(),
                "SizeBytes": 42,
                "StreamViewType": view
            });
            let has_new = change != Change::Remove && matches!(view, "NEW_AND_OLD_IMAGES" | "NEW_IMAGE");
            let has_old = change != Change::Insert && matches!(view, "NEW_AND_OLD_IMAGES" | "OLD_IMAGE");
            for (name, is_there) in [("NewImage", has_new), ("OldImage", has_old)] {
                if let (true, Some(stream)) = (is_there, stream.as_object_mut()) {
                    stream.insert(name.to_owned(), Value::Object(image.clone()));
                }
            }
            json!({
                "eventID": format!("{:032x}", 0x5366_5df0_06f6_d11f_7ff9_0cda_3638_c621_u128 + index as u128),
                "eventName": match change {
                    Change::Insert => "INSERT",
                    Change::Modify => "MODIFY",
                    Change::Remove => "REMOVE",
                },
                "eventVersion": "1.1",
                "eventSource": "aws:dynamodb",
                "awsRegion": REGION,
                "dynamodb": stream,
                "eventSourceARN": arn
            })
        })
        .collect();
    common::stream(records, details.window, "shardId-00000001767268800000-0a1b2c3d", &arn)
}

fn stream_arn(table: &str) -> String {
    let arn = common::arn("dynamodb", "table/", table);
    match arn.contains("/stream/") {
        true => arn,
        false => format!("{arn}/stream/2026-01-01T00:00:00.000"),
    }
}

/// Which attribute is the key, the table knows: `id` if there is one, else the first.
fn keys(image: &Map<String, Value>) -> Map<String, Value> {
    let key = image.get_key_value("id").or_else(|| image.iter().next());
    key.map(|(name, value)| (name.clone(), value.clone())).into_iter().collect()
}

fn attributes(item: &Value) -> Map<String, Value> {
    match item {
        Value::Object(item) => item.iter().map(|(name, value)| (name.clone(), attribute(value))).collect(),
        // No item is of one value; where somebody wants one, it gets a name.
        value => Map::from_iter([("value".to_owned(), attribute(value))]),
    }
}

/// A value with its type:
/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_AttributeValue.html>.
fn attribute(value: &Value) -> Value {
    match value {
        Value::Null => json!({"NULL": true}),
        Value::Bool(flag) => json!({"BOOL": flag}),
        Value::Number(number) => json!({"N": number.to_string()}),
        Value::String(text) => json!({"S": text}),
        Value::Array(list) => json!({"L": list.iter().map(attribute).collect::<Vec<_>>()}),
        Value::Object(_) => json!({"M": attributes(value)}),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_carry_their_types() {
        let item = json!({"id": "a", "n": 1.5, "list": [null, true], "map": {"k": "v"}});
        let expected = json!({
            "id": {"S": "a"},
            "n": {"N": "1.5"},
            "list": {"L": [{"NULL": true}, {"BOOL": true}]},
            "map": {"M": {"k": {"S": "v"}}},
        });
        let attributes = attributes(&item);
        assert_eq!(Value::Object(attributes.clone()), expected);
        assert_eq!(Value::Object(keys(&attributes)), json!({"id": {"S": "a"}}));
    }

    #[test]
    fn a_stream_s_own_arn_stays() {
        let stream = "arn:aws:dynamodb:eu-west-1:111122223333:table/t/stream/2025-01-01T00:00:00.000";
        assert_eq!(stream_arn(stream), stream);
        assert!(stream_arn("t").contains(":table/t/stream/"));
    }
}
