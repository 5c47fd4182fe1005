//! Before and after the first event: what can only be fetched while there is an invocation waits for it here.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use futures_util::future::{BoxFuture, Either, select};
use tokio::sync::{Mutex, Notify, Semaphore};
use tokio::task::JoinHandle;
use tokio::time::timeout_at;

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

/// Whether there is no event yet, and will be one.
#[cfg_attr(feature = "config-aws", allow(dead_code, reason = "the SDK answers in the init phase"))]
pub(super) fn may_wait() -> bool {
    SERVING.load(Ordering::SeqCst) && !INVOKED.is_closed()
}

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
        if let Some(running) = rest.as_mut() {
            // Whoever waits here may be out of time before it ends: the next one goes on waiting.
            let ended = running.await.unwrap_or_else(|_| Err(InitError::new("Panic", "the init panicked")));
            *rest = None;
            let _ = self.made.set(ended);
        }
        // Whoever took it has left what came of it.
        self.made.get().cloned().unwrap_or_else(|| Err(InitError::new("Config", "the init has come to nothing")))
    }

    /// [`Self::ready`], as long as there is time in this invocation.
    async fn ready_in_time(&self, call: &Call<'_>) -> Result<&'static dyn Ready, InvocationError> {
        let ready = self.ready();
        let ended = match call.last_start() {
            Some(end) => timeout_at(end, ready).await,
            None => Ok(ready.await),
        };
        match ended {
            Ok(Ok(ready)) => Ok(ready),
            Ok(Err(error)) => {
                FAILED.store(true, Ordering::SeqCst);
                Err(error.payload().clone())
            }
            Err(_) => Err(InvocationError::new(
                "Config",
                "the time is over, and the Parameters and Secrets extension has not given all that is needed to start"
                    .to_owned(),
            )),
        }
    }
}

impl Ready for Postponed {
    fn spec(&self) -> &'static FunctionSpec {
        self.spec
    }

    fn serve<'c>(&'c self, call: &'c Call<'c>) -> BoxFuture<'c, Result<Vec<u8>, InvocationError>> {
        Box::pin(async move { self.ready_in_time(call).await?.serve(call).await })
    }
}
