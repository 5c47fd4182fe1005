//! The system: a store, a network that delays and loses, and runs whose clocks differ.

use lambkin::idempotency::protocol::Acquired;
use lambkin::idempotency::{Claim, Record, Status};
use stateright::{Model, Property};

use crate::properties;
use crate::rule::Rule;

/// A step of time: half a second, so that rounding to seconds matters.
pub(crate) const TICK_MS: u64 = 500;
/// By how much two clocks may differ.
pub(crate) const SKEW_MS: u64 = 2 * TICK_MS;
/// By how many ticks a clock may be off from the true time: the slowest and the fastest.
pub(crate) const EXTREMES: [i8; 2] = [-1, 1];
const MS_PER_SECOND: u64 = 1_000;
/// The true time at the start: far enough from 0 for the skew.
const START_MS: u64 = 10_000;

/// What is explored, and how far.
#[derive(Clone, Debug)]
pub(crate) struct System {
    pub(crate) rule: Rule,
    /// Lambda ends a run at its deadline. If not, a run freezes and goes on after it.
    pub(crate) is_killed: bool,
    pub(crate) keys: usize,
    /// How many runs there are at once.
    pub(crate) workers: usize,
    /// How many deliveries there are in all.
    pub(crate) deliveries: u8,
    /// How often a run sends each of its requests at most.
    pub(crate) tries: u8,
    /// When the model ends, in ticks.
    pub(crate) ticks: u8,
    /// By how many ticks a run's clock may be off from the true time.
    pub(crate) offsets: &'static [i8],
    /// From a claim to its run's deadline, in ticks.
    pub(crate) leases: &'static [u8],
    /// How long a record is worth something.
    pub(crate) expires_ms: u64,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct State {
    /// The true time, which nobody sees, in ticks.
    pub(crate) now: u8,
    pub(crate) delivered: u8,
    /// Those that go on, by their numbers.
    pub(crate) runs: Vec<Run>,
    /// Requests that have not reached the store, sorted: they arrive in any order.
    pub(crate) network: Vec<Request>,
    pub(crate) keys: Vec<Key>,
    /// What the last step did, for the properties.
    pub(crate) last: Event,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Key {
    pub(crate) slot: Option<Record>,
    pub(crate) has_effect: bool,
    /// The true time of the last result that was kept, for as long as it is to be replayed.
    pub(crate) kept_at: Option<u8>,
}

/// Of which run something is. It claims once, however often it sends that claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Claimant {
    pub(crate) number: u8,
    pub(crate) key: usize,
    /// By how many ticks its clock is off.
    pub(crate) offset: i8,
    /// The true time of the claim.
    pub(crate) claimed: u8,
    /// From the claim to the deadline, in ticks.
    pub(crate) lease: u8,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Run {
    pub(crate) of: Claimant,
    pub(crate) phase: Phase,
    /// How often the request of this phase was sent.
    pub(crate) sent: u8,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Phase {
    Acquiring,
    /// The function runs.
    Running,
    /// The effect has happened. The result came about at this true time; the run does not know whether it is kept.
    Completing {
        at: u8,
        is_kept: bool,
    },
    /// The function has failed before its effect.
    Releasing,
}

/// A request on its way to the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Request {
    pub(crate) of: Claimant,
    pub(crate) kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Kind {
    Acquire,
    /// Of the result that came about at this true time.
    Complete(u8),
    Release,
}

/// What a step did that a property is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Event {
    Nothing,
    Contended,
    TakenOver,
    Recovered,
    Expired,
    Replayed,
    Refused,
    Swept,
    /// A key was given away from under a run that may still have its effect, or whose result is not kept yet.
    Shared,
    /// An effect while a result was to be replayed.
    Repeated,
    /// A run's own claim was in its way.
    Estranged,
    /// A completed record was lost before its time.
    Forgotten,
    /// A completion or a release replaced or removed another owner's record.
    Robbed,
    /// A delivery was acknowledged, and there was no effect.
    Unfounded,
}

/// Runs, requests and keys are named by where they stand in their lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    Tick,
    /// A delivery that has got so far that it claims its key; the request is on its way.
    Claim {
        key: usize,
        offset: i8,
        lease: u8,
    },
    /// The effect happens, and the result is sent.
    Effect(usize),
    /// The function fails without an effect, and the release is sent.
    Fail(usize),
    /// Sends the request of the run's phase again, whether the one before was lost or is only late.
    Retry(usize),
    /// A crash, a panic, `#[deadline]`, or no more retries: the store hears nothing of it.
    End(usize),
    /// A request reaches the store. Its answer reaches the run, or is lost.
    Arrive {
        request: usize,
        is_heard: bool,
    },
    /// The store removes what has expired by some clock.
    Sweep(usize),
}

impl Claimant {
    /// The time that this run's clock shows at a true time.
    fn clock_ms(self, tick: u8) -> u64 {
        clock_ms(tick, self.offset)
    }

    fn has_ended_by(self, now: u8) -> bool {
        // At the very deadline it may still do something.
        now > self.claimed + self.lease
    }
}

pub(crate) fn clock_ms(tick: u8, offset: i8) -> u64 {
    START_MS + (u64::from(tick) * TICK_MS).saturating_add_signed(i64::from(offset) * TICK_MS as i64)
}

impl System {
    fn claim(&self, of: Claimant) -> Claim {
        let lease_until_ms = of.clock_ms(of.claimed + of.lease);
        self.rule.claim(self.rule.owner(of), of.clock_ms(of.claimed), lease_until_ms, self.expires_ms, SKEW_MS)
    }

    fn acquire(&self, state: &mut State, request: Request, is_heard: bool) {
        let claim = self.claim(request.of);
        let slot = &mut state.keys[request.of.key].slot;
        let old = slot.clone();
        let acquired = self.rule.acquire(slot, &claim);
        if acquired == Acquired::Yours {
            state.last = properties::of_grant(state, request.of, old.as_ref(), &claim);
        }
        let Some(index) = state.hearer(request, is_heard).filter(|run| state.runs[*run].phase == Phase::Acquiring)
        else {
            return;
        };
        match acquired {
            Acquired::Yours => (state.runs[index].phase, state.runs[index].sent) = (Phase::Running, 0),
            Acquired::Taken(record) => {
                state.last = properties::of_refusal(&record, &claim);
                let run = state.runs.remove(index);
                // A record in progress fails the delivery, which comes again.
                if record.status == Status::Completed {
                    state.acknowledge(&run);
                }
            }
        }
    }

    fn complete(&self, state: &mut State, request: Request, at: u8, is_heard: bool) {
        let done = self.rule.done(&self.claim(request.of), request.of.clock_ms(at), self.expires_ms);
        let key = &mut state.keys[request.of.key];
        let old = key.slot.clone();
        let is_kept = self.rule.complete(&mut key.slot, &done);
        if is_kept && properties::is_replayed(self, at, state.now) {
            key.kept_at = key.kept_at.max(Some(at));
        }
        state.last = properties::of_write(old.as_ref(), done.owner.as_deref(), is_kept);
        if state.last == Event::Nothing && !is_kept {
            state.last = Event::Refused;
        }
        if let Some(run) = state.runs.iter_mut().find(|run| run.of == request.of) {
            let was_kept = matches!(run.phase, Phase::Completing { is_kept: true, .. });
            run.phase = Phase::Completing { at, is_kept: is_kept || was_kept };
        }
        if let Some(run) = state.hearer(request, is_heard) {
            let run = state.runs.remove(run);
            state.acknowledge(&run);
        }
    }

    fn release(&self, state: &mut State, request: Request, is_heard: bool) {
        let owner = self.rule.owner(request.of);
        let slot = &mut state.keys[request.of.key].slot;
        let old = slot.clone();
        let is_released = self.rule.release(slot, &owner);
        state.last = properties::of_write(old.as_ref(), Some(&owner), is_released);
        if let Some(run) = state.hearer(request, is_heard) {
            state.runs.remove(run);
        }
    }

    fn tick(&self, state: &mut State) {
        state.now += 1;
        let now = state.now;
        if self.is_killed {
            state.runs.retain(|run| !run.of.has_ended_by(now));
        }
        for key in &mut state.keys {
            key.kept_at = key.kept_at.filter(|at| properties::is_replayed(self, *at, now));
        }
    }
}

impl State {
    /// Who waits for the answer to a request, if it arrives.
    fn hearer(&self, request: Request, is_heard: bool) -> Option<usize> {
        self.runs.iter().position(|run| is_heard && run.of == request.of)
    }

    fn acknowledge(&mut self, run: &Run) {
        if !self.keys[run.of.key].has_effect {
            self.last = Event::Unfounded;
        }
    }

    fn send(&mut self, index: usize) {
        let run = &mut self.runs[index];
        run.sent += 1;
        let kind = match run.phase {
            Phase::Completing { at, .. } => Kind::Complete(at),
            Phase::Releasing => Kind::Release,
            _ => Kind::Acquire,
        };
        self.network.push(Request { of: run.of, kind });
        self.network.sort_unstable();
    }

    fn enter(&mut self, index: usize, phase: Phase) {
        (self.runs[index].phase, self.runs[index].sent) = (phase, 0);
        self.send(index);
    }

    fn effect(&mut self, index: usize) {
        let key = &mut self.keys[self.runs[index].of.key];
        key.has_effect = true;
        if key.kept_at.is_some() {
            self.last = Event::Repeated;
        }
        self.enter(index, Phase::Completing { at: self.now, is_kept: false });
    }

    /// Where an environment is known by its clock, it has one run at a time.
    fn is_busy(&self, rule: Rule, offset: i8) -> bool {
        rule == Rule::OwnerPerEnvironment && self.runs.iter().any(|run| run.of.offset == offset)
    }

    fn is_sweepable(&self, key: &Key) -> bool {
        let fastest_ms = EXTREMES.map(|offset| clock_ms(self.now, offset)).into_iter().max();
        key.slot.as_ref().is_some_and(|record| Some(record.expiration.saturating_mul(MS_PER_SECOND)) < fastest_ms)
    }
}

impl Model for System {
    type State = State;
    type Action = Action;

    fn init_states(&self) -> Vec<State> {
        let keys = vec![Key::default(); self.keys];
        vec![State { now: 0, delivered: 0, runs: vec![], network: vec![], keys, last: Event::Nothing }]
    }

    fn actions(&self, state: &State, actions: &mut Vec<Action>) {
        // Before the first delivery nothing depends on the time, but for where in a second it is.
        let last = if state.delivered == 0 { MS_PER_SECOND / TICK_MS - 1 } else { u64::from(self.ticks) };
        if u64::from(state.now) < last {
            actions.push(Action::Tick);
        }
        if state.delivered < self.deliveries && state.runs.len() < self.workers {
            for key in 0..self.keys {
                for &offset in self.offsets.iter().filter(|offset| !state.is_busy(self.rule, **offset)) {
                    actions.extend(self.leases.iter().map(|&lease| Action::Claim { key, offset, lease }));
                }
            }
        }
        for (index, run) in state.runs.iter().enumerate() {
            actions.push(Action::End(index));
            if run.phase == Phase::Running {
                actions.extend([Action::Effect(index), Action::Fail(index)]);
            } else if run.sent < self.tries {
                actions.push(Action::Retry(index));
            }
        }
        for (index, request) in state.network.iter().enumerate() {
            // Two that are alike do the same.
            if index == 0 || state.network[index - 1] != *request {
                actions.push(Action::Arrive { request: index, is_heard: false });
                if state.hearer(*request, true).is_some() {
                    actions.push(Action::Arrive { request: index, is_heard: true });
                }
            }
        }
        actions.extend((0..self.keys).filter(|key| state.is_sweepable(&state.keys[*key])).map(Action::Sweep));
    }

    fn next_state(&self, before: &State, action: Action) -> Option<State> {
        let mut state = State { last: Event::Nothing, ..before.clone() };
        match action {
            Action::Tick => self.tick(&mut state),
            Action::Claim { key, offset, lease } => {
                state.delivered += 1;
                let of = Claimant { number: state.delivered, key, offset, claimed: state.now, lease };
                state.runs.push(Run { of, phase: Phase::Acquiring, sent: 0 });
                state.send(state.runs.len() - 1);
            }
            Action::Effect(run) => state.effect(run),
            Action::Fail(run) => state.enter(run, Phase::Releasing),
            Action::Retry(run) => state.send(run),
            Action::End(run) => {
                let run = state.runs.remove(run);
                // It may have acknowledged before.
                if matches!(run.phase, Phase::Completing { .. }) {
                    state.acknowledge(&run);
                }
            }
            Action::Arrive { request, is_heard } => {
                let request = state.network.remove(request);
                match request.kind {
                    Kind::Acquire => self.acquire(&mut state, request, is_heard),
                    Kind::Complete(at) => self.complete(&mut state, request, at, is_heard),
                    Kind::Release => self.release(&mut state, request, is_heard),
                }
            }
            Action::Sweep(key) => (state.keys[key].slot, state.last) = (None, Event::Swept),
        }
        Some(state)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        properties::of(self)
    }
}
