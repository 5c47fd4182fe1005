//! A store that keeps time, counts, and fails on demand; in front of one in memory.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use lambkin::idempotency::{Acquired, Claim, Memory, Record, Store, StoreError};

/// Shared by its clones.
#[derive(Clone, Default)]
pub(crate) struct Peer(Arc<Inner>);

#[derive(Default)]
pub(crate) struct Inner {
    memory: Memory,
    /// How long an answer takes, on tokio's clock.
    latency: Duration,
    /// What was answered, in its order.
    answered: Mutex<Vec<&'static str>>,
    /// Operations that still fail, by name.
    failing: Mutex<Vec<(&'static str, usize)>>,
    at_once: AtomicUsize,
    most_at_once: AtomicUsize,
    max_data_bytes: Option<usize>,
    is_silent: AtomicBool,
}

impl Peer {
    pub(crate) fn with_latency(latency: Duration) -> Self {
        Self(Arc::new(Inner { latency, ..Inner::default() }))
    }

    pub(crate) fn with_max_data_bytes(bytes: usize) -> Self {
        Self(Arc::new(Inner { max_data_bytes: Some(bytes), ..Inner::default() }))
    }

    /// The next so many operations of this name fail.
    pub(crate) fn fail(&self, operation: &'static str, times: usize) {
        self.0.failing.lock().unwrap().push((operation, times));
    }

    /// From now on nothing is answered.
    pub(crate) fn fall_silent(&self) {
        self.0.is_silent.store(true, Ordering::SeqCst);
    }

    pub(crate) fn memory(&self) -> &Memory {
        &self.0.memory
    }

    /// How often an operation was answered.
    pub(crate) fn count(&self, operation: &str) -> usize {
        self.0.answered.lock().unwrap().iter().filter(|answered| **answered == operation).count()
    }

    /// The most operations that were under way at the same time.
    pub(crate) fn most_at_once(&self) -> usize {
        self.0.most_at_once.load(Ordering::SeqCst)
    }

    async fn answer(&self, operation: &'static str) -> Result<(), StoreError> {
        let at_once = self.0.at_once.fetch_add(1, Ordering::SeqCst) + 1;
        self.0.most_at_once.fetch_max(at_once, Ordering::SeqCst);
        tokio::time::sleep(self.0.latency).await;
        if self.0.is_silent.load(Ordering::SeqCst) {
            std::future::pending::<()>().await;
        }
        self.0.at_once.fetch_sub(1, Ordering::SeqCst);
        self.0.answered.lock().unwrap().push(operation);
        let mut failing = self.0.failing.lock().unwrap();
        match failing.iter_mut().find(|(name, times)| *name == operation && *times > 0) {
            Some((_, times)) => {
                *times -= 1;
                Err(StoreError::new(format!("no answer to {operation}")))
            }
            None => Ok(()),
        }
    }
}

impl Store for Peer {
    async fn acquire(&self, id: &str, claim: &Claim) -> Result<Acquired, StoreError> {
        self.answer("acquire").await?;
        self.0.memory.acquire(id, claim).await
    }

    async fn complete(&self, id: &str, done: &Record) -> Result<bool, StoreError> {
        self.answer("complete").await?;
        self.0.memory.complete(id, done).await
    }

    async fn release(&self, id: &str, owner: &str) -> Result<bool, StoreError> {
        self.answer("release").await?;
        self.0.memory.release(id, owner).await
    }

    fn max_data_bytes(&self) -> usize {
        self.0.max_data_bytes.unwrap_or(usize::MAX)
    }
}
