//! Completed records that this process has seen, so that a replay of them asks nobody.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::record::{Record, Status};
use super::store::Erased;

/// Up to so many completed records, each of one store; the one that came first goes first.
#[derive(Debug)]
pub(crate) struct Cache {
    most: usize,
    kept: Mutex<Option<Kept>>,
}

#[derive(Debug, Default)]
struct Kept {
    records: HashMap<Place, Record>,
    in_turn: VecDeque<Place>,
}

/// Where a record is kept: a function may be given one store after another, which know nothing of each other.
type Place = (usize, String);

/// What tells stores apart.
fn address(store: &dyn Erased) -> usize {
    std::ptr::from_ref(store).addr()
}

impl Cache {
    /// `cache = N`.
    pub(crate) const fn new(most: usize) -> Self {
        Self { most, kept: Mutex::new(None) }
    }

    /// A completed record that has not expired at this time, in seconds since 1970.
    pub(crate) fn get(&self, store: &dyn Erased, id: &str, now: u64) -> Option<Record> {
        let kept = self.lock();
        let record = kept.as_ref()?.records.get(&(address(store), id.to_owned()))?;
        (record.expiration > now).then(|| record.clone())
    }

    /// Keeps a completed record. One in progress is another's to change, so it is not kept.
    pub(crate) fn put(&self, store: &dyn Erased, id: &str, record: &Record) {
        if self.most == 0 || record.status != Status::Completed {
            return;
        }
        let mut kept = self.lock();
        let Kept { records, in_turn } = kept.get_or_insert_default();
        let place = (address(store), id.to_owned());
        if records.insert(place.clone(), record.clone()).is_none() {
            in_turn.push_back(place);
        }
        if in_turn.len() > self.most
            && let Some(first) = in_turn.pop_front()
        {
            records.remove(&first);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Option<Kept>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::idempotency::Memory;

    fn record(status: Status) -> Record {
        Record { status, expiration: 10, in_progress_expiration: None, data: None, validation: None, owner: None }
    }

    #[test]
    fn only_what_is_completed_and_has_not_expired_is_found() {
        let (cache, store) = (Cache::new(2), Memory::new());
        let get = |id, now| cache.get(&store, id, now);
        cache.put(&store, "a", &record(Status::InProgress));
        assert_eq!(get("a", 9), None);
        cache.put(&store, "a", &record(Status::Completed));
        assert!(get("a", 9).is_some());
        assert_eq!(get("a", 10), None);
        assert_eq!(cache.get(&Memory::new(), "a", 9), None, "another store's");
        cache.put(&store, "a", &record(Status::Completed));
        cache.put(&store, "b", &record(Status::Completed));
        assert!(get("a", 9).is_some());
        cache.put(&store, "c", &record(Status::Completed));
        assert_eq!(get("a", 9), None);
        assert!(get("b", 9).is_some() && get("c", 9).is_some());

        let none = Cache::new(0);
        none.put(&store, "a", &record(Status::Completed));
        assert_eq!(none.get(&store, "a", 9), None);
    }
}
