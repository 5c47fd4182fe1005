//! Event source mappings: what Lambda polls, how, and what becomes of what fails.

use crate::check::codes;
use crate::check::finding::Findings;
use crate::check::matching::Pair;
use crate::check::observed::{Field, Mapping, Polled};
use crate::check::rules::filters;
use crate::check::rules::streams::{pollers, stream, view};
use crate::check::rules::{Whole, differs, other_arn, shown};
use crate::check::words;
use crate::manifest::Trigger;
use crate::manifest::trigger::Batch;

/// <https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html>
const LONGEST_WINDOW: u64 = 300;
const LARGEST_BATCH: u64 = 10_000;
/// Of a FIFO queue, and of a standard one without a window.
const LARGEST_PLAIN_BATCH: u64 = 10;
const MAXIMUM_CONCURRENCY: std::ops::RangeInclusive<u64> = 2..=1000;

pub(super) fn check(pair: &Pair<'_>, whole: &Whole<'_>, findings: &mut Findings) {
    let wanted = polled(&pair.handler.trigger);
    for mapping in &pair.mappings {
        match (mapping.kind, wanted) {
            (Some(found), Some(wanted)) if found == wanted => one(pair, mapping, whole, findings),
            // What is known only when it is deployed is taken for what is meant.
            (None, Some(_)) => one(pair, mapping, whole, findings),
            // `event` takes whatever comes, and `invoke` may be meant to.
            (Some(found), _) if !matches!(pair.handler.trigger, Trigger::Event | Trigger::Invoke) => {
                let message =
                    format!("the handler takes {}, and {} is polled", what(&pair.handler.trigger), name(found));
                let fix = "the handler's own source, or another handler".to_owned();
                findings.add(&codes::WRONG_SOURCE, &mapping.place, message, fix);
            }
            _ => {}
        }
    }
    let is_open = !whole.observed.unread.is_empty()
        || whole.observed.mappings.iter().any(|mapping| mapping.function == crate::check::observed::Target::Elsewhere);
    if let Some(wanted) = wanted.filter(|_| pair.mappings.is_empty() && !is_open) {
        let message = format!("nothing polls {} for the handler `{}`", name(wanted), pair.handler.name);
        let fix = match words::Language::of(&pair.function.place) {
            words::Language::CloudFormation => "an event of the function, or an `AWS::Lambda::EventSourceMapping`",
            words::Language::Serverless => "an event of the function",
            words::Language::Terraform => "an `aws_lambda_event_source_mapping`",
        };
        findings.add(&codes::MAPPING_MISSING, &pair.function.place, message, fix.to_owned());
    }
}

/// What a handler's source is as something that is polled.
fn polled(trigger: &Trigger) -> Option<Polled> {
    match trigger {
        Trigger::Sqs(_) => Some(Polled::Sqs),
        Trigger::Kinesis(_) => Some(Polled::Kinesis),
        Trigger::DynamoDb(_) => Some(Polled::DynamoDb),
        Trigger::Kafka(_) => Some(Polled::Kafka),
        Trigger::ActiveMq(_) => Some(Polled::ActiveMq),
        _ => None,
    }
}

fn name(polled: Polled) -> &'static str {
    match polled {
        Polled::Sqs => "a queue of SQS",
        Polled::Kinesis => "a stream of Kinesis",
        Polled::DynamoDb => "a table's stream",
        Polled::Kafka => "a topic of Kafka",
        Polled::ActiveMq => "a queue of ActiveMQ",
        Polled::Other => "another source",
    }
}

/// What the attribute names as what is polled.
fn named(trigger: &Trigger) -> Option<&str> {
    match trigger {
        Trigger::Sqs(sqs) => sqs.queue.as_deref(),
        Trigger::Kinesis(kinesis) => kinesis.stream.as_deref(),
        Trigger::DynamoDb(dynamodb) => dynamodb.table.as_deref().filter(|arn| arn.contains("/stream/")),
        Trigger::Kafka(kafka) => kafka.cluster.as_deref(),
        Trigger::ActiveMq(activemq) => activemq.broker.as_deref(),
        _ => None,
    }
}

fn what(trigger: &Trigger) -> &'static str {
    match trigger {
        Trigger::Http(_) => "requests",
        Trigger::Sns(_) => "notifications of SNS",
        Trigger::S3(_) => "what S3 tells of objects",
        Trigger::EventBridge(_) => "events of EventBridge",
        Trigger::Schedule(_) => "times of a schedule",
        Trigger::CloudWatchLogs(_) => "lines of CloudWatch Logs",
        Trigger::Ses(_) => "mail of SES",
        Trigger::Iot(_) => "messages of IoT",
        Trigger::Invoke | Trigger::Event => "events",
        _ => polled(trigger).map_or("events", name),
    }
}

fn one(pair: &Pair<'_>, mapping: &Mapping, whole: &Whole<'_>, findings: &mut Findings) {
    failures(pair, mapping, findings);
    other_arn(named(&pair.handler.trigger), &mapping.source, &codes::SOURCE_DIFFERS, findings);
    if let Field::Known(false, place) = &mapping.enabled {
        let message = "it is disabled".to_owned();
        findings.add(&codes::MAPPING_DISABLED, place, message, words::ENABLED.plain(place, true));
    }
    filters::check(pair.handler.trigger.filters(), mapping, findings);
    match &pair.handler.trigger {
        Trigger::Sqs(sqs) => {
            batch(&sqs.batch, mapping, findings);
            queue_limits(mapping, whole, findings);
            maximum_concurrency(sqs.maximum_concurrency, mapping, findings);
        }
        Trigger::Kinesis(kinesis) => {
            batch(&kinesis.batch, mapping, findings);
            stream(&kinesis.retries, Some(&kinesis.shards), mapping, findings);
        }
        Trigger::DynamoDb(dynamodb) => {
            batch(&dynamodb.batch, mapping, findings);
            stream(&dynamodb.retries, Some(&dynamodb.shards), mapping, findings);
            view(dynamodb.view.as_deref(), mapping, whole, findings);
        }
        Trigger::Kafka(kafka) => {
            batch(&kafka.batch, mapping, findings);
            stream(&kafka.retries, None, mapping, findings);
            pollers(kafka.minimum_pollers, kafka.maximum_pollers, mapping, findings);
            called(&words::TOPICS, kafka.topic.as_deref(), &mapping.topics, mapping, findings);
            let group = kafka.consumer_group.clone();
            if let Some(difference) = differs(group, &mapping.consumer_group, &mapping.place) {
                let (wanted, place) = (difference.wanted, difference.place);
                let message = format!(
                    "the attribute's consumer group is `{wanted}`, and here it is {}",
                    shown(difference.found.as_ref(), "")
                );
                findings.add(&codes::WRONG_TOPIC, place, message, words::CONSUMER_GROUP.text(place, &wanted));
            }
        }
        Trigger::ActiveMq(activemq) => {
            batch(&activemq.batch, mapping, findings);
            called(&words::BROKER_QUEUES, activemq.queue.as_deref(), &mapping.queues, mapping, findings);
        }
        _ => {}
    }
}

fn failures(pair: &Pair<'_>, mapping: &Mapping, findings: &mut Findings) {
    let place = mapping.reports_failures.place().unwrap_or(&mapping.place);
    let write = words::report_failures(place);
    let reports = match &mapping.reports_failures {
        Field::Unknown(_) => return,
        field => field.value().copied().unwrap_or(false),
    };
    match (pair.handler.report_batch_item_failures, reports) {
        (true, false) => {
            let message =
                "the handler reports the records that failed, and this mapping does not ask for them".to_owned();
            findings.add(&codes::FAILURES_NOT_REPORTED, place, message, write.to_owned());
        }
        (false, true) => {
            let message = "this mapping asks for the records that failed, and the handler reports none".to_owned();
            findings.add(&codes::FAILURES_REPORTED, place, message, format!("without {write}"));
        }
        _ => {}
    }
}

fn batch(batch: &Batch, mapping: &Mapping, findings: &mut Findings) {
    if let Some(difference) = differs(batch.batch_size.map(u64::from), &mapping.batch_size, &mapping.place) {
        let (wanted, place) = (difference.wanted, difference.place);
        let found = shown(difference.found.as_ref(), "");
        let message = format!("the attribute's batches have up to {wanted} records, and here it is {found}");
        findings.add(&codes::BATCH_SIZE_DIFFERS, place, message, words::BATCH_SIZE.plain(place, wanted));
    }
    // Without a window nothing is waited for.
    let is_default = batch.window == Some(0) && mapping.window == Field::Absent;
    if let Some(difference) =
        differs(batch.window.map(u64::from), &mapping.window, &mapping.place).filter(|_| !is_default)
    {
        let (wanted, place) = (difference.wanted, difference.place);
        let found = shown(difference.found.as_ref(), "s");
        let message = format!("the attribute's window is {wanted} s, and here it is {found}");
        findings.add(&codes::WINDOW_DIFFERS, place, message, words::WINDOW.plain(place, wanted));
    }
    if let Field::Known(seconds, place) = &mapping.window
        && *seconds > LONGEST_WINDOW
    {
        let message = format!("its window is {seconds} s");
        findings.add(&codes::BATCH_LIMITS, place, message, format!("{LONGEST_WINDOW} s or less"));
    }
    if let Field::Known(size, place) = &mapping.batch_size
        && !(1..=LARGEST_BATCH).contains(size)
    {
        let message = format!("its batches have {size} records");
        findings.add(&codes::BATCH_LIMITS, place, message, format!("from 1 to {LARGEST_BATCH}"));
    }
}

fn queue_limits(mapping: &Mapping, whole: &Whole<'_>, findings: &mut Findings) {
    let source = mapping.source.value();
    let queue = source.and_then(|source| whole.observed.queue(source));
    let is_fifo = match queue {
        Some(queue) => queue.is_fifo.value().copied(),
        None => source.and_then(|source| source.ends_with(".fifo")),
    };
    let window = match &mapping.window {
        Field::Unknown(_) => None,
        field => Some(field.value().copied().unwrap_or(0)),
    };
    if is_fifo == Some(true)
        && let Field::Known(seconds, place) = &mapping.window
        && *seconds > 0
    {
        let message = format!("its window is {seconds} s, and a FIFO queue has none");
        findings.add(&codes::BATCH_LIMITS, place, message, format!("without `{}`", words::WINDOW.name(place)));
    }
    let Field::Known(size, place) = &mapping.batch_size else { return };
    if *size <= LARGEST_PLAIN_BATCH || *size > LARGEST_BATCH {
        return;
    }
    if is_fifo == Some(true) {
        let message =
            format!("its batches have {size} messages, and those of a FIFO queue {LARGEST_PLAIN_BATCH} at most");
        findings.add(&codes::BATCH_LIMITS, place, message, words::BATCH_SIZE.plain(place, LARGEST_PLAIN_BATCH));
    } else if window == Some(0) {
        let message = format!("its batches have {size} messages, and without a window {LARGEST_PLAIN_BATCH} at most");
        findings.add(&codes::BATCH_LIMITS, place, message, words::WINDOW.plain(place, 1));
    }
}

fn maximum_concurrency(wanted: Option<u32>, mapping: &Mapping, findings: &mut Findings) {
    if let Some(difference) = differs(wanted.map(u64::from), &mapping.maximum_concurrency, &mapping.place) {
        let (wanted, place) = (difference.wanted, difference.place);
        let found = shown(difference.found.as_ref(), "");
        let message = format!("the attribute's maximum concurrency is {wanted}, and here it is {found}");
        let fix = words::MAXIMUM_CONCURRENCY.within(&words::SCALING, &mapping.maximum_concurrency, place, wanted);
        findings.add(&codes::MAXIMUM_CONCURRENCY_DIFFERS, place, message, fix);
    }
    if let Field::Known(number, place) = &mapping.maximum_concurrency
        && !MAXIMUM_CONCURRENCY.contains(number)
    {
        let message = format!("its maximum concurrency is {number}");
        let fix = format!("from {} to {}", MAXIMUM_CONCURRENCY.start(), MAXIMUM_CONCURRENCY.end());
        findings.add(&codes::MAXIMUM_CONCURRENCY_LIMITS, place, message, fix);
    }
}

/// A topic, or a broker's queue.
fn called(
    setting: &words::Setting,
    wanted: Option<&str>,
    fields: &[Field<String>],
    mapping: &Mapping,
    findings: &mut Findings,
) {
    let Some(wanted) = wanted else { return };
    let is_there = fields.iter().any(|field| field.is_unknown() || field.value().is_some_and(|name| name == wanted));
    if is_there {
        return;
    }
    let place = fields.iter().find_map(Field::place).unwrap_or(&mapping.place);
    let found: Vec<String> = fields.iter().filter_map(Field::value).map(|name| format!("`{name}`")).collect();
    let found = if found.is_empty() { "none".to_owned() } else { found.join(", ") };
    let message = format!("the attribute reads `{wanted}`, and here it is {found}");
    findings.add(&codes::WRONG_TOPIC, place, message, setting.text(place, wanted));
}
