//! `#[idempotent]` on a handler: from a record's key to a run of the function, or to its earlier result.

use std::future::{Future, poll_fn};
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use futures_util::future::BoxFuture;
use tokio::time::{Instant, timeout_at};

use super::cache::Cache;
use super::cipher::{AnyCipher, Cipher};
use super::key::Key;
use super::options::Options;
use super::outcome::Who;
use super::patience::Patience;
use super::protocol::Claim;
use super::refused::Refused;
use super::result::Kept;
use super::run::{Asked, Backing, Decision, Run, too_late};
use super::session::Session;
use super::store::{Store, StoreError};
use crate::call::{Call, Closing};
use crate::error::Failure;
use crate::panic;

/// How many records ahead of the one that runs are asked for: enough to hide the store's latency, and few enough not to
/// hold the keys of thousands.
pub const AHEAD: usize = 32;

/// What all runs of one handler share; kept for the rest of the process.
#[doc(hidden)]
pub struct Guarded {
    options: &'static Options,
    cache: Cache,
}

impl Guarded {
    /// Of these options, with a cache of so many results.
    pub fn keep(options: &'static Options, cache: usize) -> &'static Self {
        Box::leak(Box::new(Self { options, cache: Cache::new(cache) }))
    }

    /// With this store.
    pub fn with<S: Store + 'static>(&'static self, store: &'static S) -> Storing {
        let Self { options, cache } = self;
        Storing(Backing { options, cache, store, cipher: None })
    }
}

/// [`Guarded`], with a store.
#[doc(hidden)]
pub struct Storing(Backing<'static>);

impl Storing {
    /// With a cipher.
    pub fn sealed<C: Cipher + 'static>(self, cipher: &'static C) -> Self {
        let cipher: &'static dyn AnyCipher = cipher;
        Self(Backing { cipher: Some(cipher), ..self.0 })
    }

    /// Waits for the record's turn, with its key taken ahead of it, and tells what is to be done: run, or replay.
    ///
    /// # Errors
    /// Why the function must not run.
    pub async fn enter<A: Kept>(
        self,
        call: &Call<'_>,
        record: Option<&str>,
        key: Key,
        verify: Option<Key>,
    ) -> Result<Entered<A>, Refused> {
        match self.enter_any(call, record, key, verify).await? {
            Either::Run(held) => Ok(Entered::Run(held)),
            Either::Replay(run, data) => {
                let answer = A::replay(data.as_deref()).map_err(Refused::NoResult)?;
                run.note_replayed();
                Ok(Entered::Replay(answer))
            }
        }
    }

    /// Not generic: each type of results would hold a copy.
    async fn enter_any(
        self,
        call: &Call<'_>,
        record: Option<&str>,
        key: Key,
        verify: Option<Key>,
    ) -> Result<Either, Refused> {
        let Self(backing) = self;
        let options = backing.options;
        let Some(id) = key.id(options, call.cx.function_name(), call.cx.tenant_id()) else {
            if !options.runs_without_key {
                return Err(Refused::MissingKey);
            }
            its_turn().await;
            return Ok(Either::Run(Held(None)));
        };
        let validation = verify.map(|verify| verify.validation(options));
        let who = Who {
            handler: call.spec.name,
            request_id: Some(call.cx.request_id().to_owned()),
            record: record.map(str::to_owned),
            key: id,
        };
        let run = Arc::new(Run { backing, validation, who });
        let lease = || options.lease(call.cx.remaining(), call.spec.timeout.map(Duration::from_secs));
        let session = session(call);
        let mut remembered = run.remembered();
        if remembered.is_none() {
            session.ask_ahead(&run, lease());
        }
        its_turn().await;
        let mut patience = Patience::until(call.last_start());
        let decision = loop {
            let asked = match remembered.take() {
                Some(remembered) => remembered,
                None => in_time(call, session.turn(&run, lease)).await,
            };
            let asked = match asked {
                Asked::Yours(claim, since) if is_over(run.end_of_lease(&claim, since)) => {
                    session.release(Arc::clone(&run), claim);
                    too_late()
                }
                asked => asked,
            };
            // What it holds and does not run yet, the other run may be waiting for.
            let before_waiting = || session.release_idle();
            if let Some(decision) = run.decide(asked, &mut patience, before_waiting).await? {
                break decision;
            }
        };
        Ok(match decision {
            Decision::Replay(data) => Either::Replay(run, data),
            Decision::RunAlone => Either::Run(Held(None)),
            Decision::Run(claim, limit) => {
                Either::Run(Held(Some(Holding { session, run, claim, limit, is_known: false })))
            }
        })
    }
}

enum Either {
    Run(Held),
    Replay(Arc<Run<'static>>, Option<String>),
}

/// What is to be done about a record.
#[doc(hidden)]
pub enum Entered<A> {
    /// The function runs.
    Run(Held),
    /// It ran before: its result.
    Replay(A),
}

/// The first poll of a record's future ends here, ahead of its turn; the next one means that the turn has come.
async fn its_turn() {
    let mut is_ahead = true;
    poll_fn(|cx| match std::mem::replace(&mut is_ahead, false) {
        true => {
            cx.waker().wake_by_ref();
            Poll::Pending
        }
        false => Poll::Ready(()),
    })
    .await;
}

/// What there is to know about a key, in time for the response.
async fn in_time(call: &Call<'_>, turn: impl Future<Output = Asked>) -> Asked {
    let Some(end) = call.last_start() else { return turn.await };
    let late = || Asked::Unknown(StoreError::new("it has not answered before the time was over"));
    timeout_at(end, turn).await.unwrap_or_else(|_| late())
}

fn is_over(end: Option<Instant>) -> bool {
    end.is_some_and(|end| Instant::now() >= end)
}

/// The keys of this invocation.
fn session(call: &Call<'_>) -> Arc<Session> {
    call.closing(|| Arc::new(Session::default())).session()
}

impl Closing for Session {
    fn session(self: Arc<Self>) -> Arc<Session> {
        self
    }

    fn close<'c>(self: Arc<Self>, call: &'c Call<'c>) -> BoxFuture<'c, ()> {
        Box::pin(self.finish(call.spec.name, call.closing_end()))
    }
}

/// A key that a run of the function holds; none, where it runs without.
#[doc(hidden)]
#[must_use = "the key stays taken"]
pub struct Held(Option<Holding>);

struct Holding {
    session: Arc<Session>,
    run: Arc<Run<'static>>,
    claim: Claim,
    /// The end of a lease of its own: what runs longer would run beside another.
    limit: Option<Instant>,
    /// Whether the function ended by itself: after a panic or a deadline nobody knows what it has done.
    is_known: bool,
}

impl Drop for Held {
    fn drop(&mut self) {
        if let Some(Holding { session, run, .. }) = self.0.take() {
            session.abandon(run.id());
        }
    }
}

impl Held {
    /// Runs the function under the invocation's guard, and within an explicit lease.
    ///
    /// # Errors
    /// Those of the guard, and [`Refused::LeaseExceeded`].
    pub async fn run<F: Future>(&mut self, call: &Call<'_>, future: F) -> Result<F::Output, Failure> {
        let Some(Holding { limit, is_known, .. }) = &mut self.0 else { return call.guard(future).await };
        let mut has_started = false;
        let started = &mut has_started;
        let future = async move {
            *started = true;
            future.await
        };
        let returned = match *limit {
            Some(limit) => match timeout_at(limit, call.guard(future)).await {
                Ok(returned) => returned,
                Err(_) => Err(Refused::LeaseExceeded.into()),
            },
            None => call.guard(future).await,
        };
        *is_known = returned.is_ok();
        // The line came first, and nothing is unknown about what never ran.
        if !has_started && let Some(Holding { session, run, claim, .. }) = self.0.take() {
            session.release(run, claim);
        }
        returned
    }

    fn take_known(&mut self) -> Option<Holding> {
        self.0.take_if(|holding| holding.is_known)
    }

    /// An error gives the key back.
    ///
    /// # Errors
    /// The function's.
    pub fn passed<T>(&mut self, settled: Result<T, Failure>) -> Result<T, Failure> {
        if settled.is_err()
            && let Some(Holding { session, run, claim, .. }) = self.take_known()
        {
            session.release(run, claim);
        }
        settled
    }

    /// The function's result completes the key; also one that can't be told, because its effect has been.
    ///
    /// # Errors
    /// If the answer is none.
    pub fn keep<A: Kept>(mut self, answer: impl FnOnce() -> Result<A, Failure>) -> Result<A, Failure> {
        // A result's own code may panic while it is serialised.
        let answer = panic::catch_now(answer).and_then(|answer| answer);
        if let Some(Holding { session, run, claim, .. }) = self.take_known() {
            session.complete(run, claim, answer.as_ref().ok().and_then(Kept::keep));
        }
        answer
    }
}
