//! Streams and topics: from where they are read, and what becomes of what fails.

use crate::check::codes;
use crate::check::finding::Findings;
use crate::check::observed::{Field, Mapping, Polled};
use crate::check::rules::{Whole, differs, shown};
use crate::check::words;
use crate::manifest::trigger::{Retries, Shards};

pub(super) fn stream(retries: &Retries, shards: Option<&Shards>, mapping: &Mapping, findings: &mut Findings) {
    position(retries.starting_position.as_deref(), mapping, findings);
    let Retries { maximum_retry_attempts, maximum_record_age, bisect_batch_on_function_error: bisect, .. } = retries;
    let mut number = |setting: &words::Setting, wanted: Option<i64>, field: &Field<i64>| {
        if let Some(difference) = differs(wanted, field, &mapping.place) {
            let (wanted, place, found) = (difference.wanted, difference.place, shown(difference.found.as_ref(), ""));
            let message = format!("the attribute's `{}` is {wanted}, and here it is {found}", setting.name(place));
            findings.add(&codes::STREAM_SETTINGS_DIFFER, place, message, setting.plain(place, wanted));
        }
    };
    number(&words::RETRIES, maximum_retry_attempts.map(i64::from), &mapping.maximum_retry_attempts);
    number(&words::RECORD_AGE, maximum_record_age.map(i64::from), &mapping.maximum_record_age);
    let signed = |field: &Field<u64>| match field {
        Field::Absent => Field::Absent,
        Field::Default(value) => Field::Default(i64::try_from(*value).unwrap_or(i64::MAX)),
        Field::Known(value, place) => Field::Known(i64::try_from(*value).unwrap_or(i64::MAX), place.clone()),
        Field::Unknown(place) => Field::Unknown(place.clone()),
    };
    if let Some(shards) = shards {
        let factor = shards.parallelization_factor.map(i64::from);
        // One batch of a shard at a time is what Lambda does by itself.
        let is_default = factor == Some(1) && mapping.parallelization_factor == Field::Absent;
        number(
            &words::PARALLELIZATION_FACTOR,
            factor.filter(|_| !is_default),
            &signed(&mapping.parallelization_factor),
        );
        tumbling_window(shards.tumbling_window, mapping, findings);
    }
    let is_default = *bisect == Some(false) && mapping.bisect == Field::Absent;
    if let Some(difference) = differs(bisect.filter(|_| !is_default), &mapping.bisect, &mapping.place) {
        let (wanted, place) = (difference.wanted, difference.place);
        let what =
            if wanted { "the attribute has batches split that fail" } else { "the attribute has no batches split" };
        let message = format!("{what}, and here it is {}", shown(difference.found.as_ref(), ""));
        findings.add(&codes::STREAM_SETTINGS_DIFFER, place, message, words::BISECT.plain(place, wanted));
    }
    endless(retries, mapping, findings);
}

fn position(wanted: Option<&str>, mapping: &Mapping, findings: &mut Findings) {
    let field = &mapping.starting_position;
    let found = match field {
        Field::Unknown(_) => return,
        field => field.value(),
    };
    let place = field.place().unwrap_or(&mapping.place);
    let message = match (wanted, found) {
        (_, None) => "it has no starting position".to_owned(),
        (Some(wanted), Some(found)) if wanted != found => {
            format!("the attribute's starting position is `{wanted}`, and here it is `{found}`")
        }
        _ => return,
    };
    let fix = words::STARTING_POSITION.text(place, wanted.unwrap_or("TRIM_HORIZON"));
    findings.add(&codes::STARTING_POSITION, place, message, fix);
}

/// A record that always fails: retried until it expires, or given up for good.
fn endless(retries: &Retries, mapping: &Mapping, findings: &mut Findings) {
    let limits = [&mapping.maximum_retry_attempts, &mapping.maximum_record_age];
    let is_limited = |field: &&&Field<i64>| field.value().is_some_and(|limit| *limit >= 0);
    if limits.iter().any(|field| field.is_unknown()) || mapping.kind == Some(Polled::Kafka) {
        return;
    }
    let says = retries.maximum_retry_attempts.is_some() || retries.maximum_record_age.is_some();
    match limits.iter().find(is_limited) {
        Some(limit) if mapping.on_failure == Field::Absent => {
            let place = limit.place().unwrap_or(&mapping.place);
            let message = "a record that fails for good is given up, and nothing is told of it".to_owned();
            let fix = "a destination for failures: a queue, a topic or a bucket".to_owned();
            findings.add(&codes::GIVEN_UP, place, message, fix);
        }
        // Who writes that there is no limit means it.
        None if !says && mapping.maximum_retry_attempts.place().is_none() => {
            let message = "a record that fails is retried until it expires".to_owned();
            let fix = format!("{}, and a destination for failures", words::RETRIES.plain(&mapping.place, 5));
            findings.add(&codes::POISON_PILL, &mapping.place, message, fix);
        }
        _ => {}
    }
}

fn tumbling_window(wanted: Option<u32>, mapping: &Mapping, findings: &mut Findings) {
    let wanted = wanted.map_or(0, u64::from);
    let found = match &mapping.tumbling_window {
        Field::Unknown(_) => return,
        field => field.value().copied().unwrap_or(0),
    };
    if wanted == found {
        return;
    }
    let place = mapping.tumbling_window.place().unwrap_or(&mapping.place);
    let (message, fix) = match (wanted, found) {
        (0, found) => (
            format!("it has a tumbling window of {found} s, and the handler has none"),
            format!("without `{}`, or `tumbling_window` in the attribute", words::TUMBLING_WINDOW.name(place)),
        ),
        (wanted, 0) => (
            format!("the handler has a tumbling window of {wanted} s, and this mapping none"),
            words::TUMBLING_WINDOW.plain(place, wanted),
        ),
        (wanted, found) => (
            format!("the attribute's tumbling window is {wanted} s, and here it is {found} s"),
            words::TUMBLING_WINDOW.plain(place, wanted),
        ),
    };
    findings.add(&codes::TUMBLING_WINDOW, place, message, fix);
}

pub(super) fn view(wanted: Option<&str>, mapping: &Mapping, whole: &Whole<'_>, findings: &mut Findings) {
    let Some(table) = mapping.source.value().and_then(|source| whole.observed.table(source)) else { return };
    let (Some(wanted), false) = (wanted, table.stream.is_unknown()) else { return };
    let found = table.stream.value();
    let is_enough = found.is_some_and(|found| found == wanted || found == "NEW_AND_OLD_IMAGES");
    // Images hold the keys too.
    if is_enough || (wanted == "KEYS_ONLY" && found.is_some()) {
        return;
    }
    let place = table.stream.place().unwrap_or(&table.place);
    let message = format!("the attribute's view is `{wanted}`, and the table's stream is {}", shown(found, ""));
    findings.add(&codes::STREAM_VIEW, place, message, words::STREAM_VIEW.text(place, wanted));
}

pub(super) fn pollers(minimum: Option<u32>, maximum: Option<u32>, mapping: &Mapping, findings: &mut Findings) {
    let fields = [&mapping.minimum_pollers, &mapping.maximum_pollers];
    let is_provisioned = fields.iter().any(|field| **field != Field::Absent);
    let limits = [&mapping.maximum_retry_attempts, &mapping.maximum_record_age];
    let is_limited =
        limits.iter().any(|limit| limit.value().is_some_and(|limit| *limit >= 0) && limit.place().is_some());
    let needs = mapping.reports_failures.value() == Some(&true) || is_limited || mapping.bisect.value() == Some(&true);
    if needs && !is_provisioned {
        let message = "it reports single records or limits retries, and has no event pollers of its own".to_owned();
        let fix = words::MINIMUM_POLLERS.within(
            &words::POLLERS,
            &mapping.minimum_pollers,
            &mapping.place,
            minimum.unwrap_or(1),
        );
        findings.add(&codes::POLLERS, &mapping.place, message, fix);
        return;
    }
    let wanted = [(&words::MINIMUM_POLLERS, minimum), (&words::MAXIMUM_POLLERS, maximum)];
    for ((setting, wanted), field) in wanted.into_iter().zip(fields) {
        if let Some(difference) = differs(wanted.map(u64::from), field, &mapping.place) {
            let (wanted, place, found) = (difference.wanted, difference.place, shown(difference.found.as_ref(), ""));
            let message = format!("the attribute's `{}` is {wanted}, and here it is {found}", setting.name(place));
            // The block is there if one of the two is.
            let fix = match is_provisioned {
                true => setting.plain(place, wanted),
                false => setting.within(&words::POLLERS, field, place, wanted),
            };
            findings.add(&codes::STREAM_SETTINGS_DIFFER, place, message, fix);
        }
    }
}
