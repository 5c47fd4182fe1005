//! How the process started: what took how long until the first event was asked for.

use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

/// When `main` began.
static MAIN: OnceLock<Instant> = OnceLock::new();

/// When the first event was asked for.
static READY: OnceLock<Instant> = OnceLock::new();

/// What makes the values that the handler borrows: its name, and how long it took by itself, if it is done.
static INITS: Mutex<Vec<(&'static str, Option<Duration>)>> = Mutex::new(Vec::new());

fn inits() -> MutexGuard<'static, Vec<(&'static str, Option<Duration>)>> {
    INITS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// `main` begins.
pub(crate) fn main_begins() {
    MAIN.get_or_init(Instant::now);
}

/// A function of the init phase on its way.
pub(crate) struct Running {
    name: &'static str,
    began: Instant,
}

impl Running {
    /// It begins.
    pub(crate) fn begin(name: &'static str) -> Self {
        inits().push((name, None));
        Self { name, began: Instant::now() }
    }

    /// It is done.
    pub(crate) fn done(self) {
        let took = self.began.elapsed();
        if let Some(init) = inits().iter_mut().find(|(name, took)| *name == self.name && took.is_none()) {
            init.1 = Some(took);
        }
    }
}

/// The names of those that are not done.
#[cfg(feature = "logs")]
pub(crate) fn running() -> Vec<&'static str> {
    inits().iter().filter(|(_, took)| took.is_none()).map(|(name, _)| *name).collect()
}

/// The first event is asked for.
pub(crate) fn ready() {
    READY.get_or_init(Instant::now);
    #[cfg(feature = "logs")]
    if let Some(took) = init_duration() {
        log(took);
        crate::telemetry::guard_rails::check_init(took);
    }
}

/// Whether events come from the Runtime API.
#[cfg(feature = "logs")]
pub(crate) fn is_serving() -> bool {
    READY.get().is_some()
}

/// From `main` to the first event asked for; `None` before that, and in tests, where there is no such moment.
pub(crate) fn init_duration() -> Option<Duration> {
    Some(READY.get()?.saturating_duration_since(*MAIN.get()?))
}

#[cfg(feature = "logs")]
fn log(took: Duration) {
    let ms = |duration: Duration| (duration.as_secs_f64() * 10_000.0).round() / 10.0;
    let before_main = exec::age().map(|age| ms(age.saturating_sub(MAIN.get().map_or(age, Instant::elapsed))));
    let inits: Vec<String> =
        inits().iter().filter_map(|(name, took)| Some(format!("{name} {} ms", ms((*took)?)))).collect();
    let by_function = if inits.is_empty() { String::new() } else { format!(": {}", inits.join(", ")) };
    let took = ms(took);
    tracing::info!(initMs = took, beforeMainMs = before_main, "ready for the first event after {took} ms{by_function}");
}

/// When the kernel started the process.
#[cfg(feature = "logs")]
mod exec {
    use std::time::Duration;

    /// The kernel counts in hundredths of a second towards programs, whatever its own clock is.
    const TICK: Duration = Duration::from_millis(10);

    /// How long ago the process was started, to a hundredth of a second or two; `None` where the system does not say.
    pub(super) fn age() -> Option<Duration> {
        let read = |path| std::fs::read_to_string(path).ok();
        age_in(&read("/proc/self/stat")?, &read("/proc/uptime")?)
    }

    /// The difference of two times since the machine was started:
    /// <https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html>.
    fn age_in(stat: &str, uptime: &str) -> Option<Duration> {
        // The program's name, in parentheses, may hold anything. `starttime` is the 22nd field.
        let started: u32 = stat.rsplit_once(')')?.1.split_whitespace().nth(19)?.parse().ok()?;
        let up = Duration::try_from_secs_f64(uptime.split_whitespace().next()?.parse().ok()?).ok()?;
        up.checked_sub(TICK.checked_mul(started)?)
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn the_age_is_the_uptime_without_the_start() {
            let stat = "7 (a ) (b) S 1 7 7 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 1 0 12345 2000 300 1 1";
            assert_eq!(age_in(stat, "123.52 400.00\n"), Some(Duration::from_millis(70)));
            for (stat, uptime) in [("", "1 1"), (stat, ""), (stat, "NaN 1"), ("7 (a) S 1", "1 1"), (stat, "1.0 1")] {
                assert_eq!(age_in(stat, uptime), None, "{stat} {uptime}");
            }
        }

        #[test]
        fn this_process_has_one() {
            assert!(age().is_some());
        }
    }
}
