//! Before and after the first event: what can only be fetched while there is an invocation waits for it here.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use futures_util::future::{BoxFuture, Either, select};
use tokio::sync::{Mutex, Notify, Semaphore};
use tokio::task::JoinHandle;

use crate::app::error::InitError;
use crate::app::{Ready, Resolving};
use crate::call::Call;
use crate::error::InvocationError;
use crate::spec::FunctionSpec;

/// Closed at the first event.
static INVOKED: Semaphore = Semaphore::const_new(0);

/// Somebody waits for it.
static WANTED: Notify = Notify::const_new();

/// Whether there will be events: in a test, or locally, nothing is postponed.
static SERVING: AtomicBool = AtomicBool::new(false);

/// Whether what was postponed has failed.
static FAILED: AtomicBool = AtomicBool::new(false);

/// Waits for the first event.
#[cfg_attr(feature = "config-aws", allow(dead_code, reason = "the SDK answers in the init phase"))]
pub(super) async fn invoked() {
    if SERVING.load(Ordering::SeqCst) {
        WANTED.notify_one();
        // It has no permits: this ends when it is closed.
        let _ = INVOKED.acquire().await;
    }
}

/// How an app puts off what can't be made before the first event.
#[doc(hidden)]
pub struct Later {
    /// Initialises a handler, or as much of it as can be. The rest is done when the first event is there.
    pub(crate) init: fn(&'static FunctionSpec, Resolving<&'static dyn Ready>) -> Resolving<&'static dyn Ready>,
    /// Whether that has failed, so that the process has to end.
    pub(crate) has_failed: fn() -> bool,
}

impl Later {
    /// That of every app with a config.
    pub const CONFIG: Self =
        Self { init: |spec, resolving| Box::pin(init(spec, resolving)), has_failed: || FAILED.load(Ordering::SeqCst) };
}

async fn init(
    spec: &'static FunctionSpec,
    resolving: Resolving<&'static dyn Ready>,
) -> Result<&'static dyn Ready, InitError> {
    SERVING.store(true, Ordering::SeqCst);
    match select(resolving, Box::pin(WANTED.notified())).await {
        Either::Left((resolved, _)) => {
            // What is fetched from now on is fetched in an invocation.
            INVOKED.close();
            resolved
        }
        Either::Right((_, rest)) => {
            let rest = Mutex::new(Some(tokio::spawn(rest)));
            let postponed: &'static Postponed = Box::leak(Box::new(Postponed { spec, rest, made: OnceLock::new() }));
            Ok(postponed)
        }
    }
}

type Resolved = Result<&'static dyn Ready, InitError>;

/// A handler whose init ends in the first invocation.
struct Postponed {
    spec: &'static FunctionSpec,
    rest: Mutex<Option<JoinHandle<Resolved>>>,
    made: OnceLock<Resolved>,
}

impl Postponed {
    /// The handler. Of several first invocations at once, one waits for it and the others for that one.
    async fn ready(&self) -> Resolved {
        if let Some(made) = self.made.get() {
            return made.clone();
        }
        INVOKED.close();
        let mut rest = self.rest.lock().await;
        let ended = match rest.take() {
            Some(running) => running.await.unwrap_or_else(|error| Err(InitError::new("Panic", error.to_string()))),
            // Another one has waited; or it was cancelled while it did, and nobody will know.
            None => self.made.get().cloned().unwrap_or_else(|| Err(InitError::new("Config", "the init was cancelled"))),
        };
        self.made.get_or_init(|| ended).clone()
    }
}

impl Ready for Postponed {
    fn spec(&self) -> &'static FunctionSpec {
        self.spec
    }

    fn serve<'c>(&'c self, call: &'c Call<'c>) -> BoxFuture<'c, Result<Vec<u8>, InvocationError>> {
        Box::pin(async move {
            match self.ready().await {
                Ok(ready) => ready.serve(call).await,
                Err(error) => {
                    FAILED.store(true, Ordering::SeqCst);
                    Err(error.payload().clone())
                }
            }
        })
    }
}
