//! The rules that the model follows: the library's own, and ones that are broken on purpose.

use lambkin::idempotency::protocol::{self, Acquired, Claim};
use lambkin::idempotency::{Record, Status};

use crate::system::Claimant;

/// What decides. All but [`Right`](Self::Right) have one mistake.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rule {
    /// The protocol as it is.
    Right,
    /// Clocks are taken to agree.
    NoSkew,
    /// A lease is over one millisecond early.
    LapsesEarly,
    /// A completed record lasts no longer than the lease that its run had.
    LapseIgnoresStatus,
    /// A record in progress expires when `expires` says so, even before its lease.
    ExpiresBeforeLease,
    /// A record in progress expires together with its lease.
    ExpiresWithLease,
    /// Seconds are rounded down where they are written.
    ExpirationRoundedDown,
    /// Whoever releases is taken for the owner.
    ReleaseIgnoresOwner,
    /// Whoever completes is taken for the owner.
    CompleteIgnoresOwner,
    /// What is in progress is taken for done.
    ProgressIsDone,
    /// A claim does not know its own record again.
    ForgetsItsOwn,
    /// An environment, here known by its clock, has one token for all of its runs.
    OwnerPerEnvironment,
    /// A key that is released stays in the store, in progress and with no lease.
    ReleaseKeepsRecord,
}

const MS_PER_SECOND: u64 = 1_000;

impl Rule {
    pub(crate) fn owner(self, of: Claimant) -> String {
        if self == Self::OwnerPerEnvironment { format!("e{}", of.offset) } else { format!("r{}", of.number) }
    }

    pub(crate) fn claim(self, owner: String, now_ms: u64, lease_ms: u64, expires_ms: u64, skew_ms: u64) -> Claim {
        let skew_ms = if self == Self::NoSkew { 0 } else { skew_ms };
        let mut claim = Claim::new(owner, now_ms, lease_ms, expires_ms, skew_ms, None);
        match self {
            Self::LapsesEarly => claim.lapsed_before += 1,
            Self::ExpiresBeforeLease => claim.record.expiration = (now_ms + expires_ms).div_ceil(MS_PER_SECOND),
            Self::ExpiresWithLease => {
                claim.record.expiration = (now_ms + expires_ms).max(lease_ms).div_ceil(MS_PER_SECOND);
            }
            _ => {}
        }
        claim
    }

    pub(crate) fn done(self, claim: &Claim, now_ms: u64, expires_ms: u64) -> Record {
        let mut done = claim.done(now_ms, expires_ms, None);
        if self == Self::ExpirationRoundedDown {
            done.expiration = (now_ms + expires_ms) / MS_PER_SECOND;
        }
        done
    }

    pub(crate) fn acquire(self, slot: &mut Option<Record>, claim: &Claim) -> Acquired {
        if let Some(old) = slot {
            let is_past = old.in_progress_expiration.is_some_and(|lease| lease < claim.lapsed_before);
            if self == Self::LapseIgnoresStatus && is_past {
                *slot = None;
            } else if self == Self::ForgetsItsOwn && old.owner == claim.record.owner {
                return Acquired::Taken(old.clone());
            }
        }
        match protocol::acquire(slot, claim) {
            Acquired::Taken(old) if self == Self::ProgressIsDone => {
                Acquired::Taken(Record { status: Status::Completed, ..old })
            }
            acquired => acquired,
        }
    }

    pub(crate) fn complete(self, slot: &mut Option<Record>, done: &Record) -> bool {
        if self == Self::CompleteIgnoresOwner {
            *slot = None;
        }
        protocol::complete(slot, done)
    }

    pub(crate) fn release(self, slot: &mut Option<Record>, owner: &str) -> bool {
        match (self, slot.as_mut()) {
            (Self::ReleaseIgnoresOwner, Some(old)) if old.status == Status::InProgress => {
                *slot = None;
                true
            }
            (Self::ReleaseKeepsRecord, Some(old)) if old.owner.as_deref() == Some(owner) => {
                old.in_progress_expiration = None;
                old.expiration = u64::MAX;
                true
            }
            _ => protocol::release(slot, owner),
        }
    }
}
