//! Payloads for who gives none. The handlers that `cargo lambkin new` writes take them.

use serde_json::{Value, json};

use crate::event::details::Details;
use crate::source::Source;

/// What stands in for a payload; nothing where the source has none, or can do without.
pub(super) fn payload(source: Source, details: &Details) -> Option<Value> {
    let payload = match source {
        Source::Invoke => json!({"name": "Ada"}),
        Source::Event => pre_sign_up(),
        Source::Http if details.method().takes_a_body() => json!({"text": "hello"}),
        Source::Sqs => json!({"id": "o-1", "total": 1250}),
        Source::Kinesis => json!({"sensor": "attic", "celsius": 20.5}),
        Source::DynamoDb => json!({"id": "s-1", "place": "attic"}),
        Source::Kafka => json!({"page": "/tea"}),
        Source::Sns => json!({
            "AlarmName": "orders-failing",
            "AlarmDescription": null,
            "AWSAccountId": "123456789012",
            "NewStateValue": "ALARM",
            "OldStateValue": "OK",
            "NewStateReason": "Threshold Crossed",
            "StateChangeTime": "2026-01-01T12:00:00.000+0000",
            "Region": "US East (N. Virginia)"
        }),
        Source::EventBridge => json!({"order": "o-1"}),
        Source::CloudWatchLogs => json!({"level": "ERROR", "message": "no stock"}),
        Source::ActiveMq => json!({"id": "t-1", "title": "the oven is hot"}),
        Source::Iot => json!({"device": "oven-7", "celsius": 312.5}),
        Source::Http | Source::S3 | Source::Schedule | Source::Ses => return None,
    };
    Some(payload)
}

/// A trigger of a Cognito user pool:
/// <https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-pre-sign-up.html>.
fn pre_sign_up() -> Value {
    json!({
        "version": "1",
        "triggerSource": "PreSignUp_SignUp",
        "region": "us-east-1",
        "userPoolId": "us-east-1_Example1",
        "userName": "ada",
        "callerContext": { "awsSdkVersion": "aws-sdk-unknown-unknown", "clientId": "exampleclientid" },
        "request": { "userAttributes": { "email": "ada@example.com" }, "validationData": null },
        "response": { "autoConfirmUser": false, "autoVerifyEmail": false, "autoVerifyPhone": false }
    })
}
