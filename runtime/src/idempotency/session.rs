//! The keys of one invocation.
//!
//! Each key is asked for at the store once, ahead of its record's turn, by a task of its own; what the store is told
//! afterwards runs beside the next records, too. So a batch pays for the latency of two round trips, however many
//! records it has. Of two records with one key, one runs and the other waits for it.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout_at};

use super::protocol::Claim;
use super::record::{Record, Status};
use super::run::{Asked, Run};
use super::store::StoreError;
use crate::telemetry::incident::Incident;

/// What is known about a key.
enum State {
    /// A task is about to find out, or to tell the store.
    Busy,
    /// The key is taken, and no record has started yet.
    Ours { claim: Claim, since: Instant, run: Arc<Run<'static>> },
    /// The store's answer, for the first to look at it.
    Answered(Result<Record, StoreError>),
    /// A record runs.
    Running,
    /// A record ran in this invocation.
    Done(Record),
}

#[derive(Default)]
pub(crate) struct Session {
    states: Mutex<HashMap<String, State>>,
    changed: Notify,
    tasks: Mutex<Vec<JoinHandle<()>>>,
}

impl Session {
    fn states(&self) -> MutexGuard<'_, HashMap<String, State>> {
        self.states.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sets what is known; `None` for nothing.
    fn set(&self, id: &str, state: Option<State>) {
        match state {
            Some(state) => self.states().insert(id.to_owned(), state),
            None => self.states().remove(id),
        };
        self.changed.notify_waiters();
    }

    fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        #[cfg(feature = "metrics")]
        let task = crate::telemetry::metrics::carried(task);
        let task = tokio::spawn(task);
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner).push(task);
    }

    fn ask(self: &Arc<Self>, run: &Arc<Run<'static>>, owner: Option<String>, lease: Duration) {
        let (session, run) = (Arc::clone(self), Arc::clone(run));
        self.spawn(async move {
            let state = match run.ask(owner, lease).await {
                Asked::Yours(claim, since) => State::Ours { claim, since, run: Arc::clone(&run) },
                Asked::Taken(record) => State::Answered(Ok(record)),
                Asked::Unknown(error) => State::Answered(Err(error)),
            };
            session.set(run.id(), Some(state));
        });
    }

    /// Asks for the key, unless somebody has.
    pub(crate) fn ask_ahead(self: &Arc<Self>, run: &Arc<Run<'static>>, lease: Duration) {
        if let Entry::Vacant(vacant) = self.states().entry(run.id().to_owned()) {
            vacant.insert(State::Busy);
        } else {
            return;
        }
        self.ask(run, None, lease);
    }

    /// Waits for what there is to know about the key. Called when the record's turn has come: whoever gets
    /// [`Asked::Yours`] is running.
    pub(crate) async fn turn(self: &Arc<Self>, run: &Arc<Run<'static>>, lease: impl Fn() -> Duration) -> Asked {
        let mut is_fresh = false;
        loop {
            let mut changed = pin!(self.changed.notified());
            // From here on no change is missed.
            changed.as_mut().enable();
            match self.look(run, is_fresh) {
                Look::Turn(asked) => return asked,
                Look::Ask(owner) => {
                    is_fresh = true;
                    self.ask(run, owner, lease());
                }
                Look::Wait => {}
            }
            changed.await;
        }
    }

    /// What was asked for in this very turn is as fresh as the store's latency lets it be.
    fn look(&self, run: &Run<'static>, is_fresh: bool) -> Look {
        let mut states = self.states();
        let Some(state) = states.get_mut(run.id()) else {
            states.insert(run.id().to_owned(), State::Busy);
            return Look::Ask(None);
        };
        match state {
            State::Busy | State::Running => Look::Wait,
            State::Done(record) => Look::Turn(Asked::Taken(record.clone())),
            State::Ours { claim, since, .. } => {
                // A lease of its own that is used up by waiting for the turn is taken anew.
                let lease = run.backing.options.lease_ms.map(Duration::from_millis);
                if !is_fresh && lease.is_some_and(|lease| since.elapsed() > lease / 8) {
                    let owner = claim.record.owner.clone();
                    *state = State::Busy;
                    return Look::Ask(owner);
                }
                let asked = Asked::Yours(claim.clone(), *since);
                *state = State::Running;
                Look::Turn(asked)
            }
            State::Answered(Ok(record)) if record.status == Status::Completed => {
                Look::Turn(Asked::Taken(record.clone()))
            }
            State::Answered(_) => match states.remove(run.id()) {
                Some(State::Answered(Ok(record))) => Look::Turn(Asked::Taken(record)),
                Some(State::Answered(Err(error))) => Look::Turn(Asked::Unknown(error)),
                _ => Look::Wait,
            },
        }
    }

    /// Tells the store that the function succeeded.
    pub(crate) fn complete(self: &Arc<Self>, run: Arc<Run<'static>>, claim: Claim, data: Option<String>) {
        let session = Arc::clone(self);
        self.set(run.id(), Some(State::Busy));
        self.spawn(async move {
            let done = run.complete(&claim, data).await;
            session.set(run.id(), Some(State::Done(done)));
        });
    }

    /// Tells the store that the function failed, or never ran.
    pub(crate) fn release(self: &Arc<Self>, run: Arc<Run<'static>>, claim: Claim) {
        let session = Arc::clone(self);
        self.set(run.id(), Some(State::Busy));
        self.spawn(async move {
            run.release(&claim).await;
            session.set(run.id(), None);
        });
    }

    /// Leaves the key as it is: whether the function had its effect is unknown.
    pub(crate) fn abandon(&self, id: &str) {
        self.set(id, None);
    }

    /// Gives back what was taken and has not started.
    pub(crate) fn release_idle(self: &Arc<Self>) {
        let idle: Vec<_> = {
            let states = self.states();
            let run = |state: &State| match state {
                State::Ours { run, claim, .. } => Some((Arc::clone(run), claim.clone())),
                _ => None,
            };
            states.values().filter_map(run).collect()
        };
        for (run, claim) in idle {
            self.release(run, claim);
        }
    }

    /// Gives back what was taken and never started, and waits until the store knows all; at most until `end`.
    pub(crate) async fn finish(self: Arc<Self>, handler: &'static str, end: Instant) {
        loop {
            // Before the wait: what is not answered must not keep what is known from being given back.
            self.release_idle();
            let tasks = std::mem::take(&mut *self.tasks.lock().unwrap_or_else(PoisonError::into_inner));
            if tasks.is_empty() {
                return;
            }
            for task in tasks {
                if timeout_at(end, task).await.is_err() {
                    let message = format_args!(
                        "the idempotency store has not answered in time: keys stay taken until their leases end"
                    );
                    Incident::of("IdempotencyStoreError").of_handler(handler).error(message);
                    return;
                }
            }
        }
    }
}

/// What there is to do about a key.
enum Look {
    Turn(Asked),
    /// With the owner, if the key is taken already.
    Ask(Option<String>),
    Wait,
}
