//! What lambkin knows of an invocation, as metrics.
//!
//! Their names are in the style of those that AWS has for functions. `docs/metrics.md` lists them.

use std::time::Duration;

use metrics::Unit;

use super::emf::Frame;
use super::recorder::{Reading, Told};
use crate::batch::response::Summary;
use crate::context::Context;
use crate::telemetry::invocation::Seen;
use crate::telemetry::{memory, startup};

/// The sources whose events are one record each.
const OF_ONE_RECORD: [&str; 5] = ["sns", "eventbridge", "schedule", "ses", "iot"];

/// The dimensions of all metrics.
///
/// CloudWatch bills each combination of a name and its dimensions. A deployed function has one handler, so the second costs
/// nothing, and is what a person calls it where deployment tools make up the first.
pub(super) fn dimensions(function: &str, handler: &str) -> Vec<(String, String)> {
    vec![("FunctionName".to_owned(), function.to_owned()), ("Handler".to_owned(), handler.to_owned())]
}

/// What is found in the log with an invocation's documents, under the names that its lines have.
pub(super) fn properties(seen: &Seen<'_>) -> Vec<(String, String)> {
    let cx = &seen.call.cx;
    let known = [
        ("requestId", Some(cx.request_id())),
        ("functionVersion", Some(cx.function_version())),
        ("tenantId", cx.tenant_id()),
        ("error_type", seen.result.err().map(|error| &*error.error_type)),
    ];
    let known = known.into_iter().filter_map(|(name, value)| Some((name, value.filter(|value| !value.is_empty())?)));
    known.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

/// The metrics of the invocation.
pub(super) fn readings(seen: &Seen<'_>) -> Vec<Reading> {
    let mut readings = Vec::new();
    let mut count = |name: &str, number: usize| {
        let number = u64::try_from(number).unwrap_or(u64::MAX);
        readings.push(reading(name, Unit::Count, Told::Count(number)));
    };
    count("Invocations", 1);
    // Zeros too: their average is the share of invocations, and an alarm knows that there were some.
    count("Errors", usize::from(seen.result.is_err()));
    count("ColdStart", usize::from(seen.is_cold));
    if let Some(Summary { records, failed, unprocessed, discarded }) = seen.records {
        let done = records.saturating_sub(failed).saturating_sub(unprocessed).saturating_sub(discarded);
        if !OF_ONE_RECORD.contains(&seen.call.spec.trigger.source) {
            count("RecordsDone", done);
            count("RecordsFailed", failed);
            count("RecordsUnprocessed", unprocessed);
            count("RecordsDiscarded", discarded);
        } else if discarded > 0 {
            // What else becomes of the only record is what becomes of the invocation.
            count("RecordsDiscarded", discarded);
        }
    }
    let mut value = |name, unit, value| readings.push(reading(name, unit, Told::Value(value)));
    value("Duration", Unit::Milliseconds, milliseconds(seen.duration));
    if let Some(init) = startup::init_duration().filter(|_| seen.is_cold) {
        value("InitDuration", Unit::Milliseconds, milliseconds(init));
    }
    if let Some(left) = seen.call.cx.remaining() {
        value("RemainingTime", Unit::Milliseconds, milliseconds(left));
    }
    for (name, unit, of_memory) in peak(memory::peak_bytes(), &seen.call.cx) {
        value(name, unit, of_memory);
    }
    readings
}

fn peak(bytes: Option<u64>, cx: &Context) -> Vec<(&'static str, Unit, f64)> {
    let Some(bytes) = bytes else { return Vec::new() };
    let mb = bytes as f64 / (1024.0 * 1024.0);
    let tenths = |value: f64| (value * 10.0).round() / 10.0;
    let mut values = vec![("PeakMemory", Unit::Mebibytes, tenths(mb))];
    // Zero is a size that nobody has said.
    if cx.memory_mb() > 0 {
        values.push(("MemoryUtilization", Unit::Percent, tenths(mb / f64::from(cx.memory_mb()) * 100.0)));
    }
    values
}

fn reading(name: &str, unit: Unit, told: Told) -> Reading {
    Reading { name: name.to_owned(), labels: Vec::new(), unit: Some(unit), told }
}

/// To the microsecond: what is below would be noise, in many digits.
fn milliseconds(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 1e6).round() / 1e3
}

/// A frame around them.
pub(super) fn frame<'f>(namespace: &'f str, seen: &Seen<'_>, timestamp_ms: u128) -> Frame<'f> {
    Frame {
        namespace,
        timestamp_ms,
        dimensions: dimensions(seen.call.cx.function_name(), seen.call.spec.name),
        properties: properties(seen),
    }
}
