//! Who collects metrics, and where they are written.

use std::collections::HashSet;
use std::future::{Future, poll_fn};
use std::io::Write as _;
use std::pin::pin;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::SystemTime;

use super::emf::{self, Frame};
use super::recorder::{Reading, Registry};
use super::section::Metrics;
use super::{limits, own};
use crate::telemetry::incident::Incident;
use crate::telemetry::invocation::Seen;
use crate::telemetry::timestamp::Timestamp;

/// Names another namespace than the app does.
const NAMESPACE: &str = "LAMBKIN_METRICS_NAMESPACE";

/// `off`: no metrics, whatever the app says.
const SWITCH: &str = "LAMBKIN_METRICS";

/// Warnings after which it is quiet: names may be made up at run time.
const MOST_WARNINGS: usize = 100;

/// The process's, if its app asks for metrics.
static OF_PROCESS: OnceLock<Arc<Current>> = OnceLock::new();

tokio::task_local! {
    /// That of the invocation which is being tested.
    static OF_TEST: Arc<Current>;
}

/// Where documents go.
pub(crate) enum Sink {
    /// To Lambda, which takes each line as an event of the log.
    Stdout,
    /// To whoever runs the local tool: its standard output is the response.
    #[cfg_attr(
        not(any(debug_assertions, feature = "local")),
        allow(dead_code, reason = "the local tool may not be there")
    )]
    Stderr,
    /// To a test.
    Kept(Mutex<Vec<String>>),
}

/// A collector with the place for its documents.
pub(crate) struct Current {
    collector: Arc<Collector>,
    sink: Sink,
}

/// What was recorded, and what is known about how to write it.
pub(crate) struct Collector {
    namespace: String,
    registry: Arc<Registry>,
    /// What was complained about.
    warned: Mutex<HashSet<String>>,
    /// The function and the handler, once an invocation has said so.
    dimensions: OnceLock<Vec<(String, String)>>,
    /// The level that a line needs so that Lambda keeps it.
    level: Option<String>,
}

/// Collects metrics from now on, if the app asks for them. Before any `#[init]`, so that what those record is kept.
pub(crate) fn install(section: Option<Metrics>, sink: Sink) {
    let Some(section) = section else { return };
    let variable = |name| std::env::var(name).ok().filter(|value: &String| !value.is_empty());
    if variable(SWITCH).is_some_and(|value| value.eq_ignore_ascii_case("off")) {
        return;
    }
    let mut collector = Collector::new(section);
    if let Some(other) = variable(NAMESPACE) {
        match limits::namespace_fault(&other) {
            None => collector.namespace = other,
            Some(fault) => warn(format_args!("`{NAMESPACE}` {fault}, so the namespace is `{}`", section.namespace)),
        }
    }
    if matches!(sink, Sink::Stdout) {
        let [format, least] = ["AWS_LAMBDA_LOG_FORMAT", "AWS_LAMBDA_LOG_LEVEL"].map(variable);
        collector.set_level(format.as_deref(), least.as_deref());
    }
    let registry = Arc::clone(&collector.registry);
    if OF_PROCESS.set(Arc::new(Current { collector: Arc::new(collector), sink })).is_ok()
        && metrics::set_global_recorder(registry).is_err()
    {
        warn(format_args!(
            "there is another recorder of metrics: it gets what the app records, and only lambkin's own are written"
        ));
    }
}

fn warn(message: std::fmt::Arguments<'_>) {
    Incident::of("Metrics").warn(message);
}

/// The one that is collecting here, if one is.
fn current() -> Option<Arc<Current>> {
    OF_TEST.try_with(Arc::clone).ok().or_else(|| OF_PROCESS.get().cloned())
}

/// Writes the metrics of an invocation, and what was recorded since documents were last written.
pub(crate) fn report(seen: &Seen<'_>) {
    if let Some(current) = current() {
        current.write(current.collector.of_invocation(seen));
    }
}

/// Writes what was recorded after the last invocation.
pub(crate) fn rest() {
    if let Some(current) = current() {
        current.write(current.collector.rest());
    }
}

/// Counts something of lambkin's own.
pub(crate) fn count(name: &'static str) {
    if let Some(current) = current() {
        current.collector.registry.count(name, 1);
    }
}

/// Runs a part of a test, which records into this collector: its result, and the documents.
pub(crate) async fn within<F: Future>(collector: Option<Arc<Collector>>, work: F) -> (F::Output, Vec<String>) {
    let Some(collector) = collector else { return (work.await, Vec::new()) };
    let current = Arc::new(Current { collector, sink: Sink::Kept(Mutex::default()) });
    let output = recorded(Arc::clone(&current), work).await;
    let documents = match &current.sink {
        Sink::Kept(kept) => std::mem::take(&mut *kept.lock().unwrap_or_else(PoisonError::into_inner)),
        Sink::Stdout | Sink::Stderr => Vec::new(),
    };
    (output, documents)
}

/// A task that counts where the one does that starts it: what a test has set holds for its own task alone.
pub(crate) fn carried<F: Future<Output = ()>>(task: F) -> impl Future<Output = ()> {
    let current = OF_TEST.try_with(Arc::clone).ok();
    async move {
        match current {
            Some(current) => recorded(current, task).await,
            None => task.await,
        }
    }
}

async fn recorded<F: Future>(current: Arc<Current>, work: F) -> F::Output {
    let registry = Arc::clone(&current.collector.registry);
    let mut work = pin!(OF_TEST.scope(current, work));
    // Each time it is polled: in between, its thread is another test's.
    poll_fn(|cx| metrics::with_local_recorder(&registry, || work.as_mut().poll(cx))).await
}

impl Current {
    fn write(&self, documents: Vec<String>) {
        if documents.is_empty() {
            return;
        }
        if let Sink::Kept(kept) = &self.sink {
            return kept.lock().unwrap_or_else(PoisonError::into_inner).extend(documents);
        }
        let mut lines = documents.join("\n");
        lines.push('\n');
        // One write, so that lines of several threads do not mix; nobody could be told of a failure.
        let _ = match self.sink {
            Sink::Stdout => std::io::stdout().lock().write_all(lines.as_bytes()),
            _ => std::io::stderr().lock().write_all(lines.as_bytes()),
        };
    }
}

impl Collector {
    /// One without metrics.
    pub(crate) fn new(section: Metrics) -> Self {
        Self {
            namespace: section.namespace.to_owned(),
            registry: Arc::default(),
            warned: Mutex::default(),
            dimensions: OnceLock::new(),
            level: None,
        }
    }

    /// What the facade is to tell.
    #[cfg(test)]
    pub(super) fn registry(&self) -> &Registry {
        &self.registry
    }

    /// The level to give to documents: in Lambda's JSON format, a line without one is of the level `INFO`, and dropped where
    /// the function's logs begin at a higher one.
    pub(super) fn set_level(&mut self, format: Option<&str>, least: Option<&str>) {
        let is_json = format.is_some_and(|format| format.eq_ignore_ascii_case("json"));
        let least = least.filter(|_| is_json).map(str::to_ascii_uppercase);
        self.level = least.filter(|least| matches!(least.as_str(), "WARN" | "ERROR" | "FATAL"));
    }

    pub(super) fn of_invocation(&self, seen: &Seen<'_>) -> Vec<String> {
        let mut readings = own::readings(seen);
        readings.extend(self.registry.take());
        let frame = own::frame(&self.namespace, seen, now_ms());
        let _ = self.dimensions.set(frame.dimensions.clone());
        self.documents(frame, &readings)
    }

    pub(super) fn rest(&self) -> Vec<String> {
        let dimensions = self.dimensions.get().cloned().unwrap_or_default();
        let frame = Frame { namespace: &self.namespace, timestamp_ms: now_ms(), dimensions, properties: Vec::new() };
        self.documents(frame, &self.registry.take())
    }

    fn documents(&self, mut frame: Frame<'_>, readings: &[Reading]) -> Vec<String> {
        if let Some(level) = &self.level {
            let timestamp = Timestamp(SystemTime::now()).to_string();
            frame.properties.extend([("level".to_owned(), level.clone()), ("timestamp".to_owned(), timestamp)]);
        }
        emf::documents(&frame, readings, &mut |name, what| self.complain(name, what))
    }

    /// Says what became of a metric, the first time that it does.
    fn complain(&self, name: &str, what: &str) {
        let mut warned = self.warned.lock().unwrap_or_else(PoisonError::into_inner);
        if warned.len() < MOST_WARNINGS && warned.insert(format!("{name}: {what}")) {
            drop(warned);
            warn(format_args!("the metric `{name}`: {what}"));
        }
    }
}

fn now_ms() -> u128 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_millis()
}
