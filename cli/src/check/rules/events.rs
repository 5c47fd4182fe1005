//! Events that nobody waits for: how often they are tried, and what is told of those that are given up.
//!
//! Lambda keeps such an event itself, tries it three times within six hours, and drops it:
//! <https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html>. What it is told to do instead holds for
//! one alias, or for what is invoked without one.

use std::ops::RangeInclusive;

use crate::check::codes;
use crate::check::finding::Findings;
use crate::check::matching::Pair;
use crate::check::observed::{EventInvokeConfig, Field, Observed, Place, Target, Text, Trigger};
use crate::check::read::event_invoke_config::{AGE, RETRIES};
use crate::check::rules::{Whole, differs, shown};
use crate::check::words;
use crate::manifest::Trigger as Of;
use crate::manifest::trigger::EventRetries;

/// <https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionEventInvokeConfig.html>
const RETRIES_ALLOWED: RangeInclusive<u64> = 0..=2;
/// In seconds.
const AGES_ALLOWED: RangeInclusive<u64> = 60..=21_600;

pub(super) fn check(pair: &Pair<'_>, whole: &Whole<'_>, findings: &mut Findings) {
    for config in &pair.event_invoke_configs {
        limits(&words::EVENT_RETRIES, &config.maximum_retry_attempts, &RETRIES_ALLOWED, findings);
        limits(&words::EVENT_AGE, &config.maximum_event_age, &AGES_ALLOWED, findings);
    }
    // A configuration that could not be read may be of this function.
    let elsewhere = |config: &EventInvokeConfig| config.function == Target::Elsewhere;
    if !whole.observed.unread.is_empty() || whole.observed.event_invoke_configs.iter().any(elsewhere) {
        return;
    }
    for invoked in invoked(pair) {
        retries(pair, invoked, findings);
        given_up(pair, invoked, whole.observed, findings);
    }
}

fn limits(setting: &words::Setting, field: &Field<u64>, allowed: &RangeInclusive<u64>, findings: &mut Findings) {
    if let Field::Known(number, place) = field
        && !allowed.contains(number)
    {
        let message = format!("its `{}` is {number}", setting.name(place));
        let fix = format!("a value from {} to {}", allowed.start(), allowed.end());
        findings.add(&codes::EVENT_LIMITS, place, message, fix);
    }
}

/// What of the function is invoked without waiting; none where nothing of these files does it, which need not be said of
/// an event source that never waits.
fn invoked<'a>(pair: &Pair<'a>) -> Vec<Option<&'a Target>> {
    let of_source = pair.handler.trigger.event_retries().is_some();
    if !of_source && !matches!(pair.handler.trigger, Of::Invoke | Of::Event) {
        return Vec::new();
    }
    let mut targets: Vec<Option<&Target>> = Vec::new();
    for triggered in pair.triggers.iter().filter(|triggered| does_not_wait(&triggered.by)) {
        if !targets.contains(&Some(&triggered.function)) {
            targets.push(Some(&triggered.function));
        }
    }
    // What is invoked by something else, and waited for, is another mistake.
    if of_source && pair.triggers.is_empty() && pair.mappings.is_empty() {
        targets.push(None);
    }
    targets
}

fn does_not_wait(trigger: &Trigger) -> bool {
    match trigger {
        Trigger::Topic { .. }
        | Trigger::Bucket { .. }
        | Trigger::Rule { .. }
        | Trigger::Schedule { .. }
        | Trigger::LogGroup { .. }
        | Trigger::Devices { .. } => true,
        Trigger::Mail { invocation, .. } => invocation.value().is_some_and(|kind| kind == "Event"),
        Trigger::Http(_) => false,
    }
}

/// Whether a configuration is for what is invoked.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Holds {
    Surely,
    /// As far as is known.
    Perhaps,
    Never,
}

fn holds(config: &EventInvokeConfig, invoked: Option<&Target>) -> Holds {
    let Some(invoked) = invoked else { return Holds::Perhaps };
    // An alias may be of a version that has a configuration.
    let is_version = |text: &Text| text.known().is_none_or(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
    match (config.function.qualifier(), invoked.qualifier()) {
        (a, b) if a == b => Holds::Surely,
        (Some(a), Some(b)) if is_version(a) || b.known().is_none() => Holds::Perhaps,
        (Some(one), None) | (None, Some(one)) if one.is_open() => Holds::Perhaps,
        _ => Holds::Never,
    }
}

fn retries(pair: &Pair<'_>, invoked: Option<&Target>, findings: &mut Findings) {
    let Some(said) = pair.handler.trigger.event_retries() else { return };
    let all = || pair.event_invoke_configs.iter().copied();
    // Where nothing of these files invokes it, whatever they say is for what does.
    let is_for_it = |config: &&EventInvokeConfig| invoked.is_none() || holds(config, invoked) == Holds::Surely;
    let mut is_said = all().any(|config| holds(config, invoked) == Holds::Perhaps);
    for config in all().filter(is_for_it) {
        is_said = true;
        let fields = (&config.maximum_retry_attempts, &config.maximum_event_age);
        differ(said, fields, &config.place, true, findings);
    }
    if !is_said {
        let fields = (&Field::Default(RETRIES), &Field::Default(AGE));
        differ(said, fields, &pair.function.place, false, findings);
    }
}

/// Compares with what is written in a configuration, or holds without one.
fn differ(
    said: &EventRetries,
    (attempts, age): (&Field<u64>, &Field<u64>),
    place: &Place,
    has_config: bool,
    findings: &mut Findings,
) {
    let both = [
        (&words::EVENT_RETRIES, "maximum_retry_attempts", said.maximum_retry_attempts, attempts, ""),
        (&words::EVENT_AGE, "maximum_event_age", said.maximum_event_age, age, "s"),
    ];
    for (setting, name, wanted, field, unit) in both {
        let Some(difference) = differs(wanted.map(u64::from), field, place) else { continue };
        let (wanted, place, found) = (difference.wanted, difference.place, shown(difference.found.as_ref(), unit));
        let there = match field {
            Field::Default(_) => format!("nothing is written, which means {found}"),
            _ => format!("here it is {found}"),
        };
        let message = format!("the attribute's `{name}` is {}, and {there}", shown(Some(&wanted), unit));
        let fix = words::event_setting(setting, place, wanted, has_config);
        findings.add(&codes::EVENT_RETRIES_DIFFER, place, message, fix);
    }
}

fn given_up(pair: &Pair<'_>, invoked: Option<&Target>, observed: &Observed, findings: &mut Findings) {
    let holding = pair.event_invoke_configs.iter().filter(|config| holds(config, invoked) != Holds::Never);
    let destinations = holding.map(|config| &config.on_failure).chain([&pair.function.dead_letters]);
    let written: Vec<&Field<Text>> = destinations.filter(|field| is_written(field)).collect();
    // What is not known may well take them.
    let takes = |field: &Field<Text>| field.value().is_none_or(|arn| !is_fifo(arn, observed));
    if written.iter().any(|field| takes(field)) {
        return;
    }
    if let Some(place) = written.iter().find_map(|field| field.place()) {
        let message = "events that are given up go to what is FIFO, which Lambda does not send them to".to_owned();
        findings.add(&codes::EVENTS_DROPPED, place, message, "a standard queue or topic".to_owned());
        return;
    }
    let for_another =
        |config: &&&EventInvokeConfig| holds(config, invoked) == Holds::Never && is_written(&config.on_failure);
    if let (Some(config), Some(invoked)) = (pair.event_invoke_configs.iter().find(for_another), invoked) {
        let message = format!(
            "{} is invoked, and what is told of events that fail is for {}",
            words::invoked(invoked),
            words::invoked(&config.function)
        );
        findings.add(&codes::EVENTS_DROPPED, &config.place, message, words::qualifier(&config.place, invoked));
        return;
    }
    let own = pair.event_invoke_configs.iter().find(|config| holds(config, invoked) == Holds::Surely);
    let place = own.map_or(&pair.function.place, |config| &config.place);
    let message = "an event that fails for good is dropped, and nothing is told of it".to_owned();
    findings.add(&codes::EVENTS_DROPPED, place, message, words::failure_destination(&pair.function.place));
}

/// An empty ARN, as of a parameter that is left empty, is none.
fn is_written(destination: &Field<Text>) -> bool {
    *destination != Field::Absent && destination.value().and_then(Text::known) != Some("")
}

fn is_fifo(arn: &Text, observed: &Observed) -> bool {
    let queue = observed.queue(arn).map(|queue| &queue.is_fifo);
    let topic = observed.destinations.iter().find(|topic| arn.address() == Some(&topic.address));
    let is_it = queue.or(topic.map(|topic| &topic.is_fifo)).and_then(Field::value);
    is_it == Some(&true) || arn.ends_with(".fifo") == Some(true)
}
