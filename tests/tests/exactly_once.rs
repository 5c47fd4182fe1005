//! Hundreds of processes that are killed wherever they are, and their messages delivered again until all are acknowledged:
//! each payment has its one effect, and another only behind a process that died between its effect and its record.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test fails by panicking, and tells its figures on standard error"
)]

use std::collections::{BTreeMap, HashSet};
use std::path::Path;
use std::process::Stdio;
use std::sync::Mutex;
use std::time::{Duration, Instant, SystemTime};

use lambkin_e2e::binaries::debug;
use lambkin_e2e::sqs_texts;
use lambkin_peers::dynamodb::DynamoDb;
use lambkin_peers::redis::Redis;
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;
use tokio::process::Command;

const PAYMENTS: usize = 100;

/// Deliveries at the same time.
const AT_ONCE: usize = 4;

/// Of four deliveries so many end in a kill, until there were enough.
const KILLED_OF_FOUR: u64 = 3;
const KILLS: usize = 150;

/// The time that a process gets, and so the length of a lease.
const DEADLINE_MS: u64 = 1500;

/// After so long a message that was not acknowledged is delivered again.
const VISIBILITY: Duration = Duration::from_millis(200);

/// A xorshift generator: the same choices for a seed, on any machine.
struct Random(Mutex<u64>);

impl Random {
    fn below(&self, end: u64) -> u64 {
        let mut state = self.0.lock().unwrap();
        *state ^= *state << 13;
        *state ^= *state >> 7;
        *state ^= *state << 17;
        *state % end
    }
}

/// The queue: when each payment may be delivered next; gone once it is acknowledged.
struct Queue(Mutex<BTreeMap<String, Instant>>);

impl Queue {
    /// Some messages that may be delivered now. They stay: a queue delivers at least once.
    fn receive(&self, random: &Random) -> Vec<String> {
        let mut visible = self.0.lock().unwrap();
        let now = Instant::now();
        let mut some: Vec<String> = visible.iter().filter(|(_, at)| **at <= now).map(|(id, _)| id.clone()).collect();
        while some.len() > 3 {
            some.swap_remove(random.below(some.len() as u64) as usize);
        }
        for id in &some {
            // One of three is delivered twice at the same time.
            if random.below(3) > 0 {
                visible.insert(id.clone(), now + VISIBILITY);
            }
        }
        some
    }

    fn acknowledge<'i>(&self, ids: impl Iterator<Item = &'i String>) {
        let mut visible = self.0.lock().unwrap();
        for id in ids {
            visible.remove(id);
        }
    }

    fn is_empty(&self) -> bool {
        self.0.lock().unwrap().is_empty()
    }
}

#[derive(Default)]
struct Figures {
    deliveries: usize,
    killed: HashSet<u32>,
}

struct Payer<'t> {
    environment: Vec<(&'static str, String)>,
    random: &'t Random,
    queue: &'t Queue,
    figures: &'t Mutex<Figures>,
}

impl Payer<'_> {
    /// Delivers messages, one batch after the other, until all are acknowledged.
    async fn deliver(&self) {
        while !self.queue.is_empty() {
            let batch = self.queue.receive(self.random);
            if batch.is_empty() {
                // Until a message is visible again there is nothing to wait for but time.
                tokio::time::sleep(Duration::from_millis(10)).await;
                continue;
            }
            let bodies = batch.iter().map(|id| json!({"id": id, "ms": self.random.below(12)}).to_string());
            let bodies: Vec<String> = bodies.collect();
            let messages = batch.iter().map(String::as_str).zip(bodies.iter().map(String::as_str));
            if let Some(failed) = self.run(&sqs_texts(messages)).await {
                self.queue.acknowledge(batch.iter().filter(|id| !failed.contains(id)));
            }
        }
    }

    /// Runs a process on a batch: which messages it reported, or `None` if it was killed.
    async fn run(&self, event: &Value) -> Option<Vec<String>> {
        let mut command = Command::new(&debug().payer);
        command.args(["pay", "-", &format!("--deadline={DEADLINE_MS}ms")]).env_clear();
        command.envs(self.environment.iter().map(|(name, value)| (*name, value)));
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).kill_on_drop(true);
        let mut child = command.spawn().unwrap();
        let mut input = child.stdin.take().unwrap();
        input.write_all(event.to_string().as_bytes()).await.unwrap();
        drop(input);
        let id = child.id().unwrap();
        let is_doomed = {
            let mut figures = self.figures.lock().unwrap();
            figures.deliveries += 1;
            figures.killed.len() < KILLS && self.random.below(4) < KILLED_OF_FOUR
        };
        let life = if is_doomed { Duration::from_millis(self.random.below(70)) } else { Duration::from_secs(60) };
        // The moment of the kill is chosen by the seed, so this is a time, and no event.
        let output = tokio::select! {
            output = child.wait_with_output() => output.unwrap(),
            () = tokio::time::sleep(life) => {
                assert!(is_doomed, "a process that nobody killed did not end");
                // Dropped with its handle, by SIGKILL.
                self.figures.lock().unwrap().killed.insert(id);
                return None;
            }
        };
        let response: Value = serde_json::from_slice(&output.stdout).unwrap();
        let Some(failures) = response["batchItemFailures"].as_array() else {
            // The deadline ended it.
            assert_eq!(response["errorType"], "Sandbox.Timedout", "{response}");
            self.figures.lock().unwrap().killed.insert(id);
            return None;
        };
        Some(failures.iter().map(|failure| failure["itemIdentifier"].as_str().unwrap().to_owned()).collect())
    }
}

/// An effect, as the process noted it.
struct Effect {
    process: u32,
    at: u64,
    lease_end: u64,
}

fn effects(path: &Path) -> BTreeMap<String, Vec<Effect>> {
    let mut effects: BTreeMap<String, Vec<Effect>> = BTreeMap::new();
    for line in std::fs::read_to_string(path).unwrap().lines() {
        let words: Vec<&str> = line.split(' ').collect();
        let [process, payment, at, lease_end] = words[..] else { panic!("`{line}` is no effect") };
        let [at, lease_end] = [at, lease_end].map(|ms| ms.parse().unwrap());
        let effect = Effect { process: process.parse().unwrap(), at, lease_end };
        effects.entry(payment.to_owned()).or_default().push(effect);
    }
    effects
}

async fn every_payment_has_its_effect(store: &str, mut environment: Vec<(&'static str, String)>) {
    let seed = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_nanos() as u64 | 1;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("effects");
    environment.push(("PAYER_EFFECTS", path.to_str().unwrap().to_owned()));
    let now = Instant::now();
    let queue = Queue(Mutex::new((0..PAYMENTS).map(|payment| (format!("p-{payment}"), now)).collect()));
    let (random, figures) = (Random(Mutex::new(seed)), Mutex::new(Figures::default()));
    let payer = Payer { environment, random: &random, queue: &queue, figures: &figures };
    let payers = futures_util::future::join_all((0..AT_ONCE).map(|_| payer.deliver()));
    tokio::time::timeout(Duration::from_secs(240), payers)
        .await
        .unwrap_or_else(|_| panic!("seed {seed}: it never ends"));

    let Figures { deliveries, killed } = figures.into_inner().unwrap();
    let effects = effects(&path);
    let count: usize = effects.values().map(Vec::len).sum();
    eprintln!(
        "{store}, seed {seed}: {PAYMENTS} payments, {deliveries} processes, {} of them killed, {count} effects, {} of them \
         by processes that died before they could write it down",
        killed.len(),
        count - PAYMENTS
    );
    assert_eq!(effects.len(), PAYMENTS, "seed {seed}: a payment was acknowledged without its effect");
    for (payment, effects) in &effects {
        for pair in effects.windows(2) {
            let [first, second] = pair else { panic!() };
            assert!(
                killed.contains(&first.process),
                "seed {seed}: {payment} had its effect by process {}, which lived, and again by {}",
                first.process,
                second.process
            );
            assert!(
                second.at >= first.lease_end,
                "seed {seed}: {payment} had a second effect {} ms before the lease of the first ended",
                first.lease_end.saturating_sub(second.at)
            );
        }
    }
}

#[tokio::test]
async fn on_dynamodb() {
    let peer = DynamoDb::start().table("payments", None);
    let mut environment = peer.environment().to_vec();
    environment.push(("LAMBKIN_IDEMPOTENCY", "dynamodb://payments".to_owned()));
    every_payment_has_its_effect("DynamoDB", environment).await;
}

#[tokio::test]
async fn on_redis() {
    let peer = Redis::start();
    every_payment_has_its_effect("Redis", vec![("LAMBKIN_IDEMPOTENCY", peer.url())]).await;
}

#[tokio::test]
async fn on_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("file:{}", folder.path().join("records.sqlite").display());
    every_payment_has_its_effect("a file", vec![("LAMBKIN_IDEMPOTENCY", url)]).await;
}
