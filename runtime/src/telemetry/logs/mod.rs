//! Lines on standard error for what `tracing` hears.
//!
//! With `AWS_LAMBDA_LOG_FORMAT=JSON` a line is one flat object with `timestamp`, `level` and `message` at
//! the top, which is what Lambda's own filtering reads:
//! <https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-logformat.html>.
//!
//! A subscriber of the user's has precedence: during the init phase this one is the thread's default only,
//! so an `#[init]` function can install another for good, and it becomes the process's afterwards only if
//! none did. With `subscriber: function` in `main!`, there is none of lambkin's at any time.

#[cfg(feature = "logs")]
pub(crate) mod buffer;
mod fields;
#[cfg(feature = "logs")]
mod filter;
#[cfg(feature = "logs")]
mod full;
#[cfg(feature = "logs")]
mod layer;
#[cfg(feature = "logs")]
mod line;
#[cfg(not(feature = "logs"))]
mod lines;
#[cfg(feature = "logs")]
mod sample;

#[cfg(feature = "logs")]
pub(crate) use full::layer;
#[cfg(feature = "logs")]
pub(crate) use layer::write_kept;

use tracing::Dispatch;
use tracing::dispatcher::DefaultGuard;
use tracing::level_filters::LevelFilter;

use crate::app::App;

/// The lines of the init phase; none, where the app has a subscriber of its own.
pub(crate) struct Logging(Option<(Dispatch, DefaultGuard)>);

impl Logging {
    /// Installs the app's own subscriber for good; without one, lambkin's lines are the thread's default for the time being.
    pub(crate) fn of<A: App>() -> Self {
        if let Some(install) = A::SUBSCRIBER {
            install();
            return Self(None);
        }
        #[cfg(feature = "logs")]
        let dispatch = full::dispatch();
        #[cfg(not(feature = "logs"))]
        let dispatch = Dispatch::new(lines::Lines::from_env());
        let guard = tracing::dispatcher::set_default(&dispatch);
        Self(Some((dispatch, guard)))
    }

    /// Makes these lines the process's, unless the user's subscriber is.
    pub(crate) fn install(self) {
        let Some((dispatch, guard)) = self.0 else { return };
        drop(guard);
        // An error says that there is one already, which is the user's.
        let installed = tracing::dispatcher::set_global_default(dispatch);
        #[cfg(feature = "logs")]
        if installed.is_ok() {
            full::take_lines_of_log();
        }
        let _ = installed;
    }
}

/// A level, by `tracing`'s names or Lambda's.
fn level(text: &str) -> Option<LevelFilter> {
    match text.trim().to_ascii_lowercase().as_str() {
        "" => None,
        "fatal" => Some(LevelFilter::ERROR),
        other => other.parse().ok(),
    }
}
