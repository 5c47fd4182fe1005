//! Stores, results and payloads at their worst, and batches that want each other's keys.

use std::future::Future;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use lambkin::idempotency::{Acquired, Claim, Memory, Record, Status, Store, StoreError};
use lambkin::prelude::*;
use lambkin::testing::TestApp;
use lambkin::testing::sqs::{Batch, Message};
use serde_json::json;
use tokio::time::{Instant, sleep, timeout};

use crate::peer::Peer;

#[derive(Default)]
struct Paid(Mutex<Vec<u32>>);

impl Paid {
    fn pay(&self, id: u32) {
        self.0.lock().unwrap().push(id);
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

/// Panics before there is anything to await.
struct Blunt;

#[allow(unreachable_code, reason = "the type of the future that never comes")]
impl Store for Blunt {
    fn acquire(&self, _: &str, _: &Claim) -> impl Future<Output = Result<Acquired, StoreError>> + Send {
        panic!("blunt");
        async { Ok(Acquired::Yours) }
    }

    fn complete(&self, _: &str, _: &Record) -> impl Future<Output = Result<bool, StoreError>> + Send {
        panic!("blunt");
        async { Ok(true) }
    }

    fn release(&self, _: &str, _: &str) -> impl Future<Output = Result<bool, StoreError>> + Send {
        panic!("blunt");
        async { Ok(true) }
    }
}

#[init]
async fn blunt() -> Result<Blunt, Error> {
    Ok(Blunt)
}

/// The first claim is answered after half a second, later ones at once.
#[derive(Default)]
struct SlowAtFirst {
    memory: Memory,
    asked: AtomicUsize,
}

impl Store for SlowAtFirst {
    async fn acquire(&self, id: &str, claim: &Claim) -> Result<Acquired, StoreError> {
        if self.asked.fetch_add(1, Ordering::SeqCst) == 0 {
            sleep(Duration::from_millis(500)).await;
        }
        self.memory.acquire(id, claim).await
    }

    async fn complete(&self, id: &str, done: &Record) -> Result<bool, StoreError> {
        self.memory.complete(id, done).await
    }

    async fn release(&self, id: &str, owner: &str) -> Result<bool, StoreError> {
        self.memory.release(id, owner).await
    }
}

#[init]
async fn slow_at_first() -> Result<SlowAtFirst, Error> {
    Ok(SlowAtFirst::default())
}

/// Never answers the first claim.
#[derive(Default)]
struct SilentAtFirst {
    memory: Memory,
    asked: AtomicUsize,
}

impl Store for SilentAtFirst {
    async fn acquire(&self, id: &str, claim: &Claim) -> Result<Acquired, StoreError> {
        if self.asked.fetch_add(1, Ordering::SeqCst) == 0 {
            return std::future::pending().await;
        }
        self.memory.acquire(id, claim).await
    }

    async fn complete(&self, id: &str, done: &Record) -> Result<bool, StoreError> {
        self.memory.complete(id, done).await
    }

    async fn release(&self, id: &str, owner: &str) -> Result<bool, StoreError> {
        self.memory.release(id, owner).await
    }
}

#[init]
async fn silent_at_first() -> Result<SilentAtFirst, Error> {
    Ok(SilentAtFirst::default())
}

/// Takes no result that it does not like.
#[derive(Default)]
struct Choosy(Memory);

impl Store for Choosy {
    async fn acquire(&self, id: &str, claim: &Claim) -> Result<Acquired, StoreError> {
        self.0.acquire(id, claim).await
    }

    async fn complete(&self, id: &str, done: &Record) -> Result<bool, StoreError> {
        if done.data.is_some() {
            return Err(StoreError::new("a number in it is out of range"));
        }
        self.0.complete(id, done).await
    }

    async fn release(&self, id: &str, owner: &str) -> Result<bool, StoreError> {
        self.0.release(id, owner).await
    }
}

#[init]
async fn choosy() -> Result<Choosy, Error> {
    Ok(Choosy::default())
}

/// Holds up the thread until the time is over.
#[derive(Default)]
struct Blocking(Memory);

impl Store for Blocking {
    async fn acquire(&self, id: &str, claim: &Claim) -> Result<Acquired, StoreError> {
        std::thread::sleep(Duration::from_millis(150));
        self.0.acquire(id, claim).await
    }

    async fn complete(&self, id: &str, done: &Record) -> Result<bool, StoreError> {
        self.0.complete(id, done).await
    }

    async fn release(&self, id: &str, owner: &str) -> Result<bool, StoreError> {
        self.0.release(id, owner).await
    }
}

#[init]
async fn blocking() -> Result<Blocking, Error> {
    Ok(Blocking::default())
}

/// A result that can't be written down.
#[derive(Debug, Deserialize)]
struct Unspeakable;

impl Serialize for Unspeakable {
    fn serialize<S: serde::Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
        panic!("speechless")
    }
}

/// Goes off when it is dropped.
#[derive(Deserialize)]
struct Grenade {
    id: u32,
}

impl Drop for Grenade {
    fn drop(&mut self) {
        assert!(self.id < 100, "bang");
    }
}

#[handler(sqs, all_failed = "report")]
#[idempotent(key = id, store = blunt)]
async fn bluntly(id: u32, paid: &Paid) {
    paid.pay(id);
}

#[handler(sqs, all_failed = "report")]
#[idempotent(key = id, store = peer, lease = "1s")]
async fn hastily(id: u32, paid: &Paid) {
    paid.pay(id);
}

#[handler(sqs, all_failed = "report")]
#[deadline(margin = "1s")]
#[idempotent(key = id, store = slow_at_first, in_progress = "wait")]
async fn patiently(id: u32, paid: &Paid) {
    paid.pay(id);
}

#[handler(sqs, all_failed = "report")]
#[deadline(margin = "1s")]
#[idempotent(key = id, store = silent_at_first)]
async fn silently(id: u32, paid: &Paid) {
    paid.pay(id);
}

#[handler(invoke)]
#[idempotent(key = id, store = choosy)]
async fn choosily(id: u32, paid: &Paid) -> f64 {
    paid.pay(id);
    1e300
}

#[handler(invoke)]
#[idempotent(key = id, store = peer)]
async fn unspeakably(id: u32, paid: &Paid) -> Unspeakable {
    paid.pay(id);
    Unspeakable
}

#[handler(sqs, all_failed = "report")]
#[idempotent(key = grenade.id, store = peer)]
async fn carefully(grenade: Grenade, paid: &Paid) -> Result<(), Error> {
    paid.pay(grenade.id);
    Err(Error::msg("declined"))
}

#[handler(sqs, all_failed = "report")]
#[deadline(margin = "1s")]
#[idempotent(key = id, store = blocking)]
async fn too_late(id: u32, paid: &Paid) {
    paid.pay(id);
}

/// A store for each tenant.
#[derive(Default)]
struct Tenants {
    first: Peer,
    second: Peer,
}

#[init]
async fn tenants() -> Result<Tenants, Error> {
    Ok(Tenants::default())
}

#[derive(Deserialize)]
struct OfTenant {
    id: u32,
    is_second: bool,
}

#[handler(invoke)]
#[idempotent(key = of.id, store = if of.is_second { &tenants.second } else { &tenants.first }, cache = 10)]
async fn by_tenant(of: OfTenant, tenants: &Tenants, paid: &Paid) {
    let _ = tenants;
    paid.pay(of.id);
}

lambkin::app! {
    init: [tenants, paid, peer, blunt, slow_at_first, silent_at_first, choosy, blocking],
    handlers: [bluntly, hastily, patiently, silently, choosily, unspeakably, carefully, too_late, together, by_tenant],
}

fn app(peer: &Peer) -> TestApp<App> {
    TestApp::<App>::new().with(peer.clone())
}

fn paid_by(app: &TestApp<App>) -> Vec<u32> {
    app.get::<Paid>().map(|paid| paid.0.lock().unwrap().clone()).unwrap_or_default()
}

#[tokio::test(start_paused = true)]
async fn a_store_that_panics_before_it_awaits_is_out_of_reach() {
    let app = TestApp::<App>::new();
    let invoked = async { app.invoke("bluntly", Batch::of([1, 1, 2])).await };
    let done = timeout(Duration::from_secs(3600), invoked).await.unwrap();
    assert_eq!(done.failed().len(), 3);
    assert_eq!(done.outcome("message-0").failure().unwrap().error_type(), "IdempotencyStoreError");
    assert_eq!(paid_by(&app), Vec::<u32>::new());
}

#[tokio::test(start_paused = true)]
async fn a_round_trip_of_a_fraction_of_the_lease_does_not_keep_from_running() {
    let peer = Peer::with_latency(Duration::from_millis(200));
    let app = app(&peer);
    let done = app.invoke("hastily", Batch::of([1, 2])).remaining(Duration::from_secs(60)).await;
    assert_eq!(done.failed(), Vec::<&str>::new());
    assert_eq!(paid_by(&app), [1, 2]);
}

#[tokio::test(start_paused = true)]
async fn nothing_runs_under_a_lease_that_is_over() {
    let peer = Peer::with_latency(Duration::from_millis(1100));
    let app = app(&peer);
    let done = app.invoke("hastily", Batch::of([1, 2])).remaining(Duration::from_secs(60)).await;
    assert_eq!(done.failed(), ["message-0", "message-1"]);
    assert_eq!(done.outcome("message-0").failure().unwrap().error_type(), "IdempotencyStoreError");
    assert_eq!(paid_by(&app), Vec::<u32>::new());
    assert_eq!(peer.memory().all(), Vec::new(), "what did not run is given back");
}

#[tokio::test(start_paused = true)]
async fn two_batches_that_want_each_others_keys_do_not_wait_for_each_other() {
    let app = TestApp::<App>::new();
    let start = Instant::now();
    let remaining = Duration::from_secs(60);
    // The first is told at once that it has 2, the second that it has 1: what each has is the other's next.
    let first = async { app.invoke("patiently", Batch::of([1, 2])).remaining(remaining).await };
    let second = async {
        sleep(Duration::from_millis(100)).await;
        app.invoke("patiently", Batch::of([2, 1])).remaining(remaining).await
    };
    let (first, second) = tokio::join!(first, second);
    assert_eq!((first.failed(), second.failed()), (Vec::new(), Vec::new()));
    let mut paid = paid_by(&app);
    paid.sort_unstable();
    assert_eq!(paid, [1, 2]);
    assert!(start.elapsed() < remaining / 2);
}

#[tokio::test(start_paused = true)]
async fn what_is_known_to_be_held_is_given_back_beside_what_is_not_answered() {
    let app = TestApp::<App>::new();
    let done = app.invoke("silently", Batch::of([1, 2, 3])).remaining(Duration::from_secs(10)).await;
    assert_eq!(done.failed(), ["message-0", "message-1", "message-2"]);
    assert_eq!(app.get::<SilentAtFirst>().unwrap().memory.all(), Vec::new());
    assert_eq!(paid_by(&app), Vec::<u32>::new());
}

#[tokio::test(start_paused = true)]
async fn an_effect_is_remembered_although_the_store_does_not_take_the_result() {
    let app = TestApp::<App>::new();
    assert_eq!(app.invoke("choosily", json!(1)).await.response(), json!(1e300));
    let again = app.invoke("choosily", json!(1)).await;
    assert_eq!(again.error().unwrap().error_type, "IdempotencyNoResult");
    assert_eq!(paid_by(&app), [1]);
}

#[tokio::test]
async fn an_effect_is_remembered_although_its_result_panics() {
    let peer = Peer::default();
    let app = app(&peer);
    let done = app.invoke("unspeakably", json!(1)).await;
    assert!(done.error().unwrap().error_message.contains("speechless"));
    assert_eq!(peer.memory().all()[0].1.status, Status::Completed);
    let again = app.invoke("unspeakably", json!(1)).await;
    assert_eq!(again.error().unwrap().error_type, "IdempotencyNoResult");
    assert_eq!(paid_by(&app), [1]);
}

#[tokio::test]
async fn a_destructor_of_what_did_not_start_costs_nobody_anything() {
    let peer = Peer::default();
    let app = app(&peer);
    let message = |id: u32| Message::json(&json!({"id": id})).group("g");
    let batch = [1, 100, 101].map(message).into_iter().fold(Batch::new().queue("q.fifo"), Batch::message);
    let done = app.invoke("carefully", batch).await;
    assert_eq!(done.failed(), ["message-0", "message-1", "message-2"]);
    assert_eq!(paid_by(&app), [1]);
    assert_eq!(peer.memory().all(), Vec::new());
}

#[tokio::test]
async fn a_key_that_comes_past_the_line_is_given_back() {
    let app = TestApp::<App>::new();
    let done = app.invoke("too_late", Batch::of([1])).remaining(Duration::from_millis(1100)).await;
    assert_eq!(done.failed(), ["message-0"]);
    assert_eq!(paid_by(&app), Vec::<u32>::new());
    assert_eq!(app.get::<Blocking>().unwrap().0.all(), Vec::new());
}

#[handler(sqs, concurrency = 4, all_failed = "report")]
#[idempotent(key = id, store = peer, in_progress = "wait")]
async fn together(id: u32, paid: &Paid) {
    tokio::task::yield_now().await;
    paid.pay(id);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn equal_keys_in_batches_at_the_same_time_have_one_effect() {
    for round in 0..6 {
        let peer = Peer::with_latency(Duration::from_millis(round % 3));
        let app = app(&peer);
        let ids = |first: u32| Batch::of((0..24).map(|index| (index * 7 + first) % 8));
        let invoked =
            (0..3).map(|first| app.invoke("together", ids(first)).remaining(Duration::from_secs(20)).into_future());
        for done in futures_util::future::join_all(invoked).await {
            assert_eq!(done.failed(), Vec::<&str>::new());
        }
        let mut paid = paid_by(&app);
        paid.sort_unstable();
        assert_eq!(paid, (0..8).collect::<Vec<_>>());
    }
}

#[idempotent(store = store, key = id, lease = "1s")]
async fn alone(store: &impl Store, id: u32, ran: &AtomicUsize) -> Result<u32, Error> {
    ran.fetch_add(1, Ordering::SeqCst);
    Ok(id)
}

#[idempotent(store = peer, key = id, lease = "1s")]
async fn alone_unspeakably(peer: &Peer, id: u32) -> Result<Unspeakable, Error> {
    let _ = id;
    Ok(Unspeakable)
}

#[tokio::test(start_paused = true)]
async fn no_function_runs_under_a_lease_that_is_over() {
    let peer = Peer::with_latency(Duration::from_millis(1100));
    let ran = AtomicUsize::new(0);
    let error = alone(&peer, 1, &ran).await.unwrap_err();
    assert!(error.to_string().contains("lease"), "{error}");
    assert_eq!(ran.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn a_functions_effect_is_remembered_although_its_result_panics() {
    let peer = Peer::default();
    alone_unspeakably(&peer, 1).await.unwrap();
    assert_eq!(peer.memory().all()[0].1.status, Status::Completed);
}

#[tokio::test]
async fn a_cache_holds_the_results_of_one_store() {
    let app = app(&Peer::default());
    for is_second in [false, true, false, true] {
        app.invoke("by_tenant", json!({"id": 1, "is_second": is_second})).await.response();
    }
    assert_eq!(paid_by(&app), [1, 1], "the other store knows nothing of it");
}
