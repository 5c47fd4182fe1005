//! Options: waiting, missing stores, what is kept, who encrypts it, what the manifest says.

use std::sync::Mutex;
use std::time::Duration;

use lambkin::idempotency::{Cipher, Memory, Record, Status};
use lambkin::prelude::*;
use lambkin::testing::TestApp;
use lambkin::testing::sqs::Batch;
use serde_json::json;

use crate::peer::Peer;

#[init]
async fn peer() -> Result<Peer, Error> {
    Ok(Peer::default())
}

/// Turns a text around, and binds it to its key; refuses what says so.
struct Mirror;

impl Cipher for Mirror {
    async fn seal(&self, id: &str, data: String) -> Result<String, Error> {
        if data.contains("unsealable") {
            return Err(Error::msg("no key"));
        }
        Ok(format!("{id}:{}", data.chars().rev().collect::<String>()))
    }

    async fn open(&self, id: &str, sealed: String) -> Result<String, Error> {
        let data = sealed.strip_prefix(&format!("{id}:")).ok_or_else(|| Error::msg("another record's"))?;
        Ok(data.chars().rev().collect())
    }
}

#[init]
async fn mirror() -> Result<Mirror, Error> {
    Ok(Mirror)
}

/// How often a handler ran.
#[derive(Default)]
struct Ran(Mutex<usize>);

impl Ran {
    fn again(&self) -> usize {
        let mut ran = self.0.lock().unwrap();
        *ran += 1;
        *ran
    }
}

#[init]
async fn ran() -> Result<Ran, Error> {
    Ok(Ran::default())
}

#[handler(invoke)]
#[idempotent(key = id, in_progress = "wait", store = peer)]
async fn patient(id: u32, ran: &Ran) -> usize {
    let _ = id;
    ran.again()
}

#[handler(invoke)]
#[deadline(margin = "1s")]
#[idempotent(key = id, in_progress = "wait", store = peer)]
async fn patient_in_time(id: u32, ran: &Ran) -> usize {
    let _ = id;
    ran.again()
}

#[handler(invoke)]
#[idempotent(key = id, on_store_error = "run", store = peer)]
async fn careless(id: u32, ran: &Ran) -> usize {
    let _ = id;
    ran.again()
}

#[handler(invoke)]
#[idempotent(key = id, store = peer)]
async fn careful(id: String, ran: &Ran) -> String {
    format!("{id}{}", ran.again())
}

#[handler(invoke)]
#[idempotent(key = id, store = peer, data = "key-only", expires = "1day", clock_skew = "2s")]
async fn silent(id: u32, ran: &Ran) -> usize {
    let _ = id;
    ran.again()
}

#[handler(invoke)]
#[idempotent(key = id, store = peer, cipher = mirror)]
async fn sealed(id: String, ran: &Ran) -> String {
    format!("{id}{}", ran.again())
}

#[handler(invoke)]
#[idempotent(key = id, store = peer, cache = 10, lease = "1s")]
async fn cached(id: u32, ran: &Ran, peer: &Peer) -> usize {
    let _ = peer;
    if id == 9 {
        std::future::pending::<()>().await;
    }
    ran.again()
}

#[handler(sqs)]
#[idempotent(key = natural, scope = "elsewhere/old-name")]
async fn renamed(body: RawBody<'_>) {
    let _ = body;
}

lambkin::app! {
    init: [peer, mirror, ran],
    handlers: [patient, patient_in_time, careless, careful, silent, sealed, cached, renamed],
}

fn app(peer: &Peer) -> TestApp<App> {
    TestApp::<App>::new().with(peer.clone())
}

fn now_ms() -> u64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    u64::try_from(now.as_millis()).unwrap()
}

/// What another process has left: it runs, for so long.
fn running(memory: &Memory, id: &str, lease: Duration) {
    let until = now_ms() + u64::try_from(lease.as_millis()).unwrap();
    let record = Record {
        status: Status::InProgress,
        expiration: until / 1000 + 3600,
        in_progress_expiration: Some(until),
        data: None,
        validation: None,
        owner: Some("another".to_owned()),
    };
    memory.put(id, record);
}

/// The identifier of the one record that a call of this handler makes.
async fn id_of(handler: &str, event: serde_json::Value) -> String {
    let peer = Peer::default();
    app(&peer).invoke(handler, event).await.response();
    peer.memory().all().remove(0).0
}

#[tokio::test]
async fn a_patient_one_waits_for_the_result() {
    let peer = Peer::default();
    let app = app(&peer);
    let id = id_of("patient", json!(1)).await;
    running(peer.memory(), &id, Duration::from_secs(60));
    let memory = peer.memory().clone();
    let waiting = app.invoke("patient", json!(1));
    let other = async {
        // It has asked once, and waits.
        while peer.count("acquire") == 0 {
            tokio::task::yield_now().await;
        }
        let mut done = memory.get(&id).unwrap();
        (done.status, done.data) = (Status::Completed, Some("77".to_owned()));
        memory.put(&id, done);
    };
    let (done, ()) = tokio::join!(async { waiting.await }, other);
    assert_eq!(done.response(), json!(77));
    assert!(peer.count("acquire") >= 2);
}

#[tokio::test]
async fn a_patient_one_takes_a_key_whose_lease_has_run_out() {
    let peer = Peer::default();
    let app = app(&peer);
    let id = id_of("patient", json!(1)).await;
    running(peer.memory(), &id, Duration::from_millis(100));
    assert_eq!(app.invoke("patient", json!(1)).await.response(), json!(1));
}

#[tokio::test(start_paused = true)]
async fn patience_ends_at_the_line() {
    let peer = Peer::default();
    let app = app(&peer);
    let id = id_of("patient_in_time", json!(1)).await;
    running(peer.memory(), &id, Duration::from_secs(3600));
    let start = tokio::time::Instant::now();
    let done = app.invoke("patient_in_time", json!(1)).remaining(Duration::from_secs(10)).await;
    assert_eq!(done.error().unwrap().error_type, "IdempotencyInProgress");
    assert!(start.elapsed() <= Duration::from_secs(9), "{:?}", start.elapsed());
}

#[tokio::test]
async fn a_lease_counts_as_over_only_after_the_clock_skew() {
    let peer = Peer::default();
    let app = app(&peer);
    let id = id_of("silent", json!(1)).await;
    let mut record = Record {
        status: Status::InProgress,
        expiration: now_ms() / 1000 + 3600,
        in_progress_expiration: Some(now_ms() - 1000),
        data: None,
        validation: None,
        owner: None,
    };
    peer.memory().put(&id, record.clone());
    let done = app.invoke("silent", json!(1)).await;
    assert_eq!(done.error().unwrap().error_type, "IdempotencyInProgress");
    record.in_progress_expiration = Some(now_ms() - 3000);
    peer.memory().put(&id, record);
    app.invoke("silent", json!(1)).await.response();
    let kept = peer.memory().get(&id).unwrap();
    let left = kept.expiration - now_ms() / 1000;
    assert!((86_390..=86_401).contains(&left), "{left}");
}

#[tokio::test]
async fn a_store_out_of_reach_fails_closed_unless_the_caller_says_so() {
    let peer = Peer::default();
    let app = app(&peer);
    peer.fail("acquire", 2);
    let done = app.invoke("careful", json!("a")).await;
    let error = done.error().unwrap();
    assert_eq!(error.error_type, "IdempotencyStoreError");
    assert!(error.error_message.ends_with("the idempotency store failed: no answer to acquire"), "{error}");
    assert_eq!(app.invoke("careless", json!(1)).await.response(), json!(1));
    assert_eq!(app.invoke("careful", json!("a")).await.response(), json!("a2"));
}

#[tokio::test]
async fn a_result_left_out_is_not_made_up() {
    let peer = Peer::default();
    let app = app(&peer);
    assert_eq!(app.invoke("silent", json!(1)).await.response(), json!(1));
    let again = app.invoke("silent", json!(1)).await;
    assert_eq!(again.error().unwrap().error_type, "IdempotencyNoResult");
    assert_eq!(app.get::<Ran>().unwrap().again(), 2, "it ran once before");
}

#[tokio::test]
async fn a_cipher_stands_between_a_result_and_the_store() {
    let peer = Peer::default();
    let app = app(&peer);
    for _ in 0..2 {
        assert_eq!(app.invoke("sealed", json!("secret")).await.response(), json!("secret1"));
    }
    let (id, record) = peer.memory().all().remove(0);
    assert_eq!(record.data, Some(json!(format!("{id}:\"1terces\"")).to_string()));

    // One that was put under another key.
    peer.memory().put(&id, Record { data: Some("x:1".to_owned()), ..record });
    let error = app.invoke("sealed", json!("secret")).await.error().cloned().unwrap();
    assert_eq!(error.error_type, "IdempotencyNoResult");
    assert!(error.error_message.contains("another record's"), "{error}");

    // What can't be encrypted is told once, and the function does not run again.
    assert_eq!(app.invoke("sealed", json!("unsealable")).await.response(), json!("unsealable2"));
    let again = app.invoke("sealed", json!("unsealable")).await;
    assert_eq!(again.error().unwrap().error_type, "IdempotencyNoResult");
}

#[tokio::test]
async fn a_result_too_large_for_the_store_is_told_and_the_effect_remembered() {
    let peer = Peer::with_max_data_bytes(10);
    let app = app(&peer);
    let long = json!("0123456789");
    assert_eq!(app.invoke("careful", long.clone()).await.response(), json!("01234567891"));
    let again = app.invoke("careful", long).await;
    assert_eq!(again.error().unwrap().error_type, "IdempotencyNoResult");
    assert_eq!(app.get::<Ran>().unwrap().again(), 2, "it ran once before");
}

#[tokio::test]
async fn a_cached_result_asks_nobody() {
    let peer = Peer::default();
    let app = app(&peer);
    for _ in 0..3 {
        assert_eq!(app.invoke("cached", json!(1)).await.response(), json!(1));
    }
    assert_eq!(peer.count("acquire"), 1);
}

#[tokio::test(start_paused = true)]
async fn what_takes_longer_than_its_own_lease_is_stopped() {
    let peer = Peer::default();
    let app = app(&peer);
    let done = app.invoke("cached", json!(9)).await;
    assert_eq!(done.error().unwrap().error_type, "IdempotencyLeaseExceeded");
    assert_eq!(peer.memory().all()[0].1.status, Status::InProgress);
}

#[tokio::test]
async fn a_scope_outlives_its_functions_name() {
    let app = TestApp::<App>::new();
    app.invoke("renamed", Batch::of([json!(1)])).await.response();
    assert!(app.idempotency().all()[0].0.starts_with("elsewhere/old-name#"));
}
