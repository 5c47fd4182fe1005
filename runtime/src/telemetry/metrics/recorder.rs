//! What metrics have been told since they were last written: the recorder behind the macros of the facade.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use metrics::{Counter, CounterFn, Gauge, GaugeFn, Histogram, HistogramFn, Key, KeyName, Metadata, SharedString, Unit};

/// All metrics of a process, or of an app under test.
#[derive(Default)]
pub(crate) struct Registry(Mutex<State>);

#[derive(Default)]
struct State {
    /// One map for all kinds: a map of a type of its own is some kilobytes of the binary.
    metrics: HashMap<Key, OfKey>,
    units: HashMap<KeyName, Unit>,
}

/// What is called by one name with the same labels; one of them, unless somebody has mixed them up.
#[derive(Default)]
struct OfKey {
    counter: Option<Arc<Counted>>,
    gauge: Option<Arc<Measured>>,
    histogram: Option<Arc<Sampled>>,
}

impl OfKey {
    /// What they were told.
    fn take(&mut self) -> [Option<Told>; 3] {
        let mut told = [None, None, None];
        let [count, value, samples] = &mut told;
        // What nobody holds on to is forgotten: labels may have ever new values, and a process is to live for hours.
        if let Some(counter) = &mut self.counter {
            // Looked at before it is read: afterwards, nobody is left who could add to it.
            let is_free = Arc::get_mut(counter).is_some();
            *count = Some(counter.take()).filter(|delta| *delta > 0).map(Told::Count);
            // One that was set to a total has to know how much of it is written.
            if is_free && !counter.is_absolute.load(Ordering::Relaxed) {
                self.counter = None;
            }
        }
        if let Some(histogram) = &mut self.histogram {
            let is_free = Arc::get_mut(histogram).is_some();
            *samples = Some(histogram.take()).filter(|samples| !samples.is_empty()).map(Told::Samples);
            if is_free {
                self.histogram = None;
            }
        }
        // A gauge is kept: it may be told by how much it changes.
        *value = self.gauge.as_ref().and_then(|gauge| gauge.take()).map(Told::Value);
        told
    }

    fn is_empty(&self) -> bool {
        self.counter.is_none() && self.gauge.is_none() && self.histogram.is_none()
    }
}

/// What one metric was told since it was last asked.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Reading {
    pub(crate) name: String,
    /// In the order of their names, each once.
    pub(crate) labels: Vec<(String, String)>,
    pub(crate) unit: Option<Unit>,
    pub(crate) told: Told,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Told {
    /// By how much it has grown.
    Count(u64),
    /// What it was last.
    Value(f64),
    /// What it was, and how often in a row.
    Samples(Vec<(f64, u64)>),
}

impl Reading {
    fn of(key: &Key, unit: Option<Unit>, told: Told) -> Self {
        // In order, so that metrics with the same labels share a document; of two with one name, the later. One after the
        // other, as collecting them would link a sort of some kilobytes.
        let mut labels = BTreeMap::new();
        for label in key.labels() {
            labels.insert(label.key().to_owned(), label.value().to_owned());
        }
        Self { name: key.name().to_owned(), labels: labels.into_iter().collect(), unit, told }
    }
}

impl Registry {
    fn lock(&self) -> MutexGuard<'_, State> {
        locked(&self.0)
    }

    /// Takes what there is to write. Of several that ask at the same time, each gets what no other one gets.
    pub(crate) fn take(&self) -> Vec<Reading> {
        let mut readings = Vec::new();
        let State { metrics, units } = &mut *self.lock();
        metrics.retain(|key, of_key| {
            for told in of_key.take().into_iter().flatten() {
                readings.push(Reading::of(key, units.get(key.name()).copied(), told));
            }
            !of_key.is_empty()
        });
        readings
    }

    /// How many metrics are known.
    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.lock().metrics.len()
    }

    /// Adds to a counter without labels.
    pub(crate) fn count(&self, name: &'static str, by: u64) {
        let key = Key::from_static_name(name);
        self.found(&key, |of_key| Arc::clone(of_key.counter.get_or_insert_default())).increment(by);
    }

    /// The metric of this key, which is made if there is none.
    fn found<M>(&self, key: &Key, metric: impl FnOnce(&mut OfKey) -> M) -> M {
        let metrics = &mut self.lock().metrics;
        if let Some(of_key) = metrics.get_mut(key) {
            return metric(of_key);
        }
        metric(metrics.entry(key.clone()).or_default())
    }

    fn describe(&self, name: KeyName, unit: Option<Unit>) {
        let mut state = self.lock();
        match unit {
            Some(unit) => state.units.insert(name, unit),
            None => state.units.remove(&name),
        };
    }
}

impl metrics::Recorder for Registry {
    fn describe_counter(&self, name: KeyName, unit: Option<Unit>, _: SharedString) {
        self.describe(name, unit);
    }

    fn describe_gauge(&self, name: KeyName, unit: Option<Unit>, _: SharedString) {
        self.describe(name, unit);
    }

    fn describe_histogram(&self, name: KeyName, unit: Option<Unit>, _: SharedString) {
        self.describe(name, unit);
    }

    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        Counter::from_arc(self.found(key, |of_key| Arc::clone(of_key.counter.get_or_insert_default())))
    }

    fn register_gauge(&self, key: &Key, _: &Metadata<'_>) -> Gauge {
        Gauge::from_arc(self.found(key, |of_key| Arc::clone(of_key.gauge.get_or_insert_default())))
    }

    fn register_histogram(&self, key: &Key, _: &Metadata<'_>) -> Histogram {
        Histogram::from_arc(self.found(key, |of_key| Arc::clone(of_key.histogram.get_or_insert_default())))
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A counter. It knows its total and how much of that is written, so that one which is set to a total is not counted
/// anew each time.
#[derive(Default)]
struct Counted {
    total: AtomicU64,
    written: AtomicU64,
    is_absolute: AtomicBool,
}

impl Counted {
    /// By how much it has grown. Called with the registry locked, so never twice at the same time.
    fn take(&self) -> u64 {
        let total = self.total.load(Ordering::Acquire);
        total.wrapping_sub(self.written.swap(total, Ordering::Relaxed))
    }
}

impl CounterFn for Counted {
    fn increment(&self, value: u64) {
        self.total.fetch_add(value, Ordering::Release);
    }

    fn absolute(&self, value: u64) {
        self.is_absolute.store(true, Ordering::Relaxed);
        // A total that is older than another one, and so less, is not the newest.
        self.total.fetch_max(value, Ordering::AcqRel);
    }
}

/// A gauge, and whether it was told anything since it was last written: a point in CloudWatch's graph says that somebody
/// has measured this at that time.
#[derive(Default)]
struct Measured(Mutex<(f64, bool)>);

impl Measured {
    fn take(&self) -> Option<f64> {
        let mut gauge = locked(&self.0);
        let (value, is_new) = *gauge;
        gauge.1 = false;
        is_new.then_some(value)
    }

    fn change(&self, change: impl FnOnce(f64) -> f64) {
        let mut gauge = locked(&self.0);
        *gauge = (change(gauge.0), true);
    }
}

impl GaugeFn for Measured {
    fn increment(&self, value: f64) {
        self.change(|before| before + value);
    }

    fn decrement(&self, value: f64) {
        self.change(|before| before - value);
    }

    fn set(&self, value: f64) {
        self.change(|_| value);
    }
}

#[derive(Default)]
struct Sampled(Mutex<Vec<(f64, u64)>>);

impl Sampled {
    fn take(&self) -> Vec<(f64, u64)> {
        std::mem::take(&mut *locked(&self.0))
    }

    fn add(&self, value: f64, count: u64) {
        let mut samples = locked(&self.0);
        match samples.last_mut() {
            Some((last, times)) if last.to_bits() == value.to_bits() => *times = times.saturating_add(count),
            _ => samples.push((value, count)),
        }
    }
}

impl HistogramFn for Sampled {
    fn record(&self, value: f64) {
        self.add(value, 1);
    }

    fn record_many(&self, value: f64, count: usize) {
        if count > 0 {
            self.add(value, u64::try_from(count).unwrap_or(u64::MAX));
        }
    }
}
