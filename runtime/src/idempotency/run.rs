//! One run of a function for a key: what it asks of the store, and what it tells it.

use std::time::{Duration, SystemTime};

use serde_json::Value;
use tokio::time::Instant;

use super::cache::Cache;
use super::cipher::AnyCipher;
use super::hash;
use super::options::Options;
use super::outcome::{Outcome, Who};
use super::patience::Patience;
use super::protocol::{Acquired, Claim};
use super::record::{Record, Status};
use super::refused::Refused;
use super::store::{Erased, StoreError};
use crate::panic;
use crate::telemetry::incident::Incident;

/// How often a completion is tried: after the effect, this is the write that must not get lost.
const COMPLETIONS: u32 = 4;

/// The wait before a completion is tried again the first time; it doubles.
const PAUSE: Duration = Duration::from_millis(50);

/// What a lease is worth that was over before its answer came: another run may have the key by now.
pub(crate) fn too_late() -> Asked {
    Asked::Unknown(StoreError::new("it answered only when the lease was over: make `lease` longer"))
}

/// What stands behind the keys of one function.
#[derive(Clone, Copy)]
pub(crate) struct Backing<'s> {
    pub(crate) options: &'static Options,
    pub(crate) cache: &'s Cache,
    pub(crate) store: &'s dyn Erased,
    pub(crate) cipher: Option<&'s dyn AnyCipher>,
}

/// What there is to know about a key.
pub(crate) enum Asked {
    /// The run has it; with when it was asked for.
    Yours(Claim, Instant),
    /// There is a record.
    Taken(Record),
    /// The store is out of reach.
    Unknown(StoreError),
}

/// What a run does about its key.
pub(crate) enum Decision {
    /// The function runs, and has the key; until then, if the lease is one of its own.
    Run(Claim, Option<Instant>),
    /// The function runs without it: the user wants it so.
    RunAlone,
    /// The function ran before: its result.
    Replay(Option<String>),
}

/// One run.
pub(crate) struct Run<'s> {
    pub(crate) backing: Backing<'s>,
    pub(crate) validation: Option<String>,
    pub(crate) who: Who,
}

impl Run<'_> {
    pub(crate) fn id(&self) -> &str {
        &self.who.key
    }

    /// The record of an earlier run that this process remembers.
    pub(crate) fn remembered(&self) -> Option<Asked> {
        self.backing.cache.get(self.backing.store, self.id(), now_ms() / 1000).map(Asked::Taken)
    }

    /// Asks for the key, for so long; anew, if it is the owner's already.
    pub(crate) async fn ask(&self, owner: Option<String>, lease: Duration) -> Asked {
        let asked = async {
            let owner = match owner {
                Some(owner) => owner,
                None => token()?,
            };
            let Options { expires_ms, clock_skew_ms, .. } = *self.backing.options;
            let (since, now) = (Instant::now(), now_ms());
            let lease_until = now.saturating_add(millis(lease));
            let claim = Claim::new(owner, now, lease_until, expires_ms, clock_skew_ms, self.validation.clone());
            match caught(async { self.backing.store.acquire(self.id(), &claim).await }).await? {
                Acquired::Yours => Ok(Asked::Yours(claim, since)),
                Acquired::Taken(record) => {
                    self.backing.cache.put(self.backing.store, self.id(), &record);
                    Ok(Asked::Taken(record))
                }
            }
        };
        asked.await.unwrap_or_else(Asked::Unknown)
    }

    /// When a lease of its own ends that was asked for at this instant: by whichever clock it ends first. `None` where the
    /// invocation's deadline ends it, and all that runs with it.
    pub(crate) fn end_of_lease(&self, claim: &Claim, since: Instant) -> Option<Instant> {
        let lease = Duration::from_millis(self.backing.options.lease_ms?);
        let left = left_until(claim.record.in_progress_expiration?);
        [since.checked_add(lease), Instant::now().checked_add(left)].into_iter().flatten().min()
    }

    /// What to do now; `None` if the run is to ask again, after it has waited, which `before_waiting` is told.
    ///
    /// # Errors
    /// Why the function must not run.
    pub(crate) async fn decide(
        &self,
        asked: Asked,
        patience: &mut Patience,
        before_waiting: impl FnOnce(),
    ) -> Result<Option<Decision>, Refused> {
        let refused = match asked {
            Asked::Yours(claim, since) => {
                let end = self.end_of_lease(&claim, since);
                return Ok(Some(Decision::Run(claim, end)));
            }
            Asked::Taken(record) => match self.judge(record).await {
                Ok(data) => return Ok(Some(Decision::Replay(data))),
                Err(refused @ Refused::InProgress { .. }) => refused,
                Err(refused) => return Err(refused),
            },
            Asked::Unknown(error) if self.backing.options.runs_without_store => {
                self.note_store_error(&error, "the function runs without knowing whether it ran before");
                return Ok(Some(Decision::RunAlone));
            }
            Asked::Unknown(error) => {
                self.note_store_error(&error, "the function does not run");
                return Err(Refused::Store(error));
            }
        };
        if self.backing.options.waits {
            before_waiting();
            if patience.wait(&refused).await {
                return Ok(None);
            }
        }
        self.who.note(Outcome::InFlight, &refused.to_string());
        Err(refused)
    }

    /// Whether this record was written for another payload.
    fn is_mismatch(&self, record: &Record) -> bool {
        matches!((&self.validation, &record.validation), (Some(own), Some(other)) if own != other)
    }

    /// What a record in the way means: the result of an earlier run, or why there is none.
    async fn judge(&self, record: Record) -> Result<Option<String>, Refused> {
        if self.is_mismatch(&record) {
            let refused = Refused::Mismatch;
            self.who.note(Outcome::Mismatch, &refused.to_string());
            return Err(refused);
        }
        match record.status {
            Status::InProgress => {
                let until = record.in_progress_expiration.unwrap_or(record.expiration.saturating_mul(1000));
                let retry_after = left_until(until.saturating_add(self.backing.options.clock_skew_ms));
                Err(Refused::InProgress { retry_after })
            }
            Status::Completed => match (record.data, self.backing.cipher) {
                (Some(data), Some(cipher)) => {
                    let opened = panic::catch(async { cipher.open(self.id(), unquoted(data)).await }).await;
                    let why = match opened {
                        Ok(Ok(data)) => return Ok(Some(data)),
                        Ok(Err(error)) => crate::error::chain(&*error),
                        Err(panic) => panic.message().to_owned(),
                    };
                    Err(Refused::NoResult(format!("its result does not decrypt: {why}")))
                }
                (data, _) => Ok(data),
            },
        }
    }

    /// Says that the result of an earlier run is told again.
    pub(crate) fn note_replayed(&self) {
        self.who.note(Outcome::Replayed, "replayed: the function ran before for this key");
    }

    fn note_store_error(&self, error: &StoreError, what: &str) {
        self.who.note(Outcome::StoreError, &format!("{what}: {error}"));
    }

    /// Keeps the result of the function, which has had its effect: so nothing of what goes wrong here fails the record,
    /// because that would bring it back.
    pub(crate) async fn complete(&self, claim: &Claim, data: Option<String>) -> Record {
        let data = match data {
            Some(data) => self.sealed(data).await,
            None => None,
        };
        let mut done = claim.done(now_ms(), self.backing.options.expires_ms, data);
        // Of two equal keys in one batch, the one that ran need not be the one that asked.
        done.validation.clone_from(&self.validation);
        let mut pause = PAUSE;
        let mut tries = 1;
        loop {
            match caught(async { self.backing.store.complete(self.id(), &done).await }).await {
                Ok(true) => {
                    self.backing.cache.put(self.backing.store, self.id(), &done);
                    self.who.note(Outcome::Ran, "the function ran, and that is remembered");
                }
                Ok(false) => self.who.note(
                    Outcome::LeaseLost,
                    "the function ended after its lease, and another run had taken the key: it may have had its effect \
                     twice",
                ),
                Err(_) if tries < COMPLETIONS => {
                    tokio::time::sleep(pause).await;
                    (pause, tries) = (pause * 2, tries + 1);
                    continue;
                }
                // That it ran is worth more than what it returned, and the store may be at odds with that alone.
                Err(error) if done.data.take().is_some() => {
                    self.note_not_kept(&error.to_string());
                    continue;
                }
                Err(error) => self.note_store_error(
                    &error,
                    "the function succeeded, but that can't be written down: another delivery after the lease would run it \
                     again",
                ),
            }
            return done;
        }
    }

    /// The result as the store is to hold it; `None`, with a line in the log, if it can't.
    async fn sealed(&self, data: String) -> Option<String> {
        if !self.backing.options.keeps_data {
            return None;
        }
        let sealed = match self.backing.cipher {
            None => Ok(data),
            Some(cipher) => match panic::catch(async { cipher.seal(self.id(), data).await }).await {
                // What a store holds is JSON, whatever a cipher makes: one that keeps native types would not know.
                Ok(Ok(sealed)) => Ok(Value::from(sealed).to_string()),
                Ok(Err(error)) => Err(format!("it does not encrypt: {}", crate::error::chain(&*error))),
                Err(panic) => Err(format!("it does not encrypt: {}", panic.message())),
            },
        };
        let most = panic::catch_now(|| self.backing.store.max_data_bytes());
        let fitting = sealed.and_then(|sealed| match (sealed.len(), most) {
            (bytes, Ok(most)) if bytes > most => {
                Err(format!("it has {bytes} bytes, and the store takes at most {most}"))
            }
            (_, Err(panic)) => Err(panic.message().to_owned()),
            _ => Ok(sealed),
        });
        match fitting {
            Ok(sealed) => Some(sealed),
            Err(why) => {
                self.note_not_kept(&why);
                None
            }
        }
    }

    /// Says that only the run is remembered, and not its result.
    pub(crate) fn note_not_kept(&self, why: &str) {
        let incident = Incident::of("IdempotencyResultNotKept").of_handler(self.who.handler);
        incident.record(self.who.record.as_deref()).error(format_args!(
            "the function ran, and its result is not kept for another delivery: {why}; return less, or add \
             `data = \"key-only\"` to `#[idempotent]`"
        ));
    }

    /// Gives the key back.
    pub(crate) async fn release(&self, claim: &Claim) {
        let owner = claim.record.owner.as_deref().unwrap_or_default();
        match caught(async { self.backing.store.release(self.id(), owner).await }).await {
            // What is not its own any more is not its to give back.
            Ok(_) => {}
            Err(error) => self.note_store_error(&error, "the key of a failed run stays taken until its lease ends"),
        }
    }
}

/// A store's answer; a panic in it is an error like any other, and so is one before there is anything to await, if the
/// call stands in the future.
async fn caught<T>(answer: impl Future<Output = Result<T, StoreError>>) -> Result<T, StoreError> {
    panic::catch(answer).await.unwrap_or_else(|panic| Err(StoreError::new(panic.message().to_owned())))
}

/// The text that a cipher made, out of the JSON that holds it.
fn unquoted(data: String) -> String {
    serde_json::from_str(&data).unwrap_or(data)
}

/// A name that no other run has.
fn token() -> Result<String, StoreError> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|error| StoreError::new(format!("no random numbers: {error}")))?;
    Ok(hash::hex(&bytes))
}

/// The time until this moment, in milliseconds since 1970.
fn left_until(at_ms: u64) -> Duration {
    Duration::from_millis(at_ms.saturating_sub(now_ms()))
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// Milliseconds since 1970.
fn now_ms() -> u64 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map(millis).unwrap_or_default()
}
