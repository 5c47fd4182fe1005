//! Events that nobody waits for: how often they are tried, and what is told of those that are given up.
//!
//! Lambda keeps such an event itself, tries it three times within six hours, and drops it:
//! <https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html>. What it is told to do instead holds for
//! one alias, or for what is invoked without one.

use std::ops::RangeInclusive;

use crate::check::codes;
use crate::check::finding::Findings;
use crate::check::matching::Pair;
use crate::check::observed::{EventInvokeConfig, Field, Observed, Part, Place, Target, Text, Trigger};
use crate::check::read::event_invoke_config::{AGE, RETRIES};
use crate::check::rules::Whole;
use crate::check::words;
use crate::manifest::Trigger as Of;

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
    let qualifier = |target: &Target| match target {
        Target::Qualified { qualifier, .. } => Some(qualifier.clone()),
        Target::Function(_) | Target::Elsewhere => None,
    };
    let Some(invoked) = invoked else { return Holds::Perhaps };
    let is_open = |text: &Text| text.0.iter().any(|part| matches!(part, Part::Unknown(_)));
    // An alias may be of a version that has a configuration.
    let is_version = |text: &Text| text.known().is_none_or(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
    match (qualifier(&config.function), qualifier(invoked)) {
        (a, b) if a == b => Holds::Surely,
        (Some(a), Some(b)) if is_version(&a) || b.known().is_none() => Holds::Perhaps,
        (Some(one), None) | (None, Some(one)) if is_open(&one) => Holds::Perhaps,
        _ => Holds::Never,
    }
}

fn retries(pair: &Pair<'_>, invoked: Option<&Target>, findings: &mut Findings) {
    let Some(said) = pair.handler.trigger.event_retries() else { return };
    let with = |wanted: Holds| {
        let all = pair.event_invoke_configs.iter().copied();
        all.filter(move |config| holds(config, invoked) == wanted).collect::<Vec<_>>()
    };
    let (sure, perhaps) = (with(Holds::Surely), with(Holds::Perhaps));
    let mut differs = |wanted: Option<u32>, field: &Field<u64>, place: &Place, setting, name: &str, unit: &str| {
        let Some(wanted) = wanted.map(u64::from) else { return };
        let (Some(found), false) = (field.value(), field.value() == Some(&wanted)) else { return };
        let place = field.place().unwrap_or(place);
        let there = match field {
            Field::Default(_) => format!("nothing is written, which means {found}{unit}"),
            _ => format!("here it is {found}{unit}"),
        };
        let message = format!("the attribute's `{name}` is {wanted}{unit}, and {there}");
        let setting: &words::Setting = setting;
        let fix = match *place == pair.function.place {
            true => words::event_setting(place, setting, wanted),
            false => setting.plain(place, wanted),
        };
        findings.add(&codes::EVENT_RETRIES_DIFFER, place, message, fix);
    };
    let mut both = |attempts: &Field<u64>, age: &Field<u64>, place: &Place| {
        let retries = &words::EVENT_RETRIES;
        differs(said.maximum_retry_attempts, attempts, place, retries, "maximum_retry_attempts", "");
        differs(said.maximum_event_age, age, place, &words::EVENT_AGE, "maximum_event_age", " s");
    };
    for config in &sure {
        both(&config.maximum_retry_attempts, &config.maximum_event_age, &config.place);
    }
    if sure.is_empty() && perhaps.is_empty() {
        both(&Field::Default(RETRIES), &Field::Default(AGE), &pair.function.place);
    }
}

fn given_up(pair: &Pair<'_>, invoked: Option<&Target>, observed: &Observed, findings: &mut Findings) {
    let holding = pair.event_invoke_configs.iter().filter(|config| holds(config, invoked) != Holds::Never);
    let destinations = holding.map(|config| &config.on_failure).chain([&pair.function.dead_letters]);
    let written: Vec<&Field<Text>> = destinations.filter(|field| is_written(field)).collect();
    let is_fifo = |field: &&&Field<Text>| field.value().is_some_and(|arn| is_fifo(arn, observed));
    if written.iter().any(|field| !is_fifo(&field)) {
        return;
    }
    let fix = words::failure_destination(&pair.function.place);
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
            name(invoked),
            name(&config.function)
        );
        findings.add(
            &codes::EVENTS_DROPPED,
            &config.place,
            message,
            words::event_invoke_config_of(&config.place, invoked),
        );
        return;
    }
    let own = pair.event_invoke_configs.iter().find(|config| holds(config, invoked) == Holds::Surely);
    let place = own.map_or(&pair.function.place, |config| &config.place);
    let message = "an event that fails for good is dropped, and nothing is told of it".to_owned();
    findings.add(&codes::EVENTS_DROPPED, place, message, fix);
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

/// What is invoked, for a message.
fn name(target: &Target) -> String {
    match target {
        Target::Qualified { qualifier, .. } => format!("`{qualifier}`"),
        Target::Function(_) | Target::Elsewhere => "the function itself".to_owned(),
    }
}
