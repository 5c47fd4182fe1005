//! Which records wait for which, and which one is started next.

use std::collections::HashMap;
use std::hash::Hash;

const NONE: usize = usize::MAX;

/// The order that a source promises to keep.
///
/// Records stand in lanes. Lanes run side by side; within a lane one record follows the other, and a failure
/// ends the lane.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Order {
    /// The lane of each record, named by the first record in it; empty if each is on its own.
    lane_of: Vec<usize>,
    /// The record that follows in the same lane.
    follower_of: Vec<usize>,
    lanes: usize,
    has_checkpoint: bool,
}

impl Order {
    /// Records that have nothing to do with each other.
    pub(crate) fn none(records: usize) -> Self {
        Self { lanes: records, ..Self::default() }
    }

    /// One record after the other.
    pub(crate) fn in_turn(records: usize) -> Self {
        Self::by_lane((0..records).map(|_| 0))
    }

    /// A lane per key, which holds the key's records as they came.
    pub(crate) fn by_key<K: Eq + Hash>(keys: impl Iterator<Item = K>) -> Self {
        let mut lane_of_key = HashMap::new();
        Self::by_lane(keys.enumerate().map(|(record, key)| *lane_of_key.entry(key).or_insert(record)))
    }

    /// As [`by_key`](Self::by_key), for a handful of records: looking through them takes less than hashing, of the
    /// function's size too.
    pub(crate) fn by_few_keys<K: Eq>(keys: &[K]) -> Self {
        Self::by_lane(keys.iter().map(|key| keys.iter().position(|other| other == key).unwrap_or_default()))
    }

    /// The lane of each record, named by the first record in it.
    fn by_lane(lanes: impl Iterator<Item = usize>) -> Self {
        let mut order = Self::default();
        let mut last_of_lane: Vec<usize> = Vec::new();
        for (record, lane) in lanes.enumerate() {
            order.lane_of.push(lane);
            order.follower_of.push(NONE);
            last_of_lane.push(record);
            if lane == record {
                order.lanes += 1;
            } else if let Some(last) = last_of_lane.get_mut(lane)
                && let Some(follower) = order.follower_of.get_mut(std::mem::replace(last, record))
            {
                *follower = record;
            }
        }
        order
    }

    /// The source goes on from the first record that is not done, so that nothing behind a failure needs to
    /// be started.
    pub(crate) fn with_checkpoint(self) -> Self {
        Self { has_checkpoint: true, ..self }
    }

    /// How many records can run at the same time.
    pub(crate) fn lanes(&self) -> usize {
        self.lanes
    }

    /// What has to come again although it is done, in the records' order: it follows one in its lane that is not,
    /// and would overtake it; or it stands behind the checkpoint.
    pub(crate) fn held_back(&self, is_done: impl Fn(usize) -> bool) -> Vec<usize> {
        let mut has_failed = vec![false; self.lane_of.len()];
        let mut held_back = Vec::new();
        for (record, lane) in self.lane_of.iter().enumerate() {
            let lane = if self.has_checkpoint { 0 } else { *lane };
            let Some(has_failed) = has_failed.get_mut(lane) else { continue };
            match is_done(record) {
                true if *has_failed => held_back.push(record),
                true => {}
                false => *has_failed = true,
            }
        }
        held_back
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Lane {
    Idle,
    Busy,
    Ended,
}

/// Hands out records, the first that may run before others, so that a checkpoint gets as far as it can.
pub(crate) struct Queue {
    pub(crate) order: Order,
    lanes: Vec<Lane>,
    /// Where the look-out for idle lanes goes on.
    next: usize,
    /// From here on nothing is started.
    end: usize,
}

impl Queue {
    pub(crate) fn new(order: Order, records: usize) -> Self {
        let lanes = vec![Lane::Idle; order.lane_of.len()];
        Self { order, lanes, next: 0, end: records }
    }

    /// The next record to run, after `finished` with its success. `None` if there is none that another worker
    /// will not get to: what waits in a lane is run by whoever runs the one before it.
    pub(crate) fn next(&mut self, finished: Option<(usize, bool)>) -> Option<usize> {
        if let Some((record, is_done)) = finished {
            if !is_done && self.order.has_checkpoint {
                self.end = self.end.min(record);
            }
            if let Some(lane) = self.order.lane_of.get(record).and_then(|lane| self.lanes.get_mut(*lane)) {
                let follower = self.order.follower_of.get(record).copied().unwrap_or(NONE);
                *lane = match is_done {
                    false => Lane::Ended,
                    // Passed over while this one ran.
                    true if follower < self.next && follower < self.end => return Some(follower),
                    true => Lane::Idle,
                };
            }
        }
        while self.next < self.end {
            let record = self.next;
            self.next += 1;
            match self.order.lane_of.get(record).and_then(|lane| self.lanes.get_mut(*lane)) {
                None => return Some(record),
                Some(lane) if *lane == Lane::Idle => {
                    *lane = Lane::Busy;
                    return Some(record);
                }
                Some(_) => {}
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Runs with one worker; the records in the order in which they were started.
    fn run(order: Order, records: usize, failing: &[usize]) -> Vec<usize> {
        let mut queue = Queue::new(order, records);
        let mut started = Vec::new();
        let mut finished = None;
        while let Some(record) = queue.next(finished) {
            started.push(record);
            finished = Some((record, !failing.contains(&record)));
        }
        started
    }

    #[test]
    fn a_failure_ends_its_lane_and_no_other() {
        assert_eq!(run(Order::none(3), 3, &[0, 1]), [0, 1, 2]);
        let order = || Order::by_key("abab".chars());
        assert_eq!(run(order(), 4, &[]), [0, 1, 2, 3]);
        assert_eq!(run(order(), 4, &[0]), [0, 1, 3]);
        assert_eq!(order().lanes(), 2);
        assert_eq!(order(), Order::by_few_keys(&['a', 'b', 'a', 'b']));
        assert_eq!(run(order().with_checkpoint(), 4, &[1]), [0, 1]);
    }

    #[test]
    fn workers_take_the_first_record_whose_lane_is_free() {
        let mut queue = Queue::new(Order::by_key("aabb".chars()), 4);
        assert_eq!((queue.next(None), queue.next(None), queue.next(None)), (Some(0), Some(2), None));
        // What was passed over comes before what nobody looked at yet.
        assert_eq!(queue.next(Some((0, true))), Some(1));
        assert_eq!(queue.next(Some((2, false))), None);
        assert_eq!(queue.next(Some((1, true))), None);
    }

    #[test]
    fn what_stands_before_a_failure_is_still_started() {
        let mut queue = Queue::new(Order::by_key("abacc".chars()).with_checkpoint(), 5);
        assert_eq!((queue.next(None), queue.next(None), queue.next(None)), (Some(0), Some(1), Some(3)));
        // Record 3 fails: record 2 stands before it and runs, record 4 does not.
        assert_eq!(queue.next(Some((3, false))), None);
        assert_eq!(queue.next(Some((0, true))), Some(2));
        assert_eq!(queue.next(Some((2, true))), None);
        assert_eq!(queue.next(Some((1, true))), None);
    }

    #[test]
    fn what_follows_a_failure_in_its_lane_is_held_back() {
        let order = Order::by_key("aabba".chars());
        assert_eq!(order.held_back(|record| record != 1), [4]);
        assert_eq!(order.with_checkpoint().held_back(|record| record != 1), [2, 3, 4]);
        assert_eq!(Order::none(3).held_back(|record| record != 1), Vec::<usize>::new());
    }
}
