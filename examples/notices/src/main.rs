//! What a team hears about: alarms, uploads, events, schedules, logs, mail and devices, a handler for each.
//!
//! One binary is deployed as eight functions; `_HANDLER`, or the function's name, says which of them it is. Nobody
//! waits for an answer: a notification that fails is sent again by Lambda, two times unless told otherwise.

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use lambkin::Verdict;
use lambkin::prelude::*;

/// The team's chat room. A real one would hold an HTTP client.
#[derive(Default)]
struct Chat {
    lines: Mutex<Vec<String>>,
}

impl Chat {
    fn lines(&self) -> MutexGuard<'_, Vec<String>> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn post(&self, line: String) -> Result<(), Error> {
        tracing::info!(line, "posted");
        self.lines().push(line);
        Ok(())
    }
}

#[init]
async fn chat() -> Result<Chat, Error> {
    Ok(Chat::default())
}

/// What CloudWatch publishes about an alarm.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Alarm<'a> {
    alarm_name: &'a str,
    new_state_value: &'a str,
}

#[handler(sns(topic = "alarms"))]
async fn alarm(alarm: Alarm<'_>, chat: &Chat) -> Result<(), Error> {
    chat.post(format!("{} is {}", alarm.alarm_name, alarm.new_state_value)).await
}

#[derive(Debug)]
struct TooLarge {
    key: String,
}

impl fmt::Display for TooLarge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} is too large for a thumbnail", self.key)
    }
}

impl std::error::Error for TooLarge {}

/// Makes thumbnails of uploads. The key is decoded: S3 writes `red flower.jpg` as `red+flower.jpg`.
#[handler(s3(bucket = "uploads", events = "s3:ObjectCreated:*", suffix = ".jpg"), concurrency = 4, memory = 1024)]
async fn thumbnail(event: S3Event<'_>, chat: &Chat) -> Result<(), Error> {
    let key = event.key();
    if event.size().is_some_and(|bytes| bytes > 50_000_000) {
        return Err(TooLarge { key: key.to_owned() }.into());
    }
    // A real one would get the object, scale it, and put it under another name.
    chat.post(format!("thumbnails/{key}")).await
}

#[derive(Deserialize)]
struct Shipment<'a> {
    order: &'a str,
}

/// An event of another source or type fails, and says that the rule in front of the function lets too much pass.
#[handler(eventbridge(bus = "shop", source = "com.example.shop", detail_type = ["Order shipped", "Order lost"]))]
async fn shipment(shipment: Shipment<'_>, event: EventBridgeEvent<'_>, chat: &Chat) -> Result<(), Error> {
    let what = event.detail_type().unwrap_or_default();
    chat.post(format!("{what}: {}", shipment.order)).await
}

#[handler(schedule("cron(0 6 ? * MON-FRI *)", timezone = "Europe/Berlin"))]
async fn good_morning(chat: &Chat) -> Result<(), Error> {
    chat.post("good morning".to_owned()).await
}

/// The input that the schedule is given.
#[derive(Deserialize)]
struct Sweep {
    older_than_days: u32,
}

#[handler(schedule("rate(12 hours)"))]
async fn sweep(sweep: Sweep, chat: &Chat) -> Result<(), Error> {
    chat.post(format!("swept what is older than {} days", sweep.older_than_days)).await
}

/// A line of another function's log.
#[derive(Deserialize)]
struct Line<'a> {
    level: &'a str,
    message: &'a str,
}

/// Lines that are not of this form come from Lambda itself; they are dropped.
#[handler(cloudwatch_logs(log_group = "/aws/lambda/orders", filter = "ERROR"), malformed = "discard")]
async fn error_line(line: Line<'_>, event: LogEvent<'_>, chat: &Chat) -> Result<(), Error> {
    if line.level != "ERROR" {
        return Ok(());
    }
    chat.post(format!("{}: {}", event.log_group().unwrap_or_default(), line.message)).await
}

/// Keeps spam and viruses from the rule's next actions; the rule invokes synchronously.
#[handler(ses(recipients = "help@example.com"))]
async fn screen(mail: SesMessage<'_>, chat: &Chat) -> Result<Disposition, Error> {
    if mail.spam_verdict() == Some(Verdict::Fail) || mail.virus_verdict() == Some(Verdict::Fail) {
        return Ok(Disposition::StopRule);
    }
    chat.post(format!("mail: {}", mail.subject().unwrap_or_default())).await?;
    Ok(Disposition::Continue)
}

#[handler(activemq(queue = "tickets", batch_size = 10))]
async fn ticket(title: RawBody<'_>, message: ActiveMqMessage<'_>, chat: &Chat) -> Result<(), Error> {
    let urgent = if message.priority() > Some(6) { "urgent: " } else { "" };
    chat.post(format!("{urgent}{}", &*title)).await
}

/// What the rule's statement selects.
#[derive(Deserialize)]
struct Oven<'a> {
    oven: &'a str,
    celsius: f64,
}

#[handler(iot(sql = "SELECT celsius, topic(2) AS oven FROM 'ovens/+' WHERE celsius > 300"))]
async fn hot_oven(hot: Oven<'_>, chat: &Chat) -> Result<(), Error> {
    chat.post(format!("{} has {} °C", hot.oven, hot.celsius)).await
}

lambkin::main! {
    init: [chat],
    handlers: [alarm, thumbnail, shipment, good_morning, sweep, error_line, screen, ticket, hot_oven],
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use lambkin::testing::TestApp;
    use serde_json::{Value, json};

    use super::*;

    /// What the team reads about an event.
    async fn posted(handler: &str, event: &str) -> Vec<String> {
        let app = TestApp::<App>::new();
        app.invoke(handler, event).await.response();
        app.get::<Chat>().unwrap().lines().clone()
    }

    #[tokio::test]
    async fn each_notification_is_a_line() {
        assert_eq!(posted("alarm", include_str!("../events/alarm.json")).await, ["orders-failing is ALARM"]);
        assert_eq!(posted("shipment", include_str!("../events/shipped.json")).await, ["Order shipped: o-7"]);
        assert_eq!(posted("good_morning", include_str!("../events/morning.json")).await, ["good morning"]);
        let swept = posted("sweep", include_str!("../events/sweep.json")).await;
        assert_eq!(swept, ["swept what is older than 30 days"]);
        assert_eq!(posted("hot_oven", include_str!("../events/oven.json")).await, ["oven-7 has 312.5 °C"]);
        let tickets = posted("ticket", include_str!("../events/tickets.json")).await;
        assert_eq!(tickets, ["urgent: the oven is hot", "more tea"]);
        // Four lines, of which two are errors.
        let errors = posted("error_line", include_str!("../events/logs.json")).await;
        assert_eq!(errors, ["/aws/lambda/orders: no stock", "/aws/lambda/orders: no \"tea\""]);
    }

    #[tokio::test]
    async fn each_upload_gets_a_thumbnail_under_its_own_name() {
        let thumbnails = posted("thumbnail", include_str!("../events/uploads.json")).await;
        assert_eq!(thumbnails, ["thumbnails/red flower.jpg", "thumbnails/crème & tea.jpg"]);
        let test_event: [&str; 0] = [];
        assert_eq!(posted("thumbnail", include_str!("../events/s3-test-event.json")).await, test_event);
    }

    #[tokio::test]
    async fn an_upload_that_fails_fails_the_notification_after_the_others_had_their_turn() {
        let app = TestApp::<App>::new();
        let mut event: Value = serde_json::from_str(include_str!("../events/uploads.json")).unwrap();
        *event.pointer_mut("/Records/0/s3/object/size").unwrap() = 60_000_000.into();
        let done = app.invoke("thumbnail", event).await;
        assert!(done.error().unwrap().error_message.contains("red flower.jpg is too large"));
        assert_eq!(*app.get::<Chat>().unwrap().lines(), ["thumbnails/crème & tea.jpg"]);
    }

    #[tokio::test]
    async fn spam_is_stopped() {
        let app = TestApp::<App>::new();
        let done = app.invoke("screen", include_str!("../events/spam.json")).await;
        assert_eq!(done.response(), json!({"disposition": "STOP_RULE"}));
        let done = app.invoke("screen", include_str!("../events/mail.json")).await;
        assert_eq!(done.response(), json!({"disposition": "CONTINUE"}));
    }
}
