//! Runs a handler over the records of one batch, in the order that their source promises.

use std::sync::{Mutex, MutexGuard, PoisonError};

use futures_util::StreamExt;
use futures_util::future::BoxFuture;
use futures_util::stream::FuturesUnordered;
use tokio::time::timeout_at;

use crate::batch::Outcome;
use crate::batch::ahead::{Ahead, BeginAhead};
use crate::batch::order::{Order, Queue};
use crate::call::Call;
use crate::error::{Failure, FailureKind};
use crate::panic;
use crate::source::{BatchRecord, BatchSource, OnRecord};
use crate::telemetry::incident::Incident;

/// Runs every record that may run, at most `workers` at a time, and tells what became of each, in the
/// records' order.
pub(crate) async fn run<'r, 'e: 'r, S, H>(
    handler: &'r H,
    records: &'r [<S as BatchSource>::Record<'e>],
    order: Order,
    workers: usize,
    call: &'r Call<'r>,
) -> Vec<Outcome>
where
    S: BatchSource,
    H: OnRecord<S>,
{
    call.name_records(records.iter().map(BatchRecord::id));
    call.spans.name(call.spec.trigger.source, records);
    let workers = workers.clamp(1, order.lanes().max(1));
    let batch = Batch::<S, H> {
        handler,
        records,
        call,
        ahead: ahead::<S, H>(handler, records, call),
        progress: Mutex::new(Progress {
            queue: Queue::new(order, records.len()),
            outcomes: vec![Outcome::Unprocessed; records.len()],
        }),
    };
    if workers == 1 {
        batch.work().await;
    } else {
        let mut running: FuturesUnordered<_> = (0..workers).map(|_| batch.work()).collect();
        while running.next().await.is_some() {}
    }
    let Progress { queue, mut outcomes } = batch.progress.into_inner().unwrap_or_else(PoisonError::into_inner);
    // With records beside each other, some behind the checkpoint are done: they come again all the same.
    let is_acknowledged = |record: usize| outcomes.get(record).is_some_and(Outcome::is_acknowledged);
    for record in queue.order.held_back(is_acknowledged) {
        if let Some(outcome) = outcomes.get_mut(record) {
            *outcome = Outcome::Unprocessed;
        }
    }
    outcomes
}

/// What the pipeline of a record comes to.
type Attempted<S> = Result<<S as BatchSource>::Answer, Failure>;

/// What begins records ahead of their turn, for a handler that wants that.
fn ahead<'r, 'e: 'r, S, H>(
    handler: &'r H,
    records: &'r [<S as BatchSource>::Record<'e>],
    call: &'r Call<'r>,
) -> Option<Box<dyn BeginAhead<'r, Attempted<S>> + 'r>>
where
    S: BatchSource,
    H: OnRecord<S>,
{
    if H::AHEAD == 0 {
        return None;
    }
    let attempt = move |index: usize| -> BoxFuture<'r, Attempted<S>> {
        Box::pin(async move {
            match records.get(index) {
                Some(record) => call.attempt(index, handler.on(record, call)).await,
                None => Err(Failure::malformed("there is no such record")),
            }
        })
    };
    Some(Box::new(Ahead::new(H::AHEAD, records.len(), attempt)))
}

struct Batch<'r, 'e, S: BatchSource, H> {
    handler: &'r H,
    records: &'r [<S as BatchSource>::Record<'e>],
    call: &'r Call<'r>,
    ahead: Option<Box<dyn BeginAhead<'r, Attempted<S>> + 'r>>,
    progress: Mutex<Progress>,
}

struct Progress {
    queue: Queue,
    outcomes: Vec<Outcome>,
}

impl<'r, 'e: 'r, S, H> Batch<'r, 'e, S, H>
where
    S: BatchSource,
    H: OnRecord<S>,
{
    fn progress(&self) -> MutexGuard<'_, Progress> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes one record after the other until none is left.
    async fn work(&self) {
        let mut finished = None;
        loop {
            // What the time did not suffice for stays unprocessed, and is retried.
            if self.call.is_over() {
                return;
            }
            let next = self.progress().queue.next(finished);
            let Some((index, record)) = next.and_then(|index| Some((index, self.records.get(index)?))) else { return };
            let attempted = match &self.ahead {
                Some(ahead) => ahead.attempt(index).await,
                None => self.call.attempt(index, self.handler.on(record, self.call)).await,
            };
            let outcome = match attempted {
                Ok(answer) => {
                    S::keep(record, answer);
                    Outcome::Done
                }
                Err(failure) => {
                    S::forget(record);
                    self.judge(index, record, failure).await
                }
            };
            self.call.spans.end(index);
            finished = Some((index, outcome.is_acknowledged()));
            if let Some(slot) = self.progress().outcomes.get_mut(index) {
                *slot = outcome;
            }
        }
    }

    /// Retried or discarded, and shown to the hook on its last attempt.
    async fn judge(&self, index: usize, record: &'r <S as BatchSource>::Record<'e>, failure: Failure) -> Outcome {
        let outcome = self.call.spans.within(index, || judge(self.call, record.id(), failure));
        let Outcome::Failed(failure) = outcome else { return outcome };
        let is_last = match (self.call.spec.policy.max_receive_count, record.receive_count()) {
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

/// Whether a record that failed in this way is acknowledged.
pub(crate) fn is_discarded(call: &Call<'_>, failure: &Failure) -> bool {
    match failure.kind() {
        FailureKind::Permanent => true,
        FailureKind::Malformed => call.spec.policy.discard_malformed,
        _ => false,
    }
}

/// What a failure means for its record, logged: one line with its identifier and what went wrong, never its
/// payload.
pub(crate) fn judge(call: &Call<'_>, id: &str, failure: Failure) -> Outcome {
    let incident = Incident::failure(&failure).by(call.spec.name, &call.cx).record(Some(id));
    if is_discarded(call, &failure) {
        incident.warn(format_args!("discarded: {}", failure.message()));
        Outcome::Discarded(failure)
    } else {
        incident.error(format_args!("failed: {}", failure.message()));
        Outcome::Failed(failure)
    }
}

/// Runs the user's hook, within what is left of the time.
async fn last_attempt(call: &Call<'_>, id: &str, hook: BoxFuture<'_, ()>) {
    // The guard is around the limit too: a hook that is cancelled drops what it holds.
    let limited = panic::catch(async {
        match call.margin_end().or(call.cx.deadline()) {
            Some(end) => timeout_at(end, hook).await.is_ok(),
            None => {
                hook.await;
                true
            }
        }
    });
    let failure = match limited.await {
        Ok(true) => return,
        Ok(false) => Failure::new(FailureKind::DeadlineExceeded, "DeadlineExceeded", "the time was over"),
        Err(panic) => panic,
    };
    let incident = Incident::failure(&failure).by(call.spec.name, &call.cx).record(Some(id));
    incident.error(format_args!("`on_last_attempt` failed: {}", failure.message()));
}
