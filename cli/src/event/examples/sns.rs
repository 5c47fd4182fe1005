//! <https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html>

use serde_json::{Value, json};

use super::common::{self, TIME};
use crate::event::Wanted;
use crate::event::body::Body;

pub(super) fn event(wanted: &Wanted) -> Value {
    let topic = common::arn("sns", "", wanted.details.topic.as_deref().unwrap_or("alarms"));
    let record = json!({
        "EventVersion": "1.0",
        "EventSubscriptionArn": format!("{topic}:2c2c0548-2ca1-5e04-bf38-50d30f9a7926"),
        "EventSource": "aws:sns",
        "Sns": {
            "Type": "Notification",
            "MessageId": common::uuid(0),
            "TopicArn": topic,
            "Subject": wanted.details.subject,
            "Message": wanted.body().map_or("", Body::text),
            "Timestamp": TIME,
            "SignatureVersion": "1",
            "Signature": "EXAMPLE",
            "SigningCertUrl": "https://sns.us-east-1.amazonaws.com/example.pem",
            "UnsubscribeUrl": "https://sns.us-east-1.amazonaws.com/?Action=Unsubscribe",
            "MessageAttributes": {}
        }
    });
    json!({ "Records": [record] })
}
