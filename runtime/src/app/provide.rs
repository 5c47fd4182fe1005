//! Which type the app provides, and where its value stands.

use std::future::poll_fn;
use std::sync::{Mutex, OnceLock, PoisonError};
use std::task::Poll;

use crate::app::Resolving;
use crate::app::error::InitError;
use crate::config::read::Read;

/// The app provides a `T`: an `#[init]` function in `main!` returns it.
#[diagnostic::on_unimplemented(
    message = "nothing in this app provides `{T}`",
    label = "this needs `&{T}` from the app",
    note = "lambkin::E110: write `#[init] async fn …() -> Result<{T}, Error>` and name it in \
            `init: […]`, or take the value from the event, not by reference",
    note = "a type with `#[derive(Config)]` is named in `config: […]`",
    note = "a trait object comes from an `#[init(provides = dyn Trait)]`"
)]
#[doc(hidden)]
pub trait Provide<T: ?Sized + Sync + 'static>: Sync + 'static {
    /// What the value is made of.
    const NEEDS: &'static Needs;

    /// Where the value stands once it is there.
    fn slot(&self) -> &Slot<T>;

    /// Makes the value unless it is there or on its way.
    fn init(&'static self) -> Resolving<&'static T>;
}

/// What an `#[init]` function is called and what it borrows.
#[doc(hidden)]
pub struct Needs {
    /// The function's name; empty for a part of a handler that borrows something itself.
    pub name: &'static str,
    /// What it borrows.
    pub deps: &'static [&'static Needs],
    /// What it reads, where it is a config.
    pub reads: &'static [Read],
}

impl Needs {
    /// The names of these and all below them, each once, in the order in which they can be made.
    pub(crate) fn names(needs: &[&Self]) -> Vec<&'static str> {
        fn visit(needs: &[&Needs], names: &mut Vec<&'static str>) {
            for need in needs {
                visit(need.deps, names);
                if !need.name.is_empty() && !names.contains(&need.name) {
                    names.push(need.name);
                }
            }
        }
        let mut names = Vec::new();
        visit(needs, &mut names);
        names
    }
}

/// The place of one provided value: empty, on its way, made, or failed.
#[doc(hidden)]
pub struct Slot<T: ?Sized + 'static> {
    made: OnceLock<Result<&'static T, InitError>>,
    running: Mutex<Option<Resolving<&'static T>>>,
}

impl<T: ?Sized + 'static> Default for Slot<T> {
    fn default() -> Self {
        Self { made: OnceLock::new(), running: Mutex::new(None) }
    }
}

impl<T: ?Sized + Sync + 'static> Slot<T> {
    /// Runs `make` if nobody has, and waits for it otherwise. A failure is kept like a value: it is not
    /// tried again by the next one to ask.
    ///
    /// Whoever asks polls the one future that makes the value. All of them belong to one task, which init
    /// is, so whichever polled last is woken on behalf of the others.
    pub async fn get_or_make(&self, make: impl Fn() -> Resolving<&'static T>) -> Result<&'static T, InitError> {
        poll_fn(|cx| {
            if let Some(made) = self.made.get() {
                return Poll::Ready(made.clone());
            }
            let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
            let polled = running.get_or_insert_with(&make).as_mut().poll(cx);
            if polled.is_ready() {
                *running = None;
            }
            polled.map(|result| self.made.get_or_init(|| result).clone())
        })
        .await
    }

    /// The value, where `init` has made it.
    pub fn get(&self) -> Option<&'static T> {
        self.made.get().and_then(|made| made.as_ref().ok().copied())
    }

    /// Puts a value in; whether the slot was empty.
    pub(crate) fn set(&self, value: &'static T) -> bool {
        self.made.set(Ok(value)).is_ok()
    }
}
