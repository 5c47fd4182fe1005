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
    /// A claim at the time `now_ms`, with a lease until `lease_until_ms`, of a run whose result is to be remembered for
    /// `expires_ms`; with what is to be verified, if anything is. All times in milliseconds, the first two since 1970.
    pub fn new(
        owner: String,
        now_ms: u64,
        lease_until_ms: u64,
        expires_ms: u64,
        clock_skew_ms: u64,
        validation: Option<String>,
    ) -> Self {
        // A claim that expired before its lease would let another one in.
        let expires = now_ms.saturating_add(expires_ms).max(lease_until_ms.saturating_add(clock_skew_ms));
        let over_before = now_ms.saturating_sub(clock_skew_ms);
        let record = Record {
            status: Status::InProgress,
            expiration: expires.div_ceil(1000),
            in_progress_expiration: Some(lease_until_ms),
            data: None,
            validation,
            owner: Some(owner),
        };
        Self { record, expired_before: over_before / 1000, lapsed_before: over_before }
    }

    /// The record of the run that succeeded at the time `now_ms`.
    pub fn done(&self, now_ms: u64, expires_ms: u64, data: Option<String>) -> Record {
        let expiration = now_ms.saturating_add(expires_ms).div_ceil(1000);
        Record { status: Status::Completed, expiration, data, ..self.record.clone() }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_claim_does_not_expire_before_its_lease() {
        let claim = Claim::new("a".to_owned(), 10_000, 60_001, 1_000, 500, None);
        assert_eq!(claim.record.in_progress_expiration, Some(60_001));
        assert_eq!(claim.record.expiration, 61, "of 60.501 s, rounded up");
        assert_eq!((claim.lapsed_before, claim.expired_before), (9_500, 9));
        let long = Claim::new("a".to_owned(), 10_000, 60_001, 100_000, 500, None);
        assert_eq!(long.record.expiration, 110);
        assert_eq!(long.done(20_500, 1_000, None).expiration, 22);
    }

    #[test]
    fn what_is_over_is_so_for_all_clocks() {
        let held = |lease| Claim::new("a".to_owned(), 0, lease, 0, 500, None).record;
        let at = |now| Claim::new("b".to_owned(), now, now + 1, 0, 500, None);
        assert!(!at(1_500).may_replace(&held(1_000)));
        assert!(at(1_501).may_replace(&held(1_000)));
        let done = Record { status: Status::Completed, ..held(1_000) };
        assert_eq!(done.expiration, 2);
        assert!(!at(3_499).may_replace(&done));
        assert!(at(3_500).may_replace(&done));
    }
}
