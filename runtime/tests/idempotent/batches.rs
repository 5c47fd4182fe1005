//! Batches: replays, errors, equal keys, and what the store costs.

use std::sync::Mutex;
use std::time::Duration;

use lambkin::FailureKind;
use lambkin::idempotency::Status;
use lambkin::prelude::*;
use lambkin::testing::TestApp;
use lambkin::testing::sqs::{Batch, Message};
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::peer::Peer;

#[derive(Deserialize)]
struct Payment<'a> {
    id: &'a str,
    cents: i64,
}

/// Whom was paid what, in the order of payment.
#[derive(Default)]
struct Paid(Mutex<Vec<String>>);

impl Paid {
    fn pay(&self, id: &str) {
        self.0.lock().unwrap().push(id.to_owned());
    }

    fn all(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }
}

#[init]
async fn paid() -> Result<Paid, Error> {
    Ok(Paid::default())
}

#[init]
async fn peer() -> Result<Peer, Error> {
    Ok(Peer::default())
}

/// Negative amounts fail in ways of their own.
async fn settle(payment: &Payment<'_>, paid: &Paid) -> Result<(), Error> {
    match payment.cents {
        -1 => return Err(Error::msg("declined")),
        -2 => panic!("no way"),
        -3 => return std::future::pending().await,
        -4 => return Err(Discard::new("no such account").into()),
        _ => {}
    }
    // Other records get their chance in the middle of this one.
    tokio::task::yield_now().await;
    paid.pay(payment.id);
    Ok(())
}

#[handler(sqs, all_failed = "report")]
#[idempotent(key = payment.id, store = peer)]
async fn charge(payment: Payment<'_>, paid: &Paid) -> Result<(), Error> {
    settle(&payment, paid).await
}

#[handler(sqs, concurrency = 4, all_failed = "report", name = "charge_beside")]
#[idempotent(key = payment.id, verify = payment.cents, store = peer)]
async fn charge_beside(payment: Payment<'_>, paid: &Paid) -> Result<(), Error> {
    settle(&payment, paid).await
}

#[handler(sqs, all_failed = "report")]
#[deadline(margin = "1s")]
#[idempotent(key = payment.id, store = peer)]
async fn charge_in_time(payment: Payment<'_>, paid: &Paid) -> Result<(), Error> {
    if payment.cents > 1000 {
        tokio::time::sleep(Duration::from_millis(1500)).await;
    }
    settle(&payment, paid).await
}

/// The handler's own, past the line.
async fn in_its_place(_: DeadlineExceeded) -> Result<(), Error> {
    Ok(())
}

#[handler(sqs, all_failed = "report")]
#[deadline(margin = "1s", on_exceeded = in_its_place)]
#[idempotent(key = payment.id, store = peer)]
async fn charge_or_else(payment: Payment<'_>, paid: &Paid) -> Result<(), Error> {
    settle(&payment, paid).await
}

#[handler(sqs, all_failed = "report")]
#[idempotent(key = payment.id, store = peer, missing_key = "run")]
async fn charge_nameless(payment: Payment<'_>, paid: &Paid) -> Result<(), Error> {
    // At once: what is begun ahead of its turn gets as far as its first pause.
    paid.pay(payment.id);
    if payment.cents < 0 { Err(Error::msg("declined")) } else { Ok(()) }
}

#[handler(sqs, all_failed = "report")]
#[idempotent(key = payment.id, verify = payment.cents, store = peer)]
async fn charge_verified(payment: Payment<'_>, paid: &Paid) -> Result<(), Error> {
    settle(&payment, paid).await
}

#[handler(sqs)]
#[idempotent(key = payment.id, store = peer, lease = "8s")]
async fn charge_slowly(payment: Payment<'_>, paid: &Paid) -> Result<(), Error> {
    tokio::time::sleep(Duration::from_secs(2)).await;
    settle(&payment, paid).await
}

#[handler(kinesis, all_failed = "report")]
#[idempotent(key = payment.id, store = peer)]
async fn stream(payment: Payment<'_>, paid: &Paid) -> Result<(), Error> {
    settle(&payment, paid).await
}

lambkin::app! { init: [paid, peer], handlers: [charge, charge_beside, charge_in_time, charge_or_else, charge_nameless, charge_slowly, charge_verified, stream] }

fn app(peer: &Peer) -> TestApp<App> {
    TestApp::<App>::new().with(peer.clone())
}

fn paid_by(app: &TestApp<App>) -> Vec<String> {
    app.get::<Paid>().unwrap().all()
}

fn batch(payments: &[(&str, i64)]) -> Batch {
    Batch::of(payments.iter().map(|(id, cents)| json!({"id": id, "cents": cents})))
}

#[tokio::test]
async fn a_second_delivery_has_no_second_effect() {
    let peer = Peer::default();
    let app = app(&peer);
    for _ in 0..3 {
        let done = app.invoke("charge", batch(&[("a", 1), ("b", 2)])).await;
        assert_eq!(done.response(), json!({"batchItemFailures": []}));
    }
    assert_eq!(paid_by(&app), ["a", "b"]);
    assert_eq!((peer.count("acquire"), peer.count("complete"), peer.count("release")), (6, 2, 0));
    let records = peer.memory().all();
    assert!(records.iter().all(|(id, record)| {
        id.starts_with("lambkin/charge#")
            && record.status == Status::Completed
            && record.data.as_deref() == Some("null")
    }));
}

#[tokio::test]
async fn an_error_gives_the_key_back_and_a_panic_does_not() {
    let peer = Peer::default();
    let app = app(&peer);
    let done = app.invoke("charge", batch(&[("a", -1), ("b", -2), ("c", -4), ("d", 1)])).await;
    assert_eq!(done.failed(), ["message-0", "message-1"]);
    assert_eq!(done.discarded(), ["message-2"]);
    let statuses: Vec<Status> = peer.memory().all().iter().map(|(_, record)| record.status).collect();
    assert_eq!(statuses.len(), 2, "of the one that panicked, and of the one that succeeded");

    let again = app.invoke("charge", batch(&[("a", 1), ("b", 1), ("c", 1), ("d", 1)])).await;
    assert_eq!(again.failed(), ["message-1"]);
    let failure = again.outcome("message-1").failure().unwrap();
    assert_eq!((failure.kind(), failure.error_type()), (FailureKind::Idempotency, "IdempotencyInProgress"));
    assert_eq!(paid_by(&app), ["d", "a", "c"]);
}

#[tokio::test(start_paused = true)]
async fn a_batch_costs_two_round_trips_and_a_replay_one() {
    let latency = Duration::from_millis(100);
    let peer = Peer::with_latency(latency);
    let app = app(&peer);
    let payments: Vec<(String, i64)> = (0..10).map(|index| (format!("p-{index}"), 1)).collect();
    let payments: Vec<(&str, i64)> = payments.iter().map(|(id, cents)| (id.as_str(), *cents)).collect();

    let start = Instant::now();
    app.invoke("charge", batch(&payments)).await.response();
    assert_eq!(start.elapsed(), 2 * latency);
    assert_eq!(peer.most_at_once(), 10);

    let start = Instant::now();
    app.invoke("charge", batch(&payments)).await.response();
    assert_eq!(start.elapsed(), latency);
    assert_eq!(paid_by(&app).len(), 10);
}

#[tokio::test]
async fn no_more_than_a_window_is_asked_for_ahead() {
    let peer = Peer::with_latency(Duration::from_millis(1));
    let app = app(&peer);
    let payments: Vec<Value> = (0..200).map(|index| json!({"id": index.to_string(), "cents": 1})).collect();
    app.invoke("charge", Batch::of(payments)).await.response();
    assert_eq!(paid_by(&app), (0..200).map(|index| index.to_string()).collect::<Vec<_>>(), "in their order");
    assert!((10..=64).contains(&peer.most_at_once()), "{}", peer.most_at_once());
}

#[tokio::test]
async fn of_two_equal_keys_in_a_batch_one_runs() {
    for handler in ["charge", "charge_beside"] {
        let peer = Peer::default();
        let app = app(&peer);
        let done = app.invoke(handler, batch(&[("a", 1), ("a", 1), ("b", 1), ("a", 1)])).await;
        assert_eq!(done.response(), json!({"batchItemFailures": []}), "{handler}");
        let mut paid = paid_by(&app);
        paid.sort_unstable();
        assert_eq!(paid, ["a", "b"], "{handler}");
        assert_eq!((peer.count("acquire"), peer.count("complete")), (2, 2), "{handler}");
    }
}

#[tokio::test]
async fn an_equal_key_behind_a_failed_one_has_its_own_attempt() {
    for handler in ["charge", "charge_beside"] {
        let peer = Peer::default();
        let app = app(&peer);
        let done = app.invoke(handler, batch(&[("a", -1), ("a", -1), ("a", 1)])).await;
        // Of `charge_beside`, the amounts are verified; a key that was given back remembers none.
        assert_eq!(done.failed(), ["message-0", "message-1"], "{handler}");
        assert_eq!(paid_by(&app), ["a"], "{handler}");
    }
}

#[tokio::test]
async fn an_equal_key_behind_a_panic_waits_for_the_lease() {
    let peer = Peer::default();
    let app = app(&peer);
    let done = app.invoke("charge", batch(&[("a", -2), ("a", 1)])).await;
    assert_eq!(done.failed(), ["message-0", "message-1"]);
    assert_eq!(done.outcome("message-1").failure().unwrap().error_type(), "IdempotencyInProgress");
    assert_eq!(paid_by(&app), Vec::<String>::new());
}

#[tokio::test]
async fn a_key_with_another_payload_is_refused() {
    let peer = Peer::default();
    let app = app(&peer);
    app.invoke("charge_beside", batch(&[("a", 1)])).await.response();
    let done = app.invoke("charge_beside", batch(&[("a", 1), ("a", 2)])).await;
    assert_eq!(done.failed(), ["message-1"]);
    assert_eq!(done.outcome("message-1").failure().unwrap().error_type(), "IdempotencyMismatch");
    assert_eq!(paid_by(&app), ["a"]);

    // Two in one batch, neither of them known.
    let done = app.invoke("charge_beside", batch(&[("b", 1), ("b", 2)])).await;
    assert_eq!(done.failed().len(), 1);
    assert_eq!(paid_by(&app), ["a", "b"]);
}

#[tokio::test(start_paused = true)]
async fn a_deadline_leaves_what_ran_and_gives_back_what_did_not_start() {
    let peer = Peer::with_latency(Duration::from_millis(10));
    let app = app(&peer);
    let payments = [("done", 1), ("cut", 2000), ("never", 1), ("started", 1)];
    let done = app.invoke("charge_in_time", batch(&payments)).remaining(Duration::from_secs(2)).await;
    assert_eq!(done.failed(), ["message-1", "message-2", "message-3"]);
    assert_eq!(done.outcome("message-1").failure().unwrap().kind(), FailureKind::DeadlineExceeded);
    let statuses: Vec<Status> = peer.memory().all().iter().map(|(_, record)| record.status).collect();
    assert_eq!(statuses.len(), 2, "the two that did not start are free");
    assert!(statuses.contains(&Status::Completed) && statuses.contains(&Status::InProgress));
    assert_eq!(peer.count("release"), 2);
}

#[tokio::test(start_paused = true)]
async fn what_stands_in_for_a_handler_past_the_line_completes_nothing() {
    let peer = Peer::default();
    let app = app(&peer);
    let done = app.invoke("charge_or_else", batch(&[("a", -3)])).remaining(Duration::from_secs(2)).await;
    assert_eq!(done.response(), json!({"batchItemFailures": []}));
    assert_eq!(peer.memory().all()[0].1.status, Status::InProgress, "nobody knows what the handler has done");
}

#[tokio::test]
async fn what_runs_without_a_key_waits_for_its_turn() {
    let peer = Peer::default();
    let app = app(&peer);
    let message = |id: &str, cents: i64| Message::json(&json!({"id": id, "cents": cents})).group("g");
    let batch = Batch::new().queue("q.fifo").message(message("a", -1)).message(message("", 1));
    let done = app.invoke("charge_nameless", batch).await;
    assert_eq!(done.failed(), ["message-0", "message-1"]);
    assert_eq!(paid_by(&app), ["a"]);
}

#[tokio::test]
async fn the_one_that_runs_is_the_one_that_is_verified() {
    let peer = Peer::default();
    let app = app(&peer);
    let message = |id: &str, cents: i64, group: &str| Message::json(&json!({"id": id, "cents": cents})).group(group);
    // The second asks for the key and never starts; the third has the same key.
    let messages = [message("x", -1, "g"), message("a", 1, "g"), message("a", 2, "h")];
    let batch = messages.into_iter().fold(Batch::new().queue("q.fifo"), Batch::message);
    let done = app.invoke("charge_verified", batch).await;
    assert_eq!(done.failed(), ["message-0", "message-1"]);
    let again = app.invoke("charge_verified", self::batch(&[("a", 2), ("a", 1)])).await;
    assert_eq!(again.failed(), ["message-1"]);
    assert_eq!(paid_by(&app), ["a"]);
}

#[tokio::test(start_paused = true)]
async fn a_lease_that_is_used_up_by_waiting_is_taken_anew() {
    let peer = Peer::default();
    let app = app(&peer);
    app.invoke("charge_slowly", batch(&[("a", 1), ("b", 1), ("c", 1)])).await.response();
    assert_eq!((peer.count("acquire"), peer.count("complete")), (5, 3), "the first was fresh");
    assert_eq!(paid_by(&app), ["a", "b", "c"]);
}

#[tokio::test]
async fn a_lease_ends_with_the_invocation() {
    let peer = Peer::default();
    let app = app(&peer);
    let before = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_millis();
    let left = Duration::from_secs(40);
    app.invoke("charge", batch(&[("a", -2)])).remaining(left).await;
    let (_, record) = peer.memory().all().remove(0);
    let lease = u128::from(record.in_progress_expiration.unwrap()) - before;
    assert!((39_000..=45_000).contains(&lease), "{lease}");
}

#[tokio::test]
async fn a_payload_that_does_not_decode_asks_nobody() {
    let peer = Peer::default();
    let app = app(&peer);
    let batch =
        Batch::new().message(Message::text("no payment")).message(Message::json(&json!({"id": "a", "cents": 1})));
    let done = app.invoke("charge", batch).await;
    assert_eq!(done.failed(), ["message-0"]);
    assert_eq!(peer.count("acquire"), 1);
}

#[tokio::test]
async fn behind_a_failure_in_a_group_nothing_is_held() {
    let peer = Peer::default();
    let app = app(&peer);
    let message = |id: &str, cents: i64| Message::json(&json!({"id": id, "cents": cents})).group("g");
    let batch = Batch::new().queue("q.fifo").message(message("a", -1)).message(message("b", 1));
    let done = app.invoke("charge", batch).await;
    assert_eq!(done.failed(), ["message-0", "message-1"]);
    assert_eq!(peer.memory().all(), Vec::new());
    assert_eq!(peer.count("release"), 2);
}

#[tokio::test]
async fn what_comes_again_behind_a_checkpoint_is_replayed() {
    use lambkin::testing::kinesis;

    let peer = Peer::default();
    let app = app(&peer);
    let event = |first: i64| kinesis::Batch::of([json!({"id": "a", "cents": first}), json!({"id": "b", "cents": 1})]);
    app.invoke("stream", event(1)).await.response();
    let again = app.invoke("stream", event(1)).await;
    assert_eq!(again.failed(), Vec::<&str>::new());
    assert_eq!(paid_by(&app), ["a", "b"]);
}
