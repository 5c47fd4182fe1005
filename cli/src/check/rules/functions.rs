//! The functions themselves: runtime, memory, timeout, logs.

use crate::check::codes;
use crate::check::finding::Findings;
use crate::check::matching::Pair;
use crate::check::observed::Field;
use crate::check::rules::{differs, shown};
use crate::check::words;

/// <https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html>
const LONGEST: u64 = 900;
const MEMORY: std::ops::RangeInclusive<u64> = 128..=10_240;

pub(super) fn check(pair: &Pair<'_>, findings: &mut Findings) {
    runtime(pair, findings);
    memory(pair, findings);
    timeout(pair, findings);
    margin(pair, findings);
    if let Field::Known(format, place) = &pair.function.log_format
        && format == "Text"
    {
        let message = "its logs are text, and lambkin can write JSON".to_owned();
        findings.add(&codes::TEXT_LOGS, place, message, words::LOG_FORMAT.text(place, "JSON"));
    }
}

/// One binary's functions are of one architecture.
pub(super) fn architectures(pairs: &[Pair<'_>], findings: &mut Findings) {
    let Some((first, known)) = pairs.iter().find_map(|pair| Some((pair, pair.function.architecture.value()?))) else {
        return;
    };
    for pair in pairs {
        let function = pair.function;
        if let Some(other) = function.architecture.value().filter(|other| *other != known) {
            findings.about(Some(&pair.handler.name));
            let place = function.architecture.place().unwrap_or(&function.place);
            let message = format!("it is for {other}, and `{}`, of the same binary, for {known}", first.handler.name);
            let fix = "one architecture for all of them; without a word Lambda takes x86_64".to_owned();
            findings.add(&codes::ARCHITECTURES_DIFFER, place, message, fix);
        }
    }
}

fn runtime(pair: &Pair<'_>, findings: &mut Findings) {
    let function = pair.function;
    let Some(runtime) = function.runtime.value() else { return };
    let place = function.runtime.place().unwrap_or(&function.place);
    let fix = words::RUNTIME.text(place, "provided.al2023");
    match runtime.as_str() {
        "provided.al2" | "provided" => {
            let message = format!("the runtime is `{runtime}`");
            findings.add(&codes::OLD_RUNTIME, place, message, fix);
        }
        other if !other.starts_with("provided.") => {
            let message = format!("the runtime is `{other}`, which runs no binary");
            findings.add(&codes::WRONG_RUNTIME, place, message, fix);
        }
        _ => {}
    }
}

fn memory(pair: &Pair<'_>, findings: &mut Findings) {
    let (handler, function) = (pair.handler, pair.function);
    if let Some(memory) = function.memory.value().filter(|memory| !MEMORY.contains(memory)) {
        let place = function.memory.place().unwrap_or(&function.place);
        let fix = format!("a value from {} to {}", MEMORY.start(), MEMORY.end());
        findings.add(&codes::OUT_OF_LIMITS, place, format!("its memory is {memory} MB"), fix);
        return;
    }
    if let Some(difference) = differs(handler.memory.map(u64::from), &function.memory, &function.place) {
        let message = format!(
            "the attribute says {} MB of memory, and {}",
            difference.wanted,
            there(&function.memory, difference.found, "MB")
        );
        let fix = words::MEMORY.plain(difference.place, difference.wanted);
        findings.add(&codes::MEMORY_DIFFERS, difference.place, message, fix);
    }
}

fn timeout(pair: &Pair<'_>, findings: &mut Findings) {
    let (handler, function) = (pair.handler, pair.function);
    if let Some(timeout) = function.timeout.value().filter(|timeout| !(1..=LONGEST).contains(*timeout)) {
        let place = function.timeout.place().unwrap_or(&function.place);
        let fix = format!("a value from 1 to {LONGEST}");
        findings.add(&codes::OUT_OF_LIMITS, place, format!("its timeout is {timeout} s"), fix);
        return;
    }
    let Some(difference) = differs(handler.timeout.map(u64::from), &function.timeout, &function.place) else { return };
    let rule = match difference.found {
        Some(found) if found > difference.wanted => &codes::TIMEOUT_LONGER,
        _ => &codes::TIMEOUT_SHORTER,
    };
    let there = there(&function.timeout, difference.found, "s");
    let message = format!("the attribute says a timeout of {} s, and {there}", difference.wanted);
    findings.add(rule, difference.place, message, words::TIMEOUT.plain(difference.place, difference.wanted));
}

/// What is there, and whether it was written or nobody thought of it.
fn there(field: &Field<u64>, found: Option<u64>, unit: &str) -> String {
    match field {
        Field::Default(_) => format!("nothing is written, which means {}", shown(found.as_ref(), unit)),
        _ => format!("here it is {}", shown(found.as_ref(), unit)),
    }
}

fn margin(pair: &Pair<'_>, findings: &mut Findings) {
    let (handler, function) = (pair.handler, pair.function);
    let of_routes = handler.routes.iter().filter_map(|route| route.deadline_margin_ms);
    let margin = handler.deadline_margin_ms.into_iter().chain(of_routes).max();
    let (Some(margin), Some(timeout)) = (margin, function.timeout.value()) else { return };
    if margin >= timeout.saturating_mul(1000) {
        let place = function.timeout.place().unwrap_or(&function.place);
        let message =
            format!("the deadline's margin of {} leaves nothing of a timeout of {timeout} s", seconds(margin));
        let wanted = handler.timeout.map_or_else(|| margin.div_ceil(1000).saturating_add(1), u64::from);
        let fix = format!("{}, or a shorter margin", words::TIMEOUT.plain(place, wanted));
        findings.add(&codes::MARGIN_TOO_LONG, place, message, fix);
    }
}

fn seconds(ms: u64) -> String {
    if ms.is_multiple_of(1000) { format!("{} s", ms / 1000) } else { format!("{ms} ms") }
}
