//! Panics: caught where they would take other records down, and logged as one line.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, PanicHookInfo, catch_unwind};
use std::pin::pin;
use std::task::Poll;

use crate::error::{Failure, FailureKind};
use crate::telemetry::incident::Incident;

thread_local! {
    /// How many guards the current poll is inside of.
    static GUARDS: Cell<u32> = const { Cell::new(0) };
    /// Where the last panic inside of a guard happened, left here by the hook.
    static LOCATION: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Runs a future; a panic in it becomes a [`Failure`] with the panic's message and place.
pub(crate) async fn catch<F: Future>(future: F) -> Result<F::Output, Failure> {
    let mut future = pin!(future);
    poll_fn(|cx| {
        // A panic that somebody inside swallowed earlier left its place behind.
        if GUARDS.get() == 0 {
            LOCATION.take();
        }
        GUARDS.set(GUARDS.get() + 1);
        let polled = catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(cx)));
        GUARDS.set(GUARDS.get() - 1);
        match polled {
            Ok(Poll::Pending) => Poll::Pending,
            Ok(Poll::Ready(output)) => Poll::Ready(Ok(output)),
            Err(payload) => Poll::Ready(Err(failure(&*payload))),
        }
    })
    .await
}

fn failure(payload: &(dyn Any + Send)) -> Failure {
    let mut message = String::from("panicked");
    if let Some(location) = LOCATION.take() {
        message.push_str(" at ");
        message.push_str(&location);
    }
    message.push_str(": ");
    message.push_str(text(payload));
    Failure::new(FailureKind::Panic, "Panic", message)
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
/// Inside of a guard the hook only keeps the place, and whoever caught the panic logs it together with
/// the record; elsewhere, such as in a spawned task, the hook logs it.
pub(crate) fn install_hook() {
    std::panic::set_hook(Box::new(|info: &PanicHookInfo<'_>| {
        let location = info.location().map(ToString::to_string).unwrap_or_default();
        if GUARDS.get() > 0 {
            LOCATION.set(Some(location));
        } else {
            Incident::of("Panic").error(format_args!("panicked at {location}: {}", text(info.payload())));
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
