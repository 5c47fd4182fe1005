//! Records that are begun ahead of their turn.
//!
//! A handler that waits for others before it starts, as one that asks a store for a key does, is polled once: it gets
//! as far as its first pause. When the record's turn comes, it goes on from there.

use std::pin::Pin;
use std::sync::{Mutex, PoisonError};
use std::task::{Context, Poll, Waker};

use futures_util::future::BoxFuture;

use crate::panic;
use crate::telemetry::incident::Incident;

/// What a record's pipeline comes to.
type Attempt<'r, T> = BoxFuture<'r, T>;

enum Begun<'r, T> {
    Paused(Attempt<'r, T>),
    /// It did not come to a pause.
    Done(T),
}

/// The records of one batch, begun ahead of their turn. An object, so that a handler without it links nothing of it.
pub(super) trait BeginAhead<'r, T>: Send + Sync {
    /// Begins the records up to a few behind this one, and goes on with this one.
    fn attempt(&self, record: usize) -> BoxFuture<'_, T>;
}

/// So many records ahead of the one whose turn it is, out of so many.
pub(super) struct Ahead<'r, T, F> {
    ahead: usize,
    records: usize,
    /// A record's pipeline.
    attempt: F,
    /// The records up to the last that is begun.
    begun: Mutex<Vec<Option<Begun<'r, T>>>>,
}

impl<'r, T, F> Ahead<'r, T, F> {
    pub(super) fn new(ahead: usize, records: usize, attempt: F) -> Self {
        Self { ahead, records, attempt, begun: Mutex::new(Vec::new()) }
    }

    fn lock<R>(&self, look: impl FnOnce(&mut Vec<Option<Begun<'r, T>>>) -> R) -> R {
        look(&mut self.begun.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl<T, F> Drop for Ahead<'_, T, F> {
    /// What never started has destructors, too; two that panic at once would end the process.
    fn drop(&mut self) {
        for begun in std::mem::take(self.begun.get_mut().unwrap_or_else(PoisonError::into_inner)) {
            if let Err(panic) = panic::catch_now(|| drop(begun)) {
                Incident::failure(&panic).error(format_args!("a record that did not start: {}", panic.message()));
            }
        }
    }
}

impl<'r, T: Send, F: Fn(usize) -> Attempt<'r, T> + Send + Sync> BeginAhead<'r, T> for Ahead<'r, T, F> {
    fn attempt(&self, record: usize) -> BoxFuture<'_, T> {
        let first = self.lock(|begun| begun.len());
        for ahead in first..record.saturating_add(self.ahead).min(self.records) {
            let mut paused = (self.attempt)(ahead);
            let polled = Pin::new(&mut paused).poll(&mut Context::from_waker(Waker::noop()));
            self.lock(|begun| {
                begun.push(Some(match polled {
                    Poll::Ready(done) => Begun::Done(done),
                    Poll::Pending => Begun::Paused(paused),
                }));
            });
        }
        match self.lock(|begun| begun.get_mut(record).and_then(Option::take)) {
            Some(Begun::Done(done)) => Box::pin(std::future::ready(done)),
            Some(Begun::Paused(paused)) => paused,
            // A record has one turn.
            None => (self.attempt)(record),
        }
    }
}
