//! What a key is made of, and what is none.

use lambkin::prelude::*;
use lambkin::testing::sqs::{Batch, Message};
use lambkin::testing::{IntoEvent, TestApp};
use serde_json::{Value, json};

#[derive(Deserialize, Serialize)]
struct Order {
    id: Option<String>,
    lines: Vec<u32>,
}

#[handler(invoke)]
#[idempotent(key = order.id)]
async fn by_field(order: Order) -> Result<usize, Error> {
    Ok(order.lines.len())
}

#[handler(invoke)]
#[idempotent(key = (&order.id, order.lines.len()))]
async fn by_parts(order: Order) -> usize {
    order.lines.len()
}

#[handler(invoke)]
#[idempotent(key = order)]
async fn by_all(order: Order) -> usize {
    order.lines.len()
}

#[handler(invoke)]
#[idempotent(key = order.id, missing_key = "run")]
async fn without(order: Order) -> usize {
    order.lines.len()
}

#[handler(invoke)]
#[idempotent(key = cx.request_id())]
async fn by_request(cx: Context) -> String {
    cx.request_id().to_owned()
}

#[handler(invoke)]
#[idempotent(key = format!("{id:?}-{}", lines.iter().sum::<u32>() % 10))]
async fn by_number(Order { mut lines, id }: Order) -> usize {
    lines.push(id.map_or(0, |_| 1));
    lines.len()
}

lambkin::app! { handlers: [by_field, by_parts, by_all, by_number, without, by_request] }

mod sources {
    use super::*;

    macro_rules! by_nature {
        ($($source:ident)*) => { $(
            #[handler($source)]
            #[idempotent(key = natural)]
            async fn $source(body: lambkin::Context) -> Result<(), Error> {
                let _ = body;
                Ok(())
            }
        )* };
    }

    by_nature!(sqs kinesis dynamodb kafka sns s3 eventbridge cloudwatch_logs ses activemq);

    lambkin::app! {
        handlers: [sqs, kinesis, dynamodb, kafka, sns, s3, eventbridge, cloudwatch_logs, ses, activemq],
    }
}

/// The identifiers that a handler's records have after these events.
async fn ids(handler: &str, events: &[Value]) -> Vec<String> {
    let app = TestApp::<App>::new();
    for event in events {
        app.invoke(handler, event.clone()).await.response();
    }
    app.idempotency().all().into_iter().map(|(id, _)| id).collect()
}

#[tokio::test]
async fn a_key_is_hashed_and_stands_in_its_functions_scope() {
    let ids = ids("by_field", &[json!({"id": "secret", "lines": []})]).await;
    assert_eq!(ids.len(), 1);
    let (scope, hash) = ids[0].split_once('#').unwrap();
    assert_eq!(scope, "lambkin/by_field");
    // Of `[null,"secret"]`: no tenant, and the key.
    assert_eq!(hash, "a25d941c4a2a3c8cd2de904ff95685a06f58d2501f69ead7167830a65a660d2b");
}

#[tokio::test]
async fn a_key_that_tells_nobody_apart_is_refused() {
    let app = TestApp::<App>::new();
    for (handler, event) in [
        ("by_field", json!({"id": null, "lines": [1]})),
        ("by_field", json!({"id": "", "lines": [1]})),
        ("by_parts", json!({"id": null, "lines": [1]})),
        ("by_parts", json!({"id": "", "lines": [1]})),
    ] {
        let done = app.invoke(handler, event.clone()).await;
        assert_eq!(done.error().unwrap().error_type, "IdempotencyKeyMissing", "{handler} {event}");
    }
    assert_eq!(app.idempotency().all(), Vec::new());
    let done = app.invoke("without", json!({"id": null, "lines": [1]})).await;
    assert_eq!(done.response(), json!(1));
    assert_eq!(app.idempotency().all(), Vec::new());
}

#[tokio::test]
async fn what_differs_in_its_key_is_something_else() {
    let order = |id: &str, lines: &[u32]| json!({"id": id, "lines": lines});
    let events = [order("a", &[1]), order("a", &[2]), order("a", &[1, 2]), order("b", &[1])];
    assert_eq!(ids("by_field", &events).await.len(), 2);
    assert_eq!(ids("by_parts", &events).await.len(), 3);
    assert_eq!(ids("by_all", &events).await.len(), 4);
    assert_eq!(ids("by_number", &events).await.len(), 4);
    assert_eq!(ids("by_number", &[order("a", &[3]), order("a", &[6, 7])]).await.len(), 1);
}

#[tokio::test]
async fn tenants_share_nothing() {
    let app = TestApp::<App>::new();
    let event = || json!({"id": "a", "lines": []});
    for tenant in [None, Some("x"), Some("y"), Some("x")] {
        let invoke = app.invoke("by_field", event());
        let done = match tenant {
            Some(tenant) => invoke.tenant_id(tenant).await,
            None => invoke.await,
        };
        done.response();
    }
    assert_eq!(app.idempotency().all().len(), 3);
}

#[tokio::test]
async fn a_response_is_replayed_as_it_was() {
    let app = TestApp::<App>::new();
    let done = app.invoke("by_field", json!({"id": "a", "lines": [1, 2]})).await;
    assert_eq!(done.response(), json!(2));
    let again = app.invoke("by_field", json!({"id": "a", "lines": []})).await;
    assert_eq!(again.response(), json!(2));

    let first = app.invoke("by_request", json!(null)).request_id("r-1").await;
    let retried = app.invoke("by_request", json!(null)).request_id("r-1").await;
    assert_eq!(first.response(), retried.response());
    assert_eq!(app.idempotency().all().len(), 2);
}

/// A natural key is the same over redeliveries, and another one for another record.
#[tokio::test]
async fn each_source_knows_its_records() {
    use lambkin::testing::{cloudwatch_logs, dynamodb, eventbridge, kafka, kinesis, s3, ses, sns};

    async fn records(handler: &str, event: impl IntoEvent) -> usize {
        let event = event.into_event();
        let app = TestApp::<sources::App>::new();
        for _ in 0..2 {
            let done = app.invoke(handler, event.clone()).await;
            assert!(done.error().is_none(), "{handler}: {:?}", done.error());
            assert!(done.failed().is_empty(), "{handler}: {done:?}");
        }
        app.idempotency().all().len()
    }

    let two = || [json!(1), json!(2)];
    assert_eq!(records("sqs", Batch::of(two())).await, 2);
    assert_eq!(records("kinesis", kinesis::Batch::of(two())).await, 2);
    assert_eq!(records("dynamodb", dynamodb::Batch::of([json!({"id": 1}), json!({"id": 2})])).await, 2);
    assert_eq!(records("kafka", kafka::Batch::of(two())).await, 2);
    assert_eq!(records("sns", sns::Message::json(&json!(1))).await, 1);
    assert_eq!(records("eventbridge", eventbridge::Event::of(json!(1))).await, 1);
    assert_eq!(records("cloudwatch_logs", cloudwatch_logs::Lines::of(two())).await, 2);
    assert_eq!(records("ses", ses::Mail::new()).await, 1);
    assert_eq!(records("activemq", include_str!("../events/activemq/text-and-bytes.json")).await, 2);
    let event = |sequencer| s3::Record::new("ObjectCreated:Put", "bucket", "key").sequencer(sequencer);
    let notification = s3::Notification::new().record(event("1")).record(event("2")).record(event("1"));
    assert_eq!(records("s3", notification).await, 2);

    // Of a FIFO queue: what the sender called it, in its group; the queue's own identifier changes with each sending.
    let message = |group: &str, id: &str| Message::json(&json!(1)).group(group).id(id);
    let batch = Batch::new().queue("q.fifo").message(message("a", "d")).message(message("b", "d"));
    assert_eq!(records("sqs", batch.message(message("a", "d"))).await, 2);
}
