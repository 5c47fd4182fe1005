//! Records in the memory of this process.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::{Store, StoreError};
use crate::idempotency::protocol::{self, Acquired, Claim};
use crate::idempotency::record::Record;

/// A store for tests: it knows nothing of other processes, and forgets all when this one ends. Clones share what they
/// hold.
#[derive(Clone, Debug, Default)]
pub struct Memory(Arc<Mutex<HashMap<String, Record>>>);

impl Memory {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }

    /// The record of a key, as the store holds it: expired ones too.
    pub fn get(&self, id: &str) -> Option<Record> {
        self.records().get(id).cloned()
    }

    /// All keys with their records, by key.
    pub fn all(&self) -> Vec<(String, Record)> {
        let mut all: Vec<_> = self.records().iter().map(|(id, record)| (id.clone(), record.clone())).collect();
        all.sort_unstable_by(|a, b| a.0.cmp(&b.0));
        all
    }

    /// Puts a record in, as another process might have.
    pub fn put(&self, id: &str, record: Record) {
        self.records().insert(id.to_owned(), record);
    }

    fn records(&self) -> MutexGuard<'_, HashMap<String, Record>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn step<T>(&self, id: &str, step: impl FnOnce(&mut Option<Record>) -> T) -> T {
        let mut records = self.records();
        let mut slot = records.remove(id);
        let done = step(&mut slot);
        if let Some(record) = slot {
            records.insert(id.to_owned(), record);
        }
        done
    }
}

impl Store for Memory {
    async fn acquire(&self, id: &str, claim: &Claim) -> Result<Acquired, StoreError> {
        Ok(self.step(id, |slot| protocol::acquire(slot, claim)))
    }

    async fn complete(&self, id: &str, done: &Record) -> Result<bool, StoreError> {
        Ok(self.step(id, |slot| protocol::complete(slot, done)))
    }

    async fn release(&self, id: &str, owner: &str) -> Result<bool, StoreError> {
        Ok(self.step(id, |slot| protocol::release(slot, owner)))
    }
}
