//! The protocol of idempotency keys, explored by a model checker: every order in which runs, a network and a store can
//! take their steps, within bounds.
//!
//! What decides in the model is the library's own code: `protocol::{acquire, complete, release}`, `Claim::new` and
//! `Claim::done`. The model adds what surrounds them:
//!
//! - Deliveries of one message, up to three at once. Each is a run with a token of its own and a clock of its own, off
//!   from the true time by up to half of the skew either way, so that two clocks are just the skew apart.
//! - A network that delays each request for any time, reorders them, and loses requests and answers. A run sends again
//!   while the first may still be on its way, and what a dead run sent arrives nevertheless.
//! - The end of a run at any moment, by a crash, a panic or `#[deadline]`; and Lambda's kill once the deadline, which is
//!   the end of the lease by the run's own clock, is past on that clock. In one variant runs freeze instead and go on
//!   after their lease.
//! - A store that removes a record at any time, or never, once the record's expiration is past by some clock.
//!
//! Steps that nobody else can see are one step with the next that somebody can: a delivery with its claim, an effect
//! with the sending of its result, an answer with its arrival. A delay between them is one before or after them.
//!
//! The bounds: two or three deliveries, one or two attempts at each request, one or two keys, and times that are
//! multiples of 500 ms, up to 4.5 s. The test of each variant holds its own. A fault that takes more than that is not
//! found. Not modelled: clocks that drift or jump while a run lasts, that differ by more than the skew, or whose
//! deadline Lambda does not keep; stores that lose what they confirmed; records of other libraries, without an owner or
//! a lease; `verify`, results and their sizes; how the stores put the functions into their own language, which the
//! conformance suite holds them against; and what the runtime makes of the answers, beyond acknowledging or not.
//!
//! `cargo test --test model -- --nocapture` prints how many states there are, and how deep they go.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test fails by panicking")]

mod properties;
mod rule;
mod system;

use stateright::{Checker, Expectation, HasDiscoveries, Model};

use properties::{EXCLUSIVE, EXPIRED, FENCED, FOUNDED, FREE, LASTING, ONCE, OWN, RECOVERED, SWEPT};
use rule::Rule;
use system::System;

/// Two deliveries whose clocks differ by the skew; each request is sent once.
const TWO: System = System {
    rule: Rule::Right,
    is_killed: true,
    keys: 1,
    workers: 2,
    deliveries: 2,
    tries: 1,
    ticks: 5,
    offsets: &[-1, 1],
    leases: &[1],
    expires_ms: 1_500,
};

/// Explores all there is. What `out_of_bounds` names takes more than the bounds allow; all else must have been seen.
#[allow(clippy::print_stdout, reason = "how much was explored")]
fn explore(name: &str, system: System, out_of_bounds: &[&str]) {
    let checker = system.checker().threads(2).finish_when(HasDiscoveries::AnyFailures).spawn_bfs().join();
    println!("{name}: {} states, {} steps deep", checker.unique_state_count(), checker.max_depth());
    // What is broken before what was not seen: a counterexample ends the exploration.
    let (sometimes, always): (Vec<_>, Vec<_>) =
        checker.model().properties().into_iter().partition(|property| property.expectation == Expectation::Sometimes);
    for property in always {
        if let Some(path) = checker.discovery(property.name) {
            panic!("{name}: not so: {}: {:#?}", property.name, path.into_actions());
        }
    }
    for property in sometimes {
        let is_seen = checker.discovery(property.name).is_some();
        assert_eq!(is_seen, !out_of_bounds.contains(&property.name), "{name}: {}", property.name);
    }
    assert!(checker.is_done(), "{name}: there is more to explore");
}

#[test]
fn three_deliveries_at_once() {
    explore("three", System { workers: 3, deliveries: 3, ..TWO }, &[RECOVERED, EXPIRED]);
}

#[test]
fn requests_that_are_sent_again() {
    explore("again", System { tries: 2, ..TWO }, &[EXPIRED]);
}

/// Every clock, a lease that is nearly over when it is taken, and time enough for a result to expire, which it does
/// between two steps and within a second.
#[test]
fn results_that_expire() {
    let system = System { ticks: 9, offsets: &[-1, 0, 1], leases: &[0, 1], expires_ms: 2_400, ..TWO };
    explore("expiry", system, &[RECOVERED]);
}

/// Records that would expire before their leases, if they could.
#[test]
fn leases_longer_than_expiry() {
    let system = System { workers: 3, deliveries: 3, leases: &[2], expires_ms: 500, ..TWO };
    explore("long leases", system, &[RECOVERED]);
}

#[test]
fn two_keys_do_not_touch() {
    explore("two keys", System { keys: 2, ..TWO }, &[RECOVERED, EXPIRED]);
}

/// Runs that nobody kills have effects that no store can hold back; records stay right even then.
#[test]
fn runs_that_freeze_and_go_on() {
    let system = System { is_killed: false, ticks: 4, ..TWO };
    explore("frozen", system.clone(), &[RECOVERED, EXPIRED]);
    let three = System { workers: 3, deliveries: 3, ticks: 2, ..system };
    explore("three, frozen", three, &[RECOVERED, EXPIRED, SWEPT]);
}

/// The model tells a broken protocol from the right one: each mistake is found by the property that it is against.
#[test]
fn broken_rules_are_found() {
    let again = System { tries: 2, ..TWO };
    let short = System { expires_ms: 500, ..TWO };
    let odd = System { expires_ms: 2_400, ..TWO };
    for (rule, property, system) in [
        (Rule::NoSkew, EXCLUSIVE, TWO),
        (Rule::LapsesEarly, EXCLUSIVE, TWO),
        (Rule::ExpiresBeforeLease, EXCLUSIVE, short.clone()),
        (Rule::ExpiresWithLease, EXCLUSIVE, short),
        (Rule::OwnerPerEnvironment, EXCLUSIVE, TWO),
        (Rule::ReleaseIgnoresOwner, EXCLUSIVE, System { workers: 3, deliveries: 3, ..TWO }),
        (Rule::LapseIgnoresStatus, ONCE, odd.clone()),
        (Rule::ExpirationRoundedDown, ONCE, odd),
        (Rule::LapseIgnoresStatus, LASTING, TWO),
        (Rule::ReleaseIgnoresOwner, FENCED, TWO),
        (Rule::CompleteIgnoresOwner, FENCED, TWO),
        (Rule::ProgressIsDone, FOUNDED, TWO),
        (Rule::ForgetsItsOwn, OWN, again),
        (Rule::ReleaseKeepsRecord, FREE, TWO),
    ] {
        let is_found = HasDiscoveries::AnyOf([property].into());
        let checker = System { rule, ..system }.checker().threads(2).finish_when(is_found).spawn_bfs().join();
        assert!(checker.discovery(property).is_some(), "{rule:?} is not against: {property}");
    }
}
