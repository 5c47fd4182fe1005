//! The queues that are polled, and those for dead letters.

use crate::check::codes;
use crate::check::finding::Findings;
use crate::check::matching::Pair;
use crate::check::observed::{Field, Polled, Queue};
use crate::check::rules::Whole;
use crate::check::words;
use crate::manifest::Trigger;
use crate::manifest::trigger::Sqs;
use crate::template::plan::resources::{MAX_RECEIVE_COUNT, visibility_timeout};

/// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html>
const LONGEST_HIDDEN: u64 = 43_200;
const RETENTIONS: std::ops::RangeInclusive<u64> = 60..=1_209_600;

pub(super) fn check(pair: &Pair<'_>, whole: &Whole<'_>, findings: &mut Findings) {
    let Trigger::Sqs(sqs) = &pair.handler.trigger else { return };
    for mapping in pair.mappings.iter().filter(|mapping| mapping.kind == Some(Polled::Sqs)) {
        let Some(queue) = mapping.source.value().and_then(|source| whole.observed.queue(source)) else { continue };
        visibility(pair, queue, mapping.window.value().copied().unwrap_or(0), findings);
        fifo(sqs, queue, findings);
        limits(queue, findings);
        dead_letters(sqs, queue, whole, findings);
    }
}

fn visibility(pair: &Pair<'_>, queue: &Queue, window: u64, findings: &mut Findings) {
    let (Some(timeout), Some(hidden)) = (pair.function.timeout.value(), queue.visibility_timeout.value()) else {
        return;
    };
    let place = queue.visibility_timeout.place().unwrap_or(&queue.place);
    let narrow = |seconds: u64| u32::try_from(seconds).unwrap_or(u32::MAX);
    let wanted = u64::from(visibility_timeout(narrow(*timeout), narrow(window)));
    let fix = format!("{}: six times the timeout, and the window", words::VISIBILITY.plain(place, wanted));
    if hidden < timeout {
        let message = format!("messages are hidden for {hidden} s, and the function may work for {timeout} s");
        findings.add(&codes::VISIBILITY_SHORT, place, message, fix);
    } else if *hidden < wanted.min(LONGEST_HIDDEN) {
        let message = format!("messages are hidden for {hidden} s; a timeout of {timeout} s asks for {wanted} s");
        findings.add(&codes::VISIBILITY_LOW, place, message, fix);
    }
}

fn fifo(sqs: &Sqs, queue: &Queue, findings: &mut Findings) {
    let Some(is_fifo) = queue.is_fifo.value().copied() else { return };
    let place = queue.is_fifo.place().unwrap_or(&queue.place);
    let ends = queue.name.value().and_then(|name| name.ends_with(".fifo"));
    if let Some(ends) = ends.filter(|ends| *ends != is_fifo) {
        let place = queue.name.place().unwrap_or(&queue.place);
        let (what, fix) = match ends {
            true => ("a standard queue's name ends with `.fifo`", words::FIFO.plain(place, true)),
            false => (
                "a FIFO queue's name does not end with `.fifo`",
                format!("`{}` with `.fifo` at its end", words::QUEUE_NAME.name(place)),
            ),
        };
        findings.add(&codes::FIFO_NAME, place, what.to_owned(), fix);
        return;
    }
    let Some(wants_fifo) = sqs.queue.as_deref().map(|name| name.ends_with(".fifo")) else { return };
    match (wants_fifo, is_fifo) {
        (true, false) => {
            let message = "the attribute's queue is a FIFO queue, and this one is not".to_owned();
            let fix = format!("{}, and a name that ends with `.fifo`", words::FIFO.plain(place, true));
            findings.add(&codes::FIFO_EXPECTED, place, message, fix);
        }
        (false, true) => {
            let message = "this is a FIFO queue, and the attribute's is not".to_owned();
            let fix = "`.fifo` at the end of the attribute's name, so that its limits are checked; or a standard queue"
                .to_owned();
            findings.add(&codes::FIFO_UNEXPECTED, place, message, fix);
        }
        _ => {}
    }
}

fn limits(queue: &Queue, findings: &mut Findings) {
    if let Field::Known(true, place) = &queue.deduplicates_by_content {
        let message = "messages are told apart by their bodies alone".to_owned();
        let fix = "a `MessageDeduplicationId` for each message, unless its body is never the same twice".to_owned();
        findings.add(&codes::DEDUPLICATED_BY_CONTENT, place, message, fix);
    }
    if let Field::Known(seconds, place) = &queue.visibility_timeout
        && *seconds > LONGEST_HIDDEN
    {
        let message = format!("messages are hidden for {seconds} s");
        findings.add(&codes::QUEUE_LIMITS, place, message, format!("{LONGEST_HIDDEN} s or less"));
    }
    if let Field::Known(seconds, place) = &queue.retention
        && !RETENTIONS.contains(seconds)
    {
        let message = format!("messages are kept for {seconds} s");
        let fix = format!("from {} to {} s", RETENTIONS.start(), RETENTIONS.end());
        findings.add(&codes::QUEUE_LIMITS, place, message, fix);
    }
}

fn dead_letters(sqs: &Sqs, queue: &Queue, whole: &Whole<'_>, findings: &mut Findings) {
    let target = match &queue.dead_letters {
        Field::Absent => {
            let message = "it has no dead-letter queue".to_owned();
            let count = sqs.max_receive_count.unwrap_or(MAX_RECEIVE_COUNT);
            let fix = match words::Language::of(&queue.place) {
                words::Language::Terraform => {
                    format!("`redrive_policy = jsonencode({{ deadLetterTargetArn = …, maxReceiveCount = {count} }})`")
                }
                _ => format!("`RedrivePolicy: {{ deadLetterTargetArn: …, maxReceiveCount: {count} }}`"),
            };
            findings.add(&codes::NO_DEAD_LETTERS, &queue.place, message, fix);
            return;
        }
        field => field.value(),
    };
    receive_count(sqs, queue, findings);
    let Some(letters) = target.and_then(|target| whole.observed.queue(target)) else { return };
    let place = queue.dead_letters.place().unwrap_or(&queue.place);
    if letters.address == queue.address {
        let message = "its dead letters go to itself".to_owned();
        findings.add(&codes::DEAD_LETTERS_KIND, place, message, "another queue".to_owned());
        return;
    }
    if let (Some(source), Some(target)) = (queue.is_fifo.value(), letters.is_fifo.value())
        && source != target
    {
        let of = |is_fifo: bool| if is_fifo { "a FIFO queue" } else { "a standard queue" };
        let message = format!("it is {}, and its dead-letter queue is {}", of(*source), of(*target));
        findings.add(&codes::DEAD_LETTERS_KIND, place, message, format!("{} for its dead letters", of(*source)));
    }
    if let (Some(kept), Some(there)) = (queue.retention.value(), letters.retention.value())
        && there < kept
    {
        let place = letters.retention.place().unwrap_or(&letters.place);
        let message = format!("dead letters are kept for {there} s, and those of its source for {kept} s");
        let fix = words::RETENTION.plain(place, RETENTIONS.end());
        findings.add(&codes::DEAD_LETTERS_EXPIRE, place, message, fix);
    }
}

fn receive_count(sqs: &Sqs, queue: &Queue, findings: &mut Findings) {
    let Field::Known(count, place) = &queue.max_receive_count else { return };
    let write = |count: u64| match words::Language::of(place) {
        words::Language::Terraform => format!("`maxReceiveCount = {count}`"),
        _ => format!("`maxReceiveCount: {count}`"),
    };
    match sqs.max_receive_count.map(u64::from) {
        Some(wanted) if wanted != *count => {
            let message = format!("the attribute says {wanted} deliveries, and here it is {count}");
            findings.add(&codes::RECEIVE_COUNT_DIFFERS, place, message, write(wanted));
        }
        None if *count <= 1 => {
            let message = format!("a message gets {count} delivery");
            findings.add(&codes::RECEIVE_COUNT_LOW, place, message, format!("{}: AWS advises at least that", write(5)));
        }
        _ => {}
    }
}
