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
    counters: HashMap<Key, Arc<Counted>>,
    gauges: HashMap<Key, Arc<Measured>>,
    histograms: HashMap<Key, Arc<Sampled>>,
    units: HashMap<KeyName, Unit>,
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

impl Registry {
    fn lock(&self) -> MutexGuard<'_, State> {
        locked(&self.0)
    }

    /// Takes what there is to write. Of several that ask at the same time, each gets what no other one gets.
    pub(crate) fn take(&self) -> Vec<Reading> {
        let mut readings = Vec::new();
        let mut state = self.lock();
        let State { counters, gauges, histograms, units } = &mut *state;
        let mut read = |key: &Key, told| {
            let labels = key.labels().map(|label| (label.key().to_owned(), label.value().to_owned()));
            // In order, so that metrics with the same labels share a document; of two with one name, the later.
            let labels: BTreeMap<String, String> = labels.collect();
            let unit = units.get(key.name()).copied();
            readings.push(Reading { name: key.name().to_owned(), labels: labels.into_iter().collect(), unit, told });
        };
        // What nobody holds on to is forgotten: labels may have ever new values, and a process is to live for hours.
        counters.retain(|key, counter| {
            // Looked at before it is read: afterwards, nobody is left who could add to it.
            let is_free = Arc::get_mut(counter).is_some();
            match counter.take() {
                0 => {}
                delta => read(key, Told::Count(delta)),
            }
            // One that was set to a total has to know how much of it is written.
            !is_free || counter.is_absolute.load(Ordering::Relaxed)
        });
        // A gauge is kept: it may be told by how much it changes.
        for (key, gauge) in gauges.iter() {
            if let Some(value) = gauge.take() {
                read(key, Told::Value(value));
            }
        }
        histograms.retain(|key, histogram| {
            let is_free = Arc::get_mut(histogram).is_some();
            let samples = histogram.take();
            if !samples.is_empty() {
                read(key, Told::Samples(samples));
            }
            !is_free
        });
        drop(state);
        // The maps have no order of their own.
        readings.sort_by(|a, b| (&a.labels, &a.name).cmp(&(&b.labels, &b.name)));
        readings
    }

    /// How many metrics are known.
    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        let state = self.lock();
        state.counters.len() + state.gauges.len() + state.histograms.len()
    }

    /// Adds to a counter without labels.
    pub(crate) fn count(&self, name: &'static str, by: u64) {
        let key = Key::from_static_name(name);
        found(&mut self.lock().counters, &key).increment(by);
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
        Counter::from_arc(found(&mut self.lock().counters, key))
    }

    fn register_gauge(&self, key: &Key, _: &Metadata<'_>) -> Gauge {
        Gauge::from_arc(found(&mut self.lock().gauges, key))
    }

    fn register_histogram(&self, key: &Key, _: &Metadata<'_>) -> Histogram {
        Histogram::from_arc(found(&mut self.lock().histograms, key))
    }
}

/// The metric of this key, which is made if there is none.
fn found<M: Default>(metrics: &mut HashMap<Key, Arc<M>>, key: &Key) -> Arc<M> {
    if let Some(metric) = metrics.get(key) {
        return Arc::clone(metric);
    }
    Arc::clone(metrics.entry(key.clone()).or_default())
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
