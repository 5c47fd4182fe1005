//! Records that are begun ahead of their turn.
//!
//! A handler that waits for others before it starts, as one that asks a store for a key does, is polled once: it gets
//! as far as its first pause. When the record's turn comes, it goes on from there.

use std::pin::Pin;
use std::sync::{Mutex, PoisonError};
use std::task::{Context, Poll, Waker};

use futures_util::future::BoxFuture;

/// What a record's pipeline comes to.
type Attempt<'r, T> = BoxFuture<'r, T>;

enum Begun<'r, T> {
    Paused(Attempt<'r, T>),
    /// It did not come to a pause.
    Done(T),
}

/// The records of one batch, up to the last that is begun.
pub(super) struct Ahead<'r, T> {
    begun: Mutex<Vec<Option<Begun<'r, T>>>>,
    records: usize,
}

impl<'r, T> Ahead<'r, T> {
    pub(super) fn new(records: usize) -> Self {
        Self { begun: Mutex::new(Vec::new()), records }
    }

    /// Begins what stands before `end` and is not begun, then goes on with this record.
    pub(super) async fn attempt(&self, record: usize, end: usize, attempt: impl Fn(usize) -> Attempt<'r, T>) -> T {
        let first = self.lock(|begun| begun.len());
        for ahead in first..end.min(self.records).max(record + 1) {
            let mut paused = attempt(ahead);
            let polled = Pin::new(&mut paused).poll(&mut Context::from_waker(Waker::noop()));
            self.lock(|begun| {
                begun.push(Some(match polled {
                    Poll::Ready(done) => Begun::Done(done),
                    Poll::Pending => Begun::Paused(paused),
                }));
            });
        }
        match self.lock(|begun| begun.get_mut(record).and_then(Option::take)) {
            Some(Begun::Done(done)) => done,
            Some(Begun::Paused(paused)) => paused.await,
            // A record has one turn.
            None => attempt(record).await,
        }
    }

    fn lock<R>(&self, look: impl FnOnce(&mut Vec<Option<Begun<'r, T>>>) -> R) -> R {
        look(&mut self.begun.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
