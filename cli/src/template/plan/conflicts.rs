//! What does not go together: numbers of a function, and functions of one source.

use crate::error::CliError;
use crate::template::model::{Function, Mapping, Source, Trigger};

/// Refuses what AWS would.
pub(super) fn check(functions: &[Function]) -> Result<(), CliError> {
    for Function { handler, reserved_concurrency, provisioned_concurrency, .. } in functions {
        let Some(provisioned) = *provisioned_concurrency else { continue };
        if provisioned == 0 {
            let message = format!("`{handler}`: 0 is no provisioned concurrency for AWS; leave it out");
            return Err(CliError::new(message));
        }
        // <https://docs.aws.amazon.com/lambda/latest/dg/provisioned-concurrency.html>
        if let Some(reserved) = reserved_concurrency.filter(|reserved| *reserved < provisioned) {
            return Err(CliError::new(format!(
                "`{handler}`: its provisioned concurrency is {provisioned}, and only {reserved} are reserved, so AWS would refuse \
                 it: reserve {provisioned} or more"
            )));
        }
    }
    Ok(())
}

/// Says what AWS takes and people would wonder at.
pub(super) fn note(functions: &mut [Function]) {
    let notes: Vec<Vec<String>> = functions
        .iter()
        .enumerate()
        .map(|(number, function)| {
            let before = functions.iter().take(number);
            before.filter_map(|other| shared(function, other)).chain(throttled(function)).collect()
        })
        .collect();
    for (function, notes) in functions.iter_mut().zip(notes) {
        function.notes.extend(notes);
    }
}

/// <https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html>. With 0 it is switched off, and meant to be.
fn throttled(function: &Function) -> Option<String> {
    let reserved = function.reserved_concurrency.filter(|reserved| *reserved > 0)?;
    let most = mapping(function)?.maximum_concurrency.filter(|most| *most > reserved)?;
    Some(format!(
        "its queue may invoke it {most} times at once, and {reserved} are reserved for it: Lambda refuses the rest, and messages \
         move to the dead-letter queue unseen; reserve {most} or more"
    ))
}

fn mapping(function: &Function) -> Option<&Mapping> {
    match &function.trigger {
        Trigger::Mapping(mapping) => Some(mapping),
        _ => None,
    }
}

fn shared(function: &Function, other: &Function) -> Option<String> {
    let handler = &other.handler;
    match (&function.trigger, &other.trigger) {
        (Trigger::Mapping(one), Trigger::Mapping(two)) => match (&one.source, &two.source) {
            (Source::Queue(one), Source::Queue(two)) if one == two => Some(format!(
                "it takes from the same queue as `{handler}`, so each message is only one's; for both to have it, put a topic \
                 before two queues"
            )),
            _ => None,
        },
        (Trigger::Bucket { bucket, events, prefix, suffix }, Trigger::Bucket { bucket: of, .. })
            if bucket.name == of.name =>
        {
            let Trigger::Bucket { events: others, prefix: begin, suffix: end, .. } = &other.trigger else {
                return None;
            };
            let text = |text: &Option<String>| text.clone().unwrap_or_default();
            let begin = one_holds_the_other(&text(prefix), &text(begin), |long, short| long.starts_with(short));
            let end = one_holds_the_other(&text(suffix), &text(end), |long, short| long.ends_with(short));
            let mut pairs = events.iter().flat_map(|one| others.iter().map(move |other| (one, other)));
            let event = pairs.any(|(one, other)| {
                one_holds_the_other(kind(one), kind(other), |long, short| long == short || is_below(long, short))
            });
            // <https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-filtering.html>
            (begin && end && event).then(|| {
                format!(
                    "S3 refuses to tell two functions of one event, and `{handler}` has the same bucket: give them prefixes or \
                     suffixes that do not overlap, or put a topic between"
                )
            })
        }
        _ => None,
    }
}

fn one_holds_the_other(one: &str, other: &str, holds: impl Fn(&str, &str) -> bool) -> bool {
    holds(one, other) || holds(other, one)
}

/// An event's name; attributes may leave `s3:` out.
fn kind(event: &str) -> &str {
    event.strip_prefix("s3:").unwrap_or(event)
}

/// `ObjectCreated:Put` is below `ObjectCreated:*`.
fn is_below(event: &str, all: &str) -> bool {
    all.strip_suffix('*').is_some_and(|start| event.starts_with(start))
}
