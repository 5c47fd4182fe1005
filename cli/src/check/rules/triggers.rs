//! What invokes a function besides what is polled and HTTP.

use std::collections::BTreeSet;

use crate::check::codes::{self, Rule};
use crate::check::finding::Findings;
use crate::check::matching::Pair;
use crate::check::needs::Needs;
use crate::check::observed::{Attribute, Field, Observed, Part, Place, Polled, Statement, Target, Text, Trigger};
use crate::check::rules::{Whole, differs, other_arn, shown};
use crate::check::texts::is_action;
use crate::check::words;
use crate::manifest::Trigger as Of;
use crate::manifest::trigger::{EventBridge, S3, Schedule};
use crate::template::model;

pub(super) fn check(pair: &Pair<'_>, needs: &Needs, whole: &Whole<'_>, findings: &mut Findings) {
    let mut fitting: Vec<(&Place, &Trigger)> = Vec::new();
    for triggered in &pair.triggers {
        match fits(&pair.handler.trigger, &triggered.by) {
            true => fitting.push((&triggered.place, &triggered.by)),
            false => {
                let message = format!("{} invokes it, and the handler takes other events", name(&triggered.by));
                let fix = "the handler's own source, or another handler".to_owned();
                findings.add(&codes::WRONG_TRIGGER, &triggered.place, message, fix);
            }
        }
    }
    missing(pair, needs, whole, &fitting, findings);
    match &pair.handler.trigger {
        Of::Schedule(schedule) => schedules(schedule, &fitting, findings),
        Of::EventBridge(eventbridge) => patterns(eventbridge, &fitting, findings),
        Of::S3(s3) => objects(s3, &fitting, findings),
        _ => {}
    }
    for (place, trigger) in &fitting {
        one(pair, place, trigger, findings);
        recursion(pair, trigger, findings);
    }
    queue_recursion(pair, whole, findings);
}

/// Whether what invokes the function may be a part of the templates that nothing is known of.
pub(super) fn is_open(observed: &Observed) -> bool {
    let elsewhere = observed.triggers.iter().any(|triggered| triggered.function == Target::Elsewhere);
    elsewhere || !observed.unread.is_empty()
}

/// An event that a schedule or a bus sends is of one form.
fn fits(handler: &Of, trigger: &Trigger) -> bool {
    match handler {
        Of::Invoke | Of::Event => true,
        Of::Schedule(_) | Of::EventBridge(_) => matches!(trigger, Trigger::Schedule { .. } | Trigger::Rule { .. }),
        Of::Http(_) => matches!(trigger, Trigger::Http(_)),
        Of::Sns(_) => matches!(trigger, Trigger::Topic { .. }),
        Of::S3(_) => matches!(trigger, Trigger::Bucket { .. }),
        Of::CloudWatchLogs(_) => matches!(trigger, Trigger::LogGroup { .. }),
        Of::Ses(_) => matches!(trigger, Trigger::Mail { .. }),
        Of::Iot(_) => matches!(trigger, Trigger::Devices { .. }),
        Of::Sqs(_) | Of::Kinesis(_) | Of::DynamoDb(_) | Of::Kafka(_) | Of::ActiveMq(_) => false,
    }
}

fn name(trigger: &Trigger) -> &'static str {
    match trigger {
        Trigger::Topic { .. } => "a topic of SNS",
        Trigger::Bucket { .. } => "a bucket of S3",
        Trigger::Rule { .. } => "a rule of EventBridge",
        Trigger::Schedule { .. } => "a schedule",
        Trigger::LogGroup { .. } => "a log group",
        Trigger::Mail { .. } => "a receipt rule of SES",
        Trigger::Devices { .. } => "a rule of IoT",
        Trigger::Http(_) => "an HTTP request",
    }
}

fn missing(pair: &Pair<'_>, needs: &Needs, whole: &Whole<'_>, fitting: &[(&Place, &Trigger)], findings: &mut Findings) {
    let what = match &needs.function.trigger {
        model::Trigger::Topic { .. } => "no topic of SNS",
        model::Trigger::Bucket { .. } => "no bucket of S3",
        model::Trigger::Rule { .. } => "no rule of EventBridge",
        model::Trigger::Schedule { .. } => "no schedule",
        model::Trigger::LogGroup { .. } => "no subscription to a log group",
        model::Trigger::Mail { .. } => "no receipt rule of SES",
        model::Trigger::Devices { .. } => "no rule of IoT",
        // Others have rules of their own, or whoever may invoke the function does.
        model::Trigger::None(_) | model::Trigger::Mapping(_) | model::Trigger::Http(_) => return,
    };
    if !fitting.is_empty() || is_open(whole.observed) {
        return;
    }
    let rule: &'static Rule = match &pair.handler.trigger {
        Of::S3(_) => &codes::NOTIFICATION_MISSING,
        _ => &codes::TRIGGER_MISSING,
    };
    let message = format!("{what} invokes the handler `{}`", pair.handler.name);
    let fix = "`cargo lambkin template` writes one, with the permission that it takes".to_owned();
    findings.add(rule, &pair.function.place, message, fix);
}

fn one(pair: &Pair<'_>, place: &Place, trigger: &Trigger, findings: &mut Findings) {
    match (&pair.handler.trigger, trigger) {
        (Of::Sns(sns), Trigger::Topic { topic }) => {
            other_arn(sns.topic.as_deref(), topic, &codes::SOURCE_DIFFERS, findings);
        }
        (_, Trigger::Schedule { enabled: Field::Known(false, place), .. }) => {
            let fix = match words::Language::of(place) {
                words::Language::Serverless => "`enabled: true`".to_owned(),
                words::Language::Terraform => "`state = \"ENABLED\"`".to_owned(),
                words::Language::CloudFormation => "`State: ENABLED`".to_owned(),
            };
            findings.add(&codes::SCHEDULE_DISABLED, place, "it is disabled".to_owned(), fix);
        }
        (Of::EventBridge(eventbridge), Trigger::Rule { bus, .. }) => {
            other_arn(eventbridge.bus.as_deref(), bus, &codes::SOURCE_DIFFERS, findings);
        }
        (Of::CloudWatchLogs(logs), Trigger::LogGroup { group, filter }) => {
            other_arn(logs.log_group.as_deref(), group, &codes::SOURCE_DIFFERS, findings);
            if let Some(difference) = differs(logs.filter.clone(), filter, place) {
                let (wanted, place) = (difference.wanted, difference.place);
                let message =
                    format!("the attribute's filter is `{wanted}`, and here it is {}", quoted(difference.found));
                findings.add(&codes::LOG_FILTER_DIFFERS, place, message, words::LOG_FILTER.text(place, &wanted));
            }
        }
        (Of::Iot(iot), Trigger::Devices { sql }) => {
            let plain = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
            let is_same = iot.sql.as_deref().map(plain) == sql.value().map(|sql| plain(sql));
            if let Some(difference) = differs(iot.sql.clone(), sql, place).filter(|_| !is_same) {
                let (wanted, place) = (difference.wanted, difference.place);
                let message = format!("the attribute selects `{wanted}`, and here it is {}", quoted(difference.found));
                findings.add(&codes::STATEMENT_DIFFERS, place, message, words::STATEMENT.text(place, &wanted));
            }
        }
        (Of::Ses(ses), Trigger::Mail { recipients, invocation }) => {
            if let Some(kind) = invocation.value().filter(|kind| *kind != "RequestResponse") {
                let place = invocation.place().unwrap_or(place);
                let message = format!("SES invokes it with `{kind}`, and does not wait for its disposition");
                let fix = words::INVOCATION.text(place, "RequestResponse");
                findings.add(&codes::DISPOSITION_IGNORED, place, message, fix);
            }
            let known: Option<BTreeSet<&String>> = recipients.iter().map(Field::value).collect();
            let wanted: BTreeSet<&String> = ses.recipients.iter().collect();
            if known.is_some_and(|known| known != wanted) && !wanted.is_empty() {
                let place = recipients.iter().find_map(Field::place).unwrap_or(place);
                let message = format!("the attribute's recipients are {}", ses.recipients.join(", "));
                findings.add(&codes::RECIPIENTS_DIFFER, place, message, ses.recipients.join(", "));
            }
        }
        _ => {}
    }
}

fn quoted(found: Option<String>) -> String {
    found.map_or_else(|| "not set".to_owned(), |found| format!("`{found}`"))
}

fn schedules(schedule: &Schedule, fitting: &[(&Place, &Trigger)], findings: &mut Findings) {
    let Some(wanted) = &schedule.expression else { return };
    let plain = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let all = fitting.iter().filter_map(|(place, trigger)| match trigger {
        Trigger::Schedule { expression, timezone, .. } => Some((*place, expression, timezone)),
        _ => None,
    });
    let all: Vec<(&Place, &Field<String>, &Field<String>)> = all.collect();
    if all.iter().any(|(_, expression, _)| expression.is_unknown()) {
        return;
    }
    let same =
        all.iter().find(|(_, expression, _)| expression.value().is_some_and(|found| plain(found) == plain(wanted)));
    match (same, all.first()) {
        (Some((place, _, timezone)), _) => {
            if let Some(difference) = differs(schedule.timezone.clone(), timezone, place) {
                let (wanted, place) = (difference.wanted, difference.place);
                let message = format!(
                    "the attribute's times are those of {wanted}, and here they are of {}",
                    shown(difference.found.as_ref(), "")
                );
                findings.add(&codes::SCHEDULE_DIFFERS, place, message, words::TIMEZONE.text(place, &wanted));
            }
        }
        (None, Some((place, expression, _))) => {
            let place = expression.place().unwrap_or(place);
            let message = format!(
                "the attribute's schedule is `{wanted}`, and here it is {}",
                quoted(expression.value().cloned())
            );
            findings.add(&codes::SCHEDULE_DIFFERS, place, message, words::SCHEDULE.text(place, wanted));
        }
        (None, None) => {}
    }
}

fn patterns(eventbridge: &EventBridge, fitting: &[(&Place, &Trigger)], findings: &mut Findings) {
    for (place, trigger) in fitting {
        let Trigger::Rule { sources, detail_types, has_more, .. } = trigger else { continue };
        let fields =
            [("source", &eventbridge.source, sources), ("detail-type", &eventbridge.detail_type, detail_types)];
        let set = |list: &[String]| list.iter().cloned().collect::<BTreeSet<_>>();
        for (what, wanted, field) in fields {
            let found = field.value().map_or_else(BTreeSet::new, |found| set(found));
            if wanted.is_empty() || field.is_unknown() || found == set(wanted) {
                continue;
            }
            let list = serde_json::to_string(wanted).unwrap_or_default();
            let found =
                if found.is_empty() { "any".to_owned() } else { found.into_iter().collect::<Vec<_>>().join(", ") };
            let message = format!("the attribute's {what} is {}, and here it is {found}", wanted.join(", "));
            findings.add(
                &codes::PATTERN_DIFFERS,
                field.place().unwrap_or(place),
                message,
                format!("`\"{what}\": {list}`"),
            );
        }
        if *has_more {
            let message = "the rule's pattern asks for more than source and detail-type".to_owned();
            let fix = "nothing, if that is meant: an attribute has no words for it".to_owned();
            findings.add(&codes::PATTERN_NARROWER, place, message, fix);
        }
    }
}

/// Several notifications may each be for some of the events.
fn objects(s3: &S3, fitting: &[(&Place, &Trigger)], findings: &mut Findings) {
    let known = |field: &Field<String>| match field {
        Field::Unknown(_) => None,
        field => Some(field.value().cloned().unwrap_or_default()),
    };
    // With and without `s3:`, which all of them have.
    let bare = |name: &str| name.trim_start_matches("s3:").to_owned();
    let mut told: BTreeSet<String> = BTreeSet::new();
    let mut events_at: Option<&Place> = None;
    let mut other: Option<(&Place, &str, String)> = None;
    for (place, trigger) in fitting {
        let Trigger::Bucket { events, prefix, suffix, .. } = trigger else { continue };
        let names: Option<BTreeSet<&String>> = events.iter().map(Field::value).collect();
        let (Some(names), Some(prefix_is), Some(suffix_is)) = (names, known(prefix), known(suffix)) else { return };
        if let Some(wanted) = s3.prefix.as_ref().filter(|wanted| **wanted != prefix_is) {
            other = other.or_else(|| Some((prefix.place().unwrap_or(place), "prefix", wanted.clone())));
        } else if let Some(wanted) = s3.suffix.as_ref().filter(|wanted| **wanted != suffix_is) {
            other = other.or_else(|| Some((suffix.place().unwrap_or(place), "suffix", wanted.clone())));
        } else {
            told.extend(names.into_iter().map(|name| bare(name)));
            events_at = events_at.or_else(|| events.iter().find_map(Field::place)).or(Some(place));
        }
    }
    let wanted: BTreeSet<String> = s3.events.iter().map(|name| bare(name)).collect();
    let difference = match (events_at, other) {
        (Some(place), _) if !wanted.is_subset(&told) => Some((place, "events", s3.events.join(", "))),
        (Some(_), _) => None,
        (None, other) => other,
    };
    if let Some((place, what, wanted)) = difference {
        let message = format!("the attribute's {what}: `{wanted}`; the function is told of other objects here");
        findings.add(&codes::OBJECTS_DIFFER, place, message, format!("`{wanted}`"));
    }
}

/// A function that writes where it is told of what is written, as far as that is plain to see.
fn recursion(pair: &Pair<'_>, trigger: &Trigger, findings: &mut Findings) {
    let Trigger::Bucket { bucket, events, prefix, suffix } = trigger else { return };
    // A prefix or a suffix may keep the two apart.
    let is_filtered =
        [prefix, suffix].iter().any(|field| field.is_unknown() || field.value().is_some_and(|text| !text.is_empty()));
    let creates = |event: &Field<String>| event.value().is_some_and(|event| event.contains("ObjectCreated"));
    let Some(bucket) = bucket.value().filter(|_| !is_filtered && events.iter().any(creates)) else { return };
    let is_its = |resource: &Text| match (bucket.0.as_slice(), resource.0.as_slice()) {
        ([Part::Of { address, .. }], parts) => {
            parts.iter().any(|part| matches!(part, Part::Of { address: other, .. } if other == address))
        }
        ([Part::Literal(name)], [Part::Literal(arn)]) => {
            arn.split(":::").nth(1).is_some_and(|rest| rest.split('/').next() == Some(name.as_str()))
        }
        _ => false,
    };
    report_recursion(
        pair,
        "s3:PutObject",
        is_its,
        "the bucket that invokes it",
        "another bucket, or a prefix that tells them apart",
        findings,
    );
}

/// A function that sends to the queue that it is invoked by.
fn queue_recursion(pair: &Pair<'_>, whole: &Whole<'_>, findings: &mut Findings) {
    for mapping in pair.mappings.iter().filter(|mapping| mapping.kind == Some(Polled::Sqs)) {
        let Some(queue) = mapping.source.value().and_then(|source| whole.observed.queue(source)) else { continue };
        let of_queue = Text(vec![Part::Of { address: queue.address.clone(), attribute: Attribute::Arn }]);
        let is_its = |resource: &Text| *resource == of_queue;
        report_recursion(
            pair,
            "sqs:SendMessage",
            is_its,
            "the queue that invokes it",
            "another queue, unless it stops by itself",
            findings,
        );
    }
}

fn report_recursion(
    pair: &Pair<'_>,
    action: &str,
    is_its: impl Fn(&Text) -> bool,
    what: &str,
    fix: &str,
    findings: &mut Findings,
) {
    let writes = |statement: &&Statement| {
        let acts = statement.actions.iter().filter_map(Field::value).any(|pattern| is_action(pattern, action));
        statement.is_allow
            && !statement.is_generated
            && acts
            && statement.resources.iter().filter_map(Field::value).any(&is_its)
    };
    if let Some(statement) = pair.function.permissions.statements.iter().find(writes) {
        let message = format!("its role may write to {what}: `{action}`");
        findings.add(&codes::RECURSION, &statement.place, message, fix.to_owned());
    }
}
