//! The protocol of a key, as functions from one record to the next.
//!
//! [`acquire`], [`complete`] and [`release`] are all that ever happens to a record. A store that holds a lock, or runs a
//! transaction, calls them; one that speaks a language of its own says the same in that language, and the conformance
//! suite in [`testing`](crate::testing::idempotency) holds it against them. The model checker explores these very
//! functions.

use super::record::{Record, Status};

/// What a run writes to take a key, and what it takes for over.
///
/// No two clocks agree. What another one wrote counts as over only when it has been so for the clock skew that
/// the function allows for: the two `…_before` hold the moment, less that skew.
///
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Claim {
    /// The record to write: in progress, with an owner, and a lease.
    pub record: Record,
    /// A record whose [`expiration`](Record::expiration) is before this is worth nothing, in seconds since 1970.
    pub expired_before: u64,
    /// A lease whose [`in_progress_expiration`](Record::in_progress_expiration) is before this has run out, in
    /// milliseconds since 1970.
    pub lapsed_before: u64,
}

impl Claim {
    pub fn new(
        owner: String,
        now_ms: u64,
        lease_until_ms: u64,
        expires_ms: u64,
        skew_ms: u64,
        validation: Option<String>,
    ) -> Self {
        let expiration = now_ms.saturating_add(expires_ms).max(lease_until_ms.saturating_add(skew_ms)).div_ceil(1000);
        let lapsed_before = now_ms.saturating_sub(skew_ms);
        Self {
            record: Record {
                status: Status::InProgress,
                expiration,
                in_progress_expiration: Some(lease_until_ms),
                data: None,
                validation,
                owner: Some(owner),
            },
            expired_before: lapsed_before / 1000,
            lapsed_before,
        }
    }

    pub fn done(&self, now_ms: u64, expires_ms: u64, data: Option<String>) -> Record {
        Record {
            status: Status::Completed,
            expiration: now_ms.saturating_add(expires_ms).div_ceil(1000),
            data,
            ..self.record.clone()
        }
    }

    /// Whether this record does not keep the key from being taken: it has expired, its lease has run out, or it is the
    /// claim's own from an attempt whose answer was lost.
    pub fn may_replace(&self, old: &Record) -> bool {
        if old.expiration < self.expired_before {
            return true;
        }
        let has_lapsed = old.in_progress_expiration.is_some_and(|lease| lease < self.lapsed_before);
        let is_own = old.owner.is_some() && old.owner == self.record.owner;
        old.status == Status::InProgress && (has_lapsed || is_own)
    }
}

/// What came of an attempt to take a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Acquired {
    /// The key is the claim's.
    Yours,
    /// This record is in the way: done, or in progress elsewhere.
    Taken(Record),
}

/// Takes a key, unless a record is in the way that the claim may not replace.
pub fn acquire(slot: &mut Option<Record>, claim: &Claim) -> Acquired {
    match slot {
        Some(old) if !claim.may_replace(old) => Acquired::Taken(old.clone()),
        _ => {
            *slot = Some(claim.record.clone());
            Acquired::Yours
        }
    }
}

/// Keeps the result of a run; whether it is kept. It is not if another one has taken the key meanwhile.
///
/// A record that has vanished is written again: the function has had its effect. So is the run's own completed one,
/// whose answer was lost.
pub fn complete(slot: &mut Option<Record>, done: &Record) -> bool {
    let is_free = slot.as_ref().is_none_or(|old| old.owner == done.owner);
    if is_free {
        *slot = Some(done.clone());
    }
    is_free
}

/// Gives back the key of a run that failed; whether it was still that run's. What is completed stays.
pub fn release(slot: &mut Option<Record>, owner: &str) -> bool {
    let is_own =
        slot.as_ref().is_some_and(|old| old.status == Status::InProgress && old.owner.as_deref() == Some(owner));
    if is_own {
        *slot = None;
    }
    is_own
}
