//! A value that is fetched again from time to time.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use futures_util::future::BoxFuture;
use tokio::runtime::Handle;
use tokio::time::Instant;

use crate::telemetry::incident::Incident;

/// Fetches the value anew, or says why not.
type Fetch<T> = Box<dyn Fn() -> BoxFuture<'static, Result<T, String>> + Send + Sync>;

/// A secret or a parameter that is renewed while the function runs: `#[secret("name", refresh = "5m")]`.
///
/// ```
/// use lambkin::config::Refreshed;
/// use lambkin::prelude::*;
///
/// #[derive(Config)]
/// struct Settings {
///     #[secret("prod/api/token", refresh = "5m")]
///     token: Refreshed<Secret<String>>,
/// }
///
/// #[handler(invoke)]
/// async fn call(settings: &Settings) -> usize {
///     // Asked for where it is used, not kept.
///     settings.token.current().expose().len()
/// }
/// # lambkin::app! { config: [Settings], handlers: [call] }
/// # fn main() {}
/// ```
///
/// Nobody waits for the renewal: who asks first when the time is over gets the old value, and starts it in the background of
/// the invocation. The Parameters and Secrets extension has a cache of its own, whose age (`SECRETS_MANAGER_TTL`,
/// `SSM_PARAMETER_STORE_TTL`) comes on top. While a new value can't be had, the old one stays, and the log says so. Locally the environment and `.env`
/// are read again.
pub struct Refreshed<T>(Arc<Inner<T>>);

struct Inner<T> {
    state: Mutex<State<T>>,
    is_running: AtomicBool,
    renewal: Option<Renewal<T>>,
}

struct State<T> {
    value: Arc<T>,
    fetched: Moment,
}

/// A moment by both clocks: while Lambda has frozen the process, one of them may have stood still.
#[derive(Clone, Copy)]
struct Moment(Instant, SystemTime);

impl Moment {
    fn now() -> Self {
        Self(Instant::now(), SystemTime::now())
    }

    fn age(self) -> Duration {
        self.0.elapsed().max(self.1.elapsed().unwrap_or_default())
    }
}

struct Renewal<T> {
    /// What the log calls it.
    subject: String,
    every: Duration,
    fetch: Fetch<T>,
}

impl<T> Refreshed<T> {
    /// A value that stays as it is, for tests.
    ///
    /// ```
    /// use lambkin::config::Refreshed;
    ///
    /// assert_eq!(*Refreshed::fixed(5).current(), 5);
    /// ```
    pub fn fixed(value: T) -> Self {
        Self::new(value, None)
    }

    fn new(value: T, renewal: Option<Renewal<T>>) -> Self {
        let state = Mutex::new(State { value: Arc::new(value), fetched: Moment::now() });
        Self(Arc::new(Inner { state, is_running: AtomicBool::new(false), renewal }))
    }
}

impl<T: Send + Sync + 'static> Refreshed<T> {
    pub(super) fn renewed(value: T, subject: String, every: Duration, fetch: Fetch<T>) -> Self {
        Self::new(value, Some(Renewal { subject, every, fetch }))
    }

    /// The value as it was fetched last.
    ///
    /// ```
    /// use lambkin::Secret;
    /// use lambkin::config::Refreshed;
    ///
    /// let token = Refreshed::fixed(Secret::new("abc".to_owned()));
    /// assert_eq!(token.current().expose(), "abc");
    /// ```
    pub fn current(&self) -> Arc<T> {
        let (value, age) = {
            let state = self.0.state.lock().unwrap_or_else(PoisonError::into_inner);
            (Arc::clone(&state.value), state.fetched.age())
        };
        if self.0.renewal.as_ref().is_some_and(|renewal| age >= renewal.every)
            && let Ok(runtime) = Handle::try_current()
            && !self.0.is_running.swap(true, Ordering::SeqCst)
        {
            let inner = Arc::clone(&self.0);
            runtime.spawn(async move { inner.renew().await });
        }
        value
    }
}

/// Lets the next renewal start, also after one that panicked.
struct Running<'r>(&'r AtomicBool);

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.0.store(false, Ordering::SeqCst);
    }
}

impl<T> Inner<T> {
    async fn renew(&self) {
        let _running = Running(&self.is_running);
        let Some(Renewal { subject, fetch, .. }) = &self.renewal else { return };
        let fetched = fetch().await;
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        // After a failure too: a service that is in trouble is not asked all the time.
        state.fetched = Moment::now();
        match fetched {
            Ok(value) => state.value = Arc::new(value),
            Err(why) => {
                drop(state);
                Incident::of("Config").warn(format_args!("{subject} is not renewed, and keeps its value: {why}"));
            }
        }
    }
}

impl<T: fmt::Debug> fmt::Debug for Refreshed<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.0.state.lock().unwrap_or_else(PoisonError::into_inner);
        f.debug_tuple("Refreshed").field(&state.value).finish()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicU32;

    use super::*;

    const EVERY: Duration = Duration::from_secs(300);

    async fn settle() {
        for _ in 0..10 {
            tokio::task::yield_now().await;
        }
    }

    #[tokio::test(start_paused = true)]
    async fn an_old_value_is_given_while_a_new_one_is_fetched() {
        let times = Arc::new(AtomicU32::new(0));
        let counted = Arc::clone(&times);
        let fetch: Fetch<u32> = Box::new(move || {
            let time = counted.fetch_add(1, Ordering::SeqCst) + 1;
            Box::pin(async move { if time == 2 { Err("out of reach".to_owned()) } else { Ok(time) } })
        });
        let value = Refreshed::renewed(0, "the secret `s`".to_owned(), EVERY, fetch);
        tokio::time::advance(EVERY - Duration::from_secs(1)).await;
        assert_eq!(*value.current(), 0);
        settle().await;
        assert_eq!(times.load(Ordering::SeqCst), 0, "it was not time");

        tokio::time::advance(Duration::from_secs(1)).await;
        // Two that ask at once start one renewal.
        assert_eq!((*value.current(), *value.current()), (0, 0));
        settle().await;
        assert_eq!((*value.current(), times.load(Ordering::SeqCst)), (1, 1));

        // The second time fails: the value stays, and the next attempt is after the usual time.
        tokio::time::advance(EVERY).await;
        value.current();
        settle().await;
        assert_eq!((*value.current(), times.load(Ordering::SeqCst)), (1, 2));
        tokio::time::advance(EVERY).await;
        value.current();
        settle().await;
        assert_eq!((*value.current(), times.load(Ordering::SeqCst)), (3, 3));
    }

    #[test]
    fn without_a_runtime_the_value_stays() {
        let fetch: Fetch<u32> = Box::new(|| Box::pin(std::future::pending()));
        let value = Refreshed::renewed(5, String::new(), Duration::ZERO, fetch);
        assert_eq!(*value.current(), 5);
        assert_eq!(format!("{value:?}"), "Refreshed(5)");
    }
}
