//! Panics: caught where they would take other records down, and logged as one line.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::fmt;
use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, PanicHookInfo, catch_unwind};
use std::pin::pin;
use std::task::Poll;

use tracing::subscriber::NoSubscriber;

use crate::error::{Failure, FailureKind};
use crate::telemetry::complain;
use crate::telemetry::incident::Incident;

thread_local! {
    /// How many guards the current poll is inside of.
    static GUARDS: Cell<u32> = const { Cell::new(0) };
    /// The last panic inside of a guard during the current poll, left here by the hook.
    static LAST: RefCell<Option<Seen>> = const { RefCell::new(None) };
}

/// A panic as the hook sees it.
struct Seen {
    location: String,
    message: String,
}

/// Runs a future; a panic in it becomes a [`Failure`] with the panic's message and place.
pub(crate) async fn catch<F: Future>(future: F) -> Result<F::Output, Failure> {
    let mut future = pin!(future);
    // Not through `catch_now`: the compiler would not see any more which of a future's ends can be reached.
    poll_fn(|cx| {
        GUARDS.set(GUARDS.get() + 1);
        let polled = catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(cx)));
        match polled {
            Ok(polled) => {
                left();
                polled.map(Ok)
            }
            Err(payload) => Poll::Ready(Err(failure(payload))),
        }
    })
    .await
}

/// As [`catch`], for what is no future.
pub(crate) fn catch_now<T>(run: impl FnOnce() -> T) -> Result<T, Failure> {
    GUARDS.set(GUARDS.get() + 1);
    match catch_unwind(AssertUnwindSafe(run)) {
        Ok(done) => {
            left();
            Ok(done)
        }
        Err(payload) => Err(failure(payload)),
    }
}

/// Leaves a guard without a panic. One that somebody inside caught would leave no trace, so it is logged.
fn left() {
    GUARDS.set(GUARDS.get() - 1);
    LAST.take().inspect(Seen::log);
}

/// Leaves a guard with a panic. Not inlined: each guard would hold a copy.
#[inline(never)]
fn failure(payload: Box<dyn Any + Send>) -> Failure {
    let (mut message, mut seen) = (text(&*payload).to_owned(), LAST.take());
    // The payload may be anything, even something that panics when it is dropped; then that is what to tell.
    if let Err(another) = catch_unwind(AssertUnwindSafe(|| drop(payload))) {
        (message, seen) = (text(&*another).to_owned(), LAST.take());
        std::mem::forget(another);
    }
    GUARDS.set(GUARDS.get() - 1);
    let text = match seen {
        // One that is resumed from elsewhere does not pass the hook: what that saw was another.
        Some(seen) if seen.message == message => seen.to_string(),
        other => {
            other.inspect(Seen::log);
            format!("panicked: {message}")
        }
    };
    Failure::new(FailureKind::Panic, "Panic", text)
}

impl fmt::Display for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "panicked at {}: {}", self.location, self.message)
    }
}

impl Seen {
    #[inline(never)]
    fn log(&self) {
        if tracing::dispatcher::get_default(tracing::Dispatch::is::<NoSubscriber>) {
            // A task that `#[init]` spawned: no subscriber is the process's yet.
            complain(&self.to_string());
        } else {
            Incident::of("Panic").error(format_args!("{self}"));
        }
    }
}

/// The message of a panic's payload, as `panic!` makes it.
pub(crate) fn text(payload: &(dyn Any + Send)) -> &str {
    if let Some(text) = payload.downcast_ref::<&'static str>() {
        text
    } else if let Some(text) = payload.downcast_ref::<String>() {
        text
    } else {
        "no message"
    }
}

/// Replaces the standard hook, whose report is many lines: Lambda makes a log event of each.
///
/// Inside of a guard the hook only keeps what it saw, and whoever caught the panic logs it together with the
/// record; elsewhere, such as in a spawned task, the hook logs it.
pub(crate) fn install_hook() {
    std::panic::set_hook(Box::new(|info: &PanicHookInfo<'_>| {
        let location = info.location().map(ToString::to_string).unwrap_or_default();
        let seen = Seen { location, message: text(info.payload()).to_owned() };
        if GUARDS.get() > 0 {
            LAST.replace(Some(seen)).inspect(Seen::log);
        } else {
            seen.log();
        }
    }));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_becomes_a_failure_with_its_message() {
        assert_eq!(catch(async { 1 }).await, Ok(1));
        let caught = catch(async { panic!("no {}", "stock") }).await.map(|()| 0);
        let failure = caught.unwrap_err();
        assert_eq!(failure.kind(), FailureKind::Panic);
        assert!(failure.message().ends_with("no stock"), "{failure}");
        let odd = catch(async { std::panic::panic_any(7) }).await.map(|()| 0);
        assert!(odd.unwrap_err().message().contains("no message"));
        assert_eq!(GUARDS.get(), 0);
    }
}
