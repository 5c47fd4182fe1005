//! <https://docs.aws.amazon.com/eventbridge/latest/ref/overiew-event-structure.html>

use serde_json::{Value, json};

use super::common::{self, ACCOUNT, REGION, TIME_IN_SECONDS};
use crate::event::Wanted;

pub(super) fn event(wanted: &Wanted) -> Value {
    let details = &wanted.details;
    json!({
        "version": "0",
        "id": common::uuid(0),
        "detail-type": details.detail_type.as_deref().unwrap_or("Order paid"),
        "source": details.event_source.as_deref().unwrap_or("com.example.shop"),
        "account": ACCOUNT,
        "time": TIME_IN_SECONDS,
        "region": REGION,
        "resources": [],
        "detail": wanted.body().map_or_else(|| json!({}), |body| body.value())
    })
}

/// A schedule with an input of its own sends that and nothing else; else the event of a rule, or of EventBridge
/// Scheduler, whose `detail` is a text:
/// <https://docs.aws.amazon.com/lambda/latest/dg/with-eventbridge-scheduler.html>.
pub(super) fn schedule(wanted: &Wanted) -> Value {
    if let Some(input) = wanted.body() {
        return input.value();
    }
    let (source, detail, resource) = match wanted.details.scheduler {
        true => ("aws.scheduler", json!("{}"), common::arn("scheduler", "schedule/default/", "example")),
        false => ("aws.events", json!({}), common::arn("events", "rule/", "example")),
    };
    json!({
        "version": "0",
        "id": common::uuid(0),
        "detail-type": "Scheduled Event",
        "source": source,
        "account": ACCOUNT,
        "time": TIME_IN_SECONDS,
        "region": REGION,
        "resources": [resource],
        "detail": detail
    })
}
