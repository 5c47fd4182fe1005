//! Completed records that this process has seen, so that a replay of them asks nobody.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::record::{Record, Status};

/// Up to so many completed records; the one that came first goes first.
#[derive(Debug)]
#[doc(hidden)]
pub struct Cache {
    most: usize,
    kept: Mutex<Option<Kept>>,
}

#[derive(Debug, Default)]
struct Kept {
    records: HashMap<String, Record>,
    in_turn: VecDeque<String>,
}

impl Cache {
    /// `cache = N`.
    pub const fn new(most: usize) -> Self {
        Self { most, kept: Mutex::new(None) }
    }

    /// A completed record that has not expired at this time, in seconds since 1970.
    pub(crate) fn get(&self, id: &str, now: u64) -> Option<Record> {
        let kept = self.lock();
        let record = kept.as_ref()?.records.get(id)?;
        (record.expiration > now).then(|| record.clone())
    }

    /// Keeps a completed record. One in progress is another's to change, so it is not kept.
    pub(crate) fn put(&self, id: &str, record: &Record) {
        if self.most == 0 || record.status != Status::Completed {
            return;
        }
        let mut kept = self.lock();
        let Kept { records, in_turn } = kept.get_or_insert_default();
        if records.insert(id.to_owned(), record.clone()).is_none() {
            in_turn.push_back(id.to_owned());
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

    fn record(status: Status) -> Record {
        Record { status, expiration: 10, in_progress_expiration: None, data: None, validation: None, owner: None }
    }

    #[test]
    fn only_what_is_completed_and_has_not_expired_is_found() {
        let cache = Cache::new(2);
        cache.put("a", &record(Status::InProgress));
        assert_eq!(cache.get("a", 9), None);
        cache.put("a", &record(Status::Completed));
        assert!(cache.get("a", 9).is_some());
        assert_eq!(cache.get("a", 10), None);
        cache.put("a", &record(Status::Completed));
        cache.put("b", &record(Status::Completed));
        assert!(cache.get("a", 9).is_some());
        cache.put("c", &record(Status::Completed));
        assert_eq!(cache.get("a", 9), None);
        assert!(cache.get("b", 9).is_some() && cache.get("c", 9).is_some());

        let none = Cache::new(0);
        none.put("a", &record(Status::Completed));
        assert_eq!(none.get("a", 9), None);
    }
}
