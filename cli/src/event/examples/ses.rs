//! <https://docs.aws.amazon.com/ses/latest/dg/receiving-email-action-lambda-event.html>

use serde_json::{Value, json};

use super::common::{self, TIME};
use crate::event::Wanted;

pub(super) fn event(wanted: &Wanted) -> Value {
    let details = &wanted.details;
    let from = details.from.as_deref().unwrap_or("ada@example.org");
    let to = details.to.as_deref().unwrap_or("help@example.com");
    let subject = details.subject.as_deref().unwrap_or("Where is my tea?");
    let id = "<00d8d3f11739d2f3537099982b4674c2@example.org>";
    let headers: Vec<Value> = [("From", from), ("To", to), ("Subject", subject), ("Message-ID", id)]
        .into_iter()
        .map(|(name, value)| json!({ "name": name, "value": value }))
        .collect();
    let mail = json!({
        "timestamp": TIME,
        "source": from,
        "messageId": "00d8d3f11739d2f3537099982b4674c2",
        "destination": [to],
        "headersTruncated": false,
        "headers": headers,
        "commonHeaders": { "returnPath": from, "from": [from], "to": [to], "messageId": id, "subject": subject }
    });
    let passed = json!({ "status": "PASS" });
    let receipt = json!({
        "timestamp": TIME,
        "processingTimeMillis": 574,
        "recipients": [to],
        "spamVerdict": passed,
        "virusVerdict": passed,
        "spfVerdict": passed,
        "dkimVerdict": passed,
        "dmarcVerdict": passed,
        "action": {
            "type": "Lambda",
            "functionArn": common::arn("lambda", "function:", "function"),
            "invocationType": "Event"
        }
    });
    json!({ "Records": [{ "eventSource": "aws:ses", "eventVersion": "1.0", "ses": { "mail": mail, "receipt": receipt } }] })
}
