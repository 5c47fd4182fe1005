//! What goes wrong between an effect and its record.

use std::sync::Mutex;
use std::time::Duration;

use lambkin::idempotency::{Acquired, Claim, Record, Status, Store, StoreError, counts};
use lambkin::prelude::*;
use lambkin::testing::TestApp;
use lambkin::testing::sqs::Batch;
use serde_json::json;

use crate::peer::Peer;

#[derive(Default)]
struct Paid(Mutex<Vec<u32>>);

#[init]
async fn paid() -> Result<Paid, Error> {
    Ok(Paid::default())
}

#[init]
async fn peer() -> Result<Peer, Error> {
    Ok(Peer::default())
}

/// A store that panics.
struct Broken;

impl Store for Broken {
    async fn acquire(&self, _: &str, _: &Claim) -> Result<Acquired, StoreError> {
        panic!("broken")
    }

    async fn complete(&self, _: &str, _: &Record) -> Result<bool, StoreError> {
        panic!("broken")
    }

    async fn release(&self, _: &str, _: &str) -> Result<bool, StoreError> {
        panic!("broken")
    }
}

#[init]
async fn broken() -> Result<Broken, Error> {
    Ok(Broken)
}

#[handler(sqs, all_failed = "report")]
#[idempotent(key = id, store = peer)]
async fn pay(id: u32, paid: &Paid, peer: &Peer) -> Result<(), Error> {
    paid.0.lock().unwrap().push(id);
    match id {
        // Another one takes the key while this one runs.
        40 => {
            let (key, mut record) = peer.memory().all().remove(0);
            record.owner = Some("another".to_owned());
            peer.memory().put(&key, record);
            Ok(())
        }
        // The record vanishes.
        41 => {
            let (key, record) = peer.memory().all().remove(0);
            assert_eq!(peer.memory().release(&key, &record.owner.unwrap()).await.ok(), Some(true));
            Ok(())
        }
        50 => Err(Error::msg("declined")),
        _ => Ok(()),
    }
}

#[handler(sqs, all_failed = "report")]
#[deadline(margin = "2s")]
#[idempotent(key = id, store = peer)]
async fn pay_in_time(id: u32, paid: &Paid, peer: &Peer) {
    paid.0.lock().unwrap().push(id);
    if id == 60 {
        peer.fall_silent();
    }
}

#[handler(sqs, all_failed = "report")]
#[idempotent(key = id, store = broken)]
async fn pay_nobody(id: u32, paid: &Paid) {
    paid.0.lock().unwrap().push(id);
}

lambkin::app! { init: [paid, peer, broken], handlers: [pay, pay_in_time, pay_nobody] }

fn app(peer: &Peer) -> TestApp<App> {
    TestApp::<App>::new().with(peer.clone())
}

fn paid_by(app: &TestApp<App>) -> Vec<u32> {
    app.get::<Paid>().unwrap().0.lock().unwrap().clone()
}

#[tokio::test(start_paused = true)]
async fn a_completion_is_tried_again() {
    let peer = Peer::default();
    let app = app(&peer);
    peer.fail("complete", 3);
    app.invoke("pay", Batch::of([1])).await.response();
    assert_eq!((peer.count("complete"), peer.memory().all()[0].1.status), (4, Status::Completed));
}

#[tokio::test(start_paused = true)]
async fn an_effect_that_cannot_be_written_down_is_not_brought_back() {
    let peer = Peer::default();
    let app = app(&peer);
    peer.fail("complete", 100);
    let before = counts().store_error;
    let done = app.invoke("pay", Batch::of([1])).await;
    // The payment is made: reported as failed, the message would come again and make another.
    assert_eq!(done.response(), json!({"batchItemFailures": []}));
    assert!(counts().store_error > before);
    assert_eq!(peer.memory().all()[0].1.status, Status::InProgress);
    let again = app.invoke("pay", Batch::of([1])).await;
    assert_eq!(again.failed(), ["message-0"], "not before the lease has run out");
    assert_eq!(paid_by(&app), [1]);
}

#[tokio::test]
async fn who_lost_its_lease_overwrites_nobody() {
    let peer = Peer::default();
    let app = app(&peer);
    let before = counts().lease_lost;
    app.invoke("pay", Batch::of([40])).await.response();
    assert!(counts().lease_lost > before);
    let (_, record) = peer.memory().all().remove(0);
    assert_eq!((record.owner.as_deref(), record.status), (Some("another"), Status::InProgress));
}

#[tokio::test]
async fn an_effect_is_remembered_although_its_claim_has_vanished() {
    let peer = Peer::default();
    let app = app(&peer);
    for _ in 0..2 {
        app.invoke("pay", Batch::of([41])).await.response();
    }
    assert_eq!(paid_by(&app), [41]);
}

#[tokio::test]
async fn a_key_that_cannot_be_given_back_waits_for_its_lease() {
    let peer = Peer::default();
    let app = app(&peer);
    peer.fail("release", 1);
    for _ in 0..2 {
        assert_eq!(app.invoke("pay", Batch::of([50])).await.failed(), ["message-0"]);
    }
    assert_eq!(paid_by(&app), [50]);
}

#[tokio::test(start_paused = true)]
async fn a_store_that_does_not_answer_does_not_cost_the_response() {
    let silent = Peer::with_latency(Duration::from_secs(3600));
    let app = app(&silent);
    let start = tokio::time::Instant::now();
    for handler in ["pay", "pay_in_time"] {
        let done = app.invoke(handler, Batch::of([1, 2])).remaining(Duration::from_secs(5)).await;
        assert_eq!(done.failed(), ["message-0", "message-1"]);
        assert_eq!(done.outcome("message-0").failure().unwrap().error_type(), "IdempotencyStoreError");
    }
    assert!(start.elapsed() < Duration::from_secs(10), "each in time for its response");
    assert_eq!(paid_by(&app), Vec::<u32>::new());
}

#[tokio::test(start_paused = true)]
async fn a_completion_without_an_answer_does_not_cost_the_response() {
    let peer = Peer::default();
    let app = app(&peer);
    let done = app.invoke("pay_in_time", Batch::of([60])).remaining(Duration::from_secs(5)).await;
    assert_eq!(done.response(), json!({"batchItemFailures": []}));
}

#[tokio::test]
async fn a_store_that_panics_is_out_of_reach() {
    let app = TestApp::<App>::new();
    let done = app.invoke("pay_nobody", Batch::of([1, 2])).await;
    assert_eq!(done.failed(), ["message-0", "message-1"]);
    let failure = done.outcome("message-0").failure().unwrap();
    assert!(failure.message().contains("broken"), "{failure}");
    assert_eq!(paid_by(&app), Vec::<u32>::new());
}

#[tokio::test]
async fn outcomes_are_counted() {
    let peer = Peer::default();
    let app = app(&peer);
    let before = counts();
    for _ in 0..2 {
        app.invoke("pay", Batch::of([1])).await.response();
    }
    let after = counts();
    assert!(after.ran > before.ran && after.replayed > before.replayed);
}
