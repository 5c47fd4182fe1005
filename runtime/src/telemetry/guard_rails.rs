//! Warnings about what does not go wrong yet. Each is given once in a process: it is about how the function is
//! configured, and every invocation would say the same.

use std::future::Future;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::time::{Instant, sleep_until};
use tracing::Instrument;

use crate::app::MAX_RESPONSE_BYTES;
use crate::call::Call;
use crate::context::Context;
use crate::telemetry::incident::Incident;
use crate::telemetry::invocation::Seen;
use crate::telemetry::{logs, memory, startup};

/// How long Lambda lets an environment start that somebody waits for:
/// <https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html#runtimes-lifecycle-ib>.
const INIT_LIMIT: Duration = Duration::from_secs(10);

/// When there is still time to say so.
const INIT_IS_LONG: Duration = Duration::from_secs(8);

/// The share of its time in which an invocation without a margin should not end.
const LAST_PART: u32 = 10;

/// The parts of the memory and of a response's limit that are none yet, in percent.
const MEMORY_IS_SHORT: u64 = 90;
const RESPONSE_IS_LONG: u64 = 80;

/// A warning that is given once.
struct Warning {
    kind: &'static str,
    was_given: AtomicBool,
}

impl Warning {
    const fn of(kind: &'static str) -> Self {
        Self { kind, was_given: AtomicBool::new(false) }
    }

    fn give(&self, call: Option<(&str, &Context)>, message: std::fmt::Arguments<'_>) {
        if !self.was_given.swap(true, Ordering::Relaxed) {
            let incident = Incident::of(self.kind);
            call.map_or(incident, |(handler, cx)| incident.by(handler, cx)).warn(message);
        }
    }
}

static SLOW: Warning = Warning::of("NearTimeout");
static MEMORY: Warning = Warning::of("NearMemoryLimit");
static RESPONSE: Warning = Warning::of("NearResponseLimit");
static INIT: Warning = Warning::of("SlowInit");

/// What is said about an invocation that is over.
pub(crate) fn check(seen: &Seen<'_>) {
    let call = seen.call;
    let by = Some((call.spec.name, &call.cx));
    // Elsewhere nobody ends the process for its memory.
    if startup::is_serving()
        && let (Some(bytes), mb @ 1..) = (memory::peak_bytes(), u64::from(call.cx.memory_mb()))
        && let Some(message) = memory_is_short(bytes, mb)
    {
        MEMORY.give(by, format_args!("{message}"));
    }
    if let Ok(bytes) = seen.result {
        check_response(call, bytes, MAX_RESPONSE_BYTES);
    }
}

/// What is said about a response of so many bytes, where so many are taken.
pub(crate) fn check_response(call: &Call<'_>, bytes: usize, most: usize) {
    if let Some(message) = response_is_long(bytes, most) {
        RESPONSE.give(Some((call.spec.name, &call.cx)), format_args!("{message}"));
    }
}

fn memory_is_short(peak_bytes: u64, mb: u64) -> Option<String> {
    let peak_mb = peak_bytes / (1024 * 1024);
    let percent = peak_bytes / (mb.saturating_mul(1024 * 1024) / 100).max(1);
    (percent >= MEMORY_IS_SHORT).then(|| {
        format!(
            "the process has used {peak_mb} MB, {percent} % of the {mb} MB that the function has: beyond them Lambda \
             ends it in the middle of its work; give it more with `memory`"
        )
    })
}

fn response_is_long(bytes: usize, most: usize) -> Option<String> {
    let percent = u64::try_from(bytes).ok()?.saturating_mul(100).checked_div(u64::try_from(most).ok()?)?;
    (percent >= RESPONSE_IS_LONG).then(|| {
        format!(
            "the response has {bytes} bytes, {percent} % of the {most} that are taken; answer in pages, \
             or with the address of an object in S3"
        )
    })
}

/// Runs an invocation; where it is still running shortly before its end, says so and writes what it has kept.
pub(crate) async fn in_time<F: Future>(call: &Call<'_>, serving: F) -> F::Output {
    let _watched = when_near(call.cx.deadline(), call.spec.margin(), Instant::now()).map(|near| {
        let (cx, handler) = (call.cx.clone(), call.spec.name);
        let warn = async move {
            sleep_until(near).await;
            warn_of_the_end(handler, &cx);
        };
        Watched(tokio::spawn(warn.in_current_span()))
    });
    serving.await
}

/// Ends the task with the value.
struct Watched(tokio::task::JoinHandle<()>);

impl Drop for Watched {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// When an invocation is near its end: where its margin begins.
fn when_near(deadline: Option<Instant>, margin: Option<Duration>, now: Instant) -> Option<Instant> {
    let deadline = deadline?;
    let margin = margin.unwrap_or_else(|| deadline.saturating_duration_since(now) / LAST_PART);
    deadline.checked_sub(margin).filter(|near| *near > now)
}

fn warn_of_the_end(handler: &'static str, cx: &Context) {
    let left = cx.remaining().unwrap_or_default().as_millis();
    SLOW.give(
        Some((handler, cx)),
        format_args!(
            "`{handler}` is still running with {left} ms left: raise the function's timeout, give it less to do at once, \
             or have `#[deadline]` stop it in time"
        ),
    );
    logs::write_kept(cx.request_id());
}

/// Tells while the init phase lasts that it lasts too long; ends with the value.
pub(crate) fn watch_init() -> impl Drop {
    // The lines of the init phase are the thread's.
    let dispatch = tracing::dispatcher::get_default(Clone::clone);
    Watched(tokio::spawn(async move {
        tokio::time::sleep(INIT_IS_LONG).await;
        tracing::dispatcher::with_default(&dispatch, || warn_of_init(INIT_IS_LONG, &startup::running()));
    }))
}

/// Says of an init phase that is over that it was too long.
pub(crate) fn check_init(took: Duration) {
    if took > INIT_LIMIT {
        warn_of_init(took, &[]);
    }
}

fn warn_of_init(took: Duration, running: &[&str]) {
    // Who is started ahead of time, or from a snapshot, has a quarter of an hour.
    if std::env::var("AWS_LAMBDA_INITIALIZATION_TYPE").is_ok_and(|kind| kind != "on-demand") {
        return;
    }
    let seconds = took.as_secs();
    let running = if running.is_empty() { String::new() } else { format!("; still running: {}", running.join(", ")) };
    INIT.give(
        None,
        format_args!("the init phase has taken {seconds} s, and Lambda allows 10 s before it starts all over{running}"),
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_short_from_nine_tenths_on() {
        let mb = 1024 * 1024;
        assert_eq!(memory_is_short(115 * mb, 128), None);
        let message = memory_is_short(116 * mb, 128).unwrap();
        assert!(message.contains("116 MB") && message.contains("90 %") && message.contains("128 MB"), "{message}");
        assert!(memory_is_short(u64::MAX, 0).is_some());
    }

    #[test]
    fn a_response_is_long_from_four_fifths_on() {
        assert_eq!(response_is_long(5_000_000, MAX_RESPONSE_BYTES), None);
        assert!(response_is_long(5_033_245, MAX_RESPONSE_BYTES).unwrap().contains("80 %"));
        assert!(response_is_long(usize::MAX, 1_048_576).is_some());
        assert_eq!(response_is_long(1, 0), None);
    }

    #[test]
    fn the_end_is_near_where_the_margin_begins() {
        let now = Instant::now();
        let after = |ms| now + Duration::from_millis(ms);
        assert_eq!(when_near(Some(after(3_000)), Some(Duration::from_millis(500)), now), Some(after(2_500)));
        assert_eq!(when_near(Some(after(3_000)), None, now), Some(after(2_700)));
        assert_eq!(when_near(None, Some(Duration::ZERO), now), None);
        // A deadline that has passed, and a margin that is longer than the time.
        assert_eq!(when_near(Some(now), None, now), None);
        assert_eq!(when_near(Some(after(100)), Some(Duration::from_secs(5)), now), None);
    }
}
