//! A thread outside of the async runtime that tells which handler is stuck.
//!
//! A future that never yields cannot be cancelled. Three quarters of the margin after the line, when all that
//! can still be done is over and there is time to write a log line, the watchdog names the handler and the
//! record that is being polled.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use crate::context::Context;
use crate::telemetry::incident::Incident;

const NONE: usize = usize::MAX;

/// One watched invocation; it ends with the value.
pub(crate) struct Watch(Arc<Watched>);

struct Watched {
    handler: &'static str,
    cx: Context,
    alarm: Instant,
    limit: Instant,
    /// The index of the record that is being polled right now.
    polled: AtomicUsize,
    /// The identifiers of the records, a line each: one allocation for a whole batch.
    ids: OnceLock<String>,
}

impl Watch {
    pub(crate) fn start(
        handler: &'static str,
        cx: Context,
        line: tokio::time::Instant,
        deadline: tokio::time::Instant,
    ) -> Self {
        let (line, limit) = (line.into_std(), deadline.into_std());
        let alarm = line + limit.saturating_duration_since(line) * 3 / 4;
        let watched =
            Arc::new(Watched { handler, cx, alarm, limit, polled: AtomicUsize::new(NONE), ids: OnceLock::new() });
        watchdog().add(Arc::clone(&watched));
        Self(watched)
    }

    /// Tells what the records are called.
    pub(crate) fn name_records<'r>(&self, ids: impl Iterator<Item = &'r str>) {
        let lines = ids.fold(String::new(), |mut lines, id| {
            lines.extend(id.chars().map(|c| if c == '\n' { ' ' } else { c }));
            lines.push('\n');
            lines
        });
        // A second batch in one invocation does not happen; the first names stand.
        let _ = self.0.ids.set(lines);
    }

    /// Polls, and knows meanwhile which record is polled.
    pub(crate) fn during<T>(&self, record: usize, poll: impl FnOnce() -> T) -> T {
        self.0.polled.store(record, Ordering::Relaxed);
        let polled = poll();
        self.0.polled.store(NONE, Ordering::Relaxed);
        polled
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        watchdog().remove(&self.0);
    }
}

impl Watched {
    fn report(&self) {
        let record = self.polled.load(Ordering::Relaxed);
        // Between two polls the handler has yielded, whatever it waits for.
        if record == NONE {
            return;
        }
        let id = self.ids.get().and_then(|ids| ids.lines().nth(record));
        let left = self.limit.saturating_duration_since(Instant::now());
        Incident::of("Stuck").by(self.handler, &self.cx).record(id).error(format_args!(
            "`{}` did not stop at its deadline: it has not yielded to the runtime and can't be cancelled; \
             Lambda ends the process in {} ms",
            self.handler,
            left.as_millis()
        ));
    }
}

struct Watchdog {
    watched: Mutex<Vec<Arc<Watched>>>,
    changed: Condvar,
}

/// The process's watchdog; the first invocation with a deadline starts it.
fn watchdog() -> &'static Watchdog {
    static WATCHDOG: OnceLock<&'static Watchdog> = OnceLock::new();
    WATCHDOG.get_or_init(|| {
        let watchdog: &'static Watchdog =
            Box::leak(Box::new(Watchdog { watched: Mutex::new(Vec::new()), changed: Condvar::new() }));
        let thread = std::thread::Builder::new().name("lambkin-watchdog".to_owned());
        if let Err(error) = thread.spawn(|| watchdog.run()) {
            Incident::default()
                .warn(format_args!("no watchdog, so a handler that is stuck will not be named: {error}"));
        }
        watchdog
    })
}

impl Watchdog {
    fn list(&self) -> MutexGuard<'_, Vec<Arc<Watched>>> {
        self.watched.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn add(&self, watched: Arc<Watched>) {
        let mut list = self.list();
        let earliest = list.iter().map(|w| w.alarm).min();
        let wake = earliest.is_none_or(|at| watched.alarm < at);
        list.push(watched);
        drop(list);
        if wake {
            self.changed.notify_one();
        }
    }

    fn remove(&self, watched: &Arc<Watched>) {
        self.list().retain(|w| !Arc::ptr_eq(w, watched));
    }

    fn run(&self) {
        let mut list = self.list();
        loop {
            let now = Instant::now();
            // Under the lock, so that an invocation that ends meanwhile is not reported afterwards.
            list.retain(|watched| {
                let is_due = watched.alarm <= now;
                if is_due {
                    watched.report();
                }
                !is_due
            });
            // Nothing to watch is waited for by the hour: the next invocation wakes the thread.
            let pause = list
                .iter()
                .map(|w| w.alarm)
                .min()
                .map_or(Duration::from_secs(3600), |at| at.saturating_duration_since(now));
            list = self.changed.wait_timeout(list, pause).unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}
