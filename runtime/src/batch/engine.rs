//! Runs a handler over the records of one batch.
//!
//! Records stand in lanes. Lanes run side by side, up to the handler's concurrency; within a lane one
//! record follows the other, and a failure ends the lane. That covers each source: a standard queue has
//! a lane per record, a FIFO queue one per message group.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use futures_util::StreamExt;
use futures_util::future::BoxFuture;
use futures_util::stream::FuturesUnordered;
use tokio::time::timeout_at;

use crate::batch::Outcome;
use crate::call::Call;
use crate::error::{Failure, FailureKind};
use crate::panic;
use crate::source::{OnRecord, Source};
use crate::telemetry::incident::Incident;

/// A record that the engine can name.
pub(crate) trait BatchRecord {
    /// The identifier that the source's response uses.
    fn id(&self) -> &str;

    /// How often the record was delivered, this time included, where the source counts.
    fn receive_count(&self) -> Option<u64>;
}

/// Which records wait for which.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Lanes {
    /// Each record is on its own.
    Single(usize),
    /// Indices of records, in order, a list per lane.
    Ordered(Vec<Vec<usize>>),
}

impl Lanes {
    /// A lane per key, in the order of the keys' first records; a record without a key has its own.
    pub(crate) fn by_key<K: Eq + Hash>(keys: impl Iterator<Item = Option<K>>) -> Self {
        let mut lanes: Vec<Vec<usize>> = Vec::new();
        let mut lane_of_key = HashMap::new();
        for (record, key) in keys.enumerate() {
            let lane = match key {
                Some(key) => *lane_of_key.entry(key).or_insert(lanes.len()),
                None => lanes.len(),
            };
            match lanes.get_mut(lane) {
                Some(lane) => lane.push(record),
                None => lanes.push(vec![record]),
            }
        }
        Self::Ordered(lanes)
    }

    fn len(&self) -> usize {
        match self {
            Self::Single(records) => *records,
            Self::Ordered(lanes) => lanes.len(),
        }
    }
}

/// Runs every record that may run, and tells what became of each, in the records' order.
pub(crate) async fn run<'r, S, H>(
    handler: &'r H,
    records: &'r [S::Record<'r>],
    lanes: Lanes,
    call: &'r Call<'r>,
) -> Vec<Outcome>
where
    S: Source,
    S::Record<'r>: BatchRecord,
    H: OnRecord<S>,
{
    call.name_records(records.iter().map(BatchRecord::id));
    let workers = call.spec.concurrency.clamp(1, lanes.len().max(1));
    let batch = Batch::<S, H> {
        handler,
        records,
        lanes: &lanes,
        call,
        next_lane: AtomicUsize::new(0),
        outcomes: Mutex::new(vec![Outcome::Unprocessed; records.len()]),
    };
    if workers == 1 {
        batch.work().await;
    } else {
        let mut running: FuturesUnordered<_> = (0..workers).map(|_| batch.work()).collect();
        while running.next().await.is_some() {}
    }
    batch.outcomes.into_inner().unwrap_or_else(PoisonError::into_inner)
}

struct Batch<'b, 'r, S: Source, H> {
    handler: &'r H,
    records: &'r [S::Record<'r>],
    lanes: &'b Lanes,
    call: &'r Call<'r>,
    next_lane: AtomicUsize,
    outcomes: Mutex<Vec<Outcome>>,
}

impl<'r, S, H> Batch<'_, 'r, S, H>
where
    S: Source,
    S::Record<'r>: BatchRecord,
    H: OnRecord<S>,
{
    /// Takes one lane after the other until none is left.
    async fn work(&self) {
        loop {
            let lane = self.next_lane.fetch_add(1, Ordering::Relaxed);
            match self.lanes {
                Lanes::Single(records) if lane < *records => {
                    self.settle(lane).await;
                }
                Lanes::Ordered(lanes) => {
                    let Some(lane) = lanes.get(lane) else { return };
                    for &record in lane {
                        if !self.settle(record).await {
                            break;
                        }
                    }
                }
                Lanes::Single(_) => return,
            }
        }
    }

    /// Runs one record and writes down its outcome; whether the next one in its lane may run.
    async fn settle(&self, index: usize) -> bool {
        let Some(record) = self.records.get(index) else { return false };
        // What the time did not suffice for stays unprocessed, and is retried.
        if self.call.is_over() {
            return false;
        }
        let outcome = match self.call.attempt(index, self.handler.on(record, self.call)).await {
            Ok(_) => Outcome::Done,
            Err(failure) => self.judge(record, failure).await,
        };
        let acknowledged = outcome.is_acknowledged();
        let mut outcomes = self.outcomes.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(slot) = outcomes.get_mut(index) {
            *slot = outcome;
        }
        acknowledged
    }

    /// Retried or discarded; logged either way, and shown to the hook on its last attempt.
    async fn judge(&self, record: &'r S::Record<'r>, failure: Failure) -> Outcome {
        let policy = &self.call.spec.policy;
        let discard = match failure.kind() {
            FailureKind::Permanent => true,
            FailureKind::Malformed => policy.discard_malformed,
            _ => false,
        };
        // One line per failed record: its identifier and what went wrong, never its payload.
        let incident = Incident::failure(&failure).by(self.call.spec.name, &self.call.cx).record(Some(record.id()));
        if discard {
            incident.warn(format_args!("discarded: {}", failure.message()));
            return Outcome::Discarded(failure);
        }
        incident.error(format_args!("failed: {}", failure.message()));
        let is_last = match (policy.max_receive_count, record.receive_count()) {
            (Some(max), Some(count)) => count >= max,
            _ => false,
        };
        if is_last && let Some(hook) = self.handler.on_last_attempt(record, &failure) {
            // Boxed, so that a handler without a hook links nothing of it.
            let hook: BoxFuture<'_, ()> = Box::pin(last_attempt(self.call, record.id(), hook));
            hook.await;
        }
        Outcome::Failed(failure)
    }
}

/// Runs the user's hook, within what is left of the time.
async fn last_attempt(call: &Call<'_>, id: &str, hook: BoxFuture<'_, ()>) {
    let hook = panic::catch(hook);
    let result = match call.margin_end().or(call.cx.deadline()) {
        Some(end) => timeout_at(end, hook).await.unwrap_or_else(|_| {
            Err(Failure::new(FailureKind::DeadlineExceeded, "DeadlineExceeded", "the time was over"))
        }),
        None => hook.await,
    };
    if let Err(failure) = result {
        let incident = Incident::failure(&failure).by(call.spec.name, &call.cx).record(Some(id));
        incident.error(format_args!("`on_last_attempt` failed: {}", failure.message()));
    }
}
