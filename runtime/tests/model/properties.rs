//! What is held of every step and of every state.

use lambkin::idempotency::protocol::Acquired;
use lambkin::idempotency::{Claim, Record, Status};
use stateright::Property;

use crate::system::{Claimant, EXTREMES, Event, Phase, Run, SKEW_MS, State, System, TICK_MS, clock_ms};

/// From the grant of the key to a run until its result is kept, or until the run has ended, no other claim gets the key.
/// So no two runs have their effects side by side, and an effect is followed by another one only if its run ended
/// before its result was kept, or if the result has expired.
pub(crate) const EXCLUSIVE: &str = "nobody gets a key from under a run";
/// No effect comes about within `expires`, less the skew and in true time, after a result that was kept.
pub(crate) const ONCE: &str = "no effect is repeated while its result is worth something";
/// No claim and no release does away with a completed record that some clock takes for unexpired.
pub(crate) const LASTING: &str = "a completed record stays until it has expired by every clock";
/// No completion replaces, and no release removes, a record of another owner.
pub(crate) const FENCED: &str = "who lost its lease touches nobody's record";
/// When a delivery is acknowledged, the effect of its key has happened.
pub(crate) const FOUNDED: &str = "who acknowledges knows of an effect";
/// A run that waits for its claim is not refused because of what that claim wrote when it was sent before.
pub(crate) const OWN: &str = "no run's own claim is in its way";
/// Whatever has happened, there is a bounded time after which a delivery finds its key free or completed, and one after
/// which it finds it free.
pub(crate) const FREE: &str = "no key is locked for ever";

pub(crate) const CONTENDED: &str = "two contend";
pub(crate) const TAKEN_OVER: &str = "a lease lapses, and another takes over";
pub(crate) const REPLAYED: &str = "a result is replayed";
pub(crate) const REFUSED: &str = "a late completion is refused";
pub(crate) const RECOVERED: &str = "a claim whose answer was lost is known again";
pub(crate) const EXPIRED: &str = "a result expires, and another run gets the key";
pub(crate) const SWEPT: &str = "a store sweeps";

const MS_PER_SECOND: u64 = 1_000;

pub(crate) fn of(system: &System) -> Vec<Property<System>> {
    let mut all = vec![
        Property::always(LASTING, |_, state: &State| state.last != Event::Forgotten),
        Property::always(FENCED, |_, state: &State| state.last != Event::Robbed),
        Property::always(FOUNDED, |_, state: &State| state.last != Event::Unfounded),
        Property::always(OWN, |_, state: &State| state.last != Event::Estranged),
        Property::always(FREE, is_free_in_time),
        Property::sometimes(CONTENDED, |_, state: &State| state.last == Event::Contended),
        Property::sometimes(TAKEN_OVER, |_, state: &State| state.last == Event::TakenOver),
        Property::sometimes(REPLAYED, |_, state: &State| state.last == Event::Replayed),
        Property::sometimes(REFUSED, |_, state: &State| state.last == Event::Refused),
        Property::sometimes(RECOVERED, |_, state: &State| state.last == Event::Recovered),
        Property::sometimes(EXPIRED, |_, state: &State| state.last == Event::Expired),
        Property::sometimes(SWEPT, |_, state: &State| state.last == Event::Swept),
    ];
    all.extend(if system.is_killed {
        [
            Property::always(EXCLUSIVE, |_, state: &State| state.last != Event::Shared),
            Property::always(ONCE, |_, state: &State| state.last != Event::Repeated),
        ]
    } else {
        // No store holds back the effect of a run that goes on after its lease.
        [
            Property::sometimes("a key is taken from under a frozen run", |_, state: &State| {
                state.last == Event::Shared
            }),
            Property::sometimes("a frozen run repeats an effect", |_, state: &State| state.last == Event::Repeated),
        ]
    });
    all
}

/// What it means that a claim got the key.
pub(crate) fn of_grant(state: &State, to: Claimant, old: Option<&Record>, claim: &Claim) -> Event {
    let has_key = |phase| matches!(phase, Phase::Running | Phase::Completing { is_kept: false, .. });
    let is_shared = |run: &Run| run.of.key == to.key && run.of.number != to.number && has_key(run.phase);
    match old {
        _ if state.runs.iter().any(is_shared) => Event::Shared,
        None => Event::Nothing,
        Some(old) if old.status == Status::Completed => {
            let is_over = |offset| old.expiration * MS_PER_SECOND <= clock_ms(state.now, offset);
            if EXTREMES.into_iter().all(is_over) { Event::Expired } else { Event::Forgotten }
        }
        Some(old) if old.owner == claim.record.owner => {
            let waits = |run: &Run| run.of == to && run.phase == Phase::Acquiring;
            if state.runs.iter().any(waits) { Event::Recovered } else { Event::Nothing }
        }
        Some(_) => Event::TakenOver,
    }
}

/// What it means that a run hears that its claim did not get the key.
pub(crate) fn of_refusal(in_the_way: &Record, claim: &Claim) -> Event {
    match in_the_way.status {
        _ if in_the_way.owner == claim.record.owner => Event::Estranged,
        Status::InProgress => Event::Contended,
        Status::Completed => Event::Replayed,
    }
}

/// What it means for the record that was there that a completion or a release did, or did not do, what it is for.
pub(crate) fn of_write(old: Option<&Record>, owner: Option<&str>, is_done: bool) -> Event {
    match old {
        Some(old) if is_done && old.owner.as_deref() != owner => Event::Robbed,
        _ => Event::Nothing,
    }
}

/// Whether a result that came about then is to be replayed now. Both are true times, by which nobody judges.
pub(crate) fn is_replayed(system: &System, at: u8, now: u8) -> bool {
    u64::from(now - at) * TICK_MS + SKEW_MS < system.expires_ms
}

/// A delivery after all leases finds its key free, or done; one that comes still later finds it free.
fn is_free_in_time(system: &System, state: &State) -> bool {
    // The slowest clock judges what the fastest wrote, and less the skew.
    let slack_ms = 2 * SKEW_MS + TICK_MS;
    let lease_ms = u64::from(system.leases.iter().copied().max().unwrap_or_default()) * TICK_MS;
    // Rounded up when written, and down when judged.
    let expires_ms = system.expires_ms.max(lease_ms + SKEW_MS) + 2 * MS_PER_SECOND;
    let acquire_after = |wait_ms: u64, slot: &Option<Record>| {
        let now_ms = EXTREMES.map(|offset| clock_ms(state.now, offset)).into_iter().fold(u64::MAX, u64::min) + wait_ms;
        let claim = system.rule.claim("another".to_owned(), now_ms, now_ms + lease_ms, system.expires_ms, SKEW_MS);
        system.rule.acquire(&mut slot.clone(), &claim)
    };
    state.keys.iter().filter(|key| key.slot.is_some()).all(|key| {
        let is_settled = match acquire_after(lease_ms + slack_ms, &key.slot) {
            Acquired::Yours => true,
            Acquired::Taken(record) => record.status == Status::Completed,
        };
        is_settled && acquire_after(expires_ms + slack_ms, &key.slot) == Acquired::Yours
    })
}
