//! What the options of a source have to be together, or as a text of a form of its own.

use proc_macro2::Span;

use crate::diag::{Code, Errors};
use crate::source::options::Settings;
use crate::{args::value::At, schedule};

/// Nothing that the options themselves do not say.
pub(crate) fn none(_: &Settings, _: &mut Errors) {}

/// Ranges: <https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-parameters.html>.
pub(crate) fn sqs(settings: &Settings, errors: &mut Errors) {
    let queue = settings.text("queue");
    if let Some(At { value, span }) = queue {
        check_queue(value, span, errors);
    }
    let is_fifo = queue.is_some_and(|queue| queue.value.ends_with(".fifo"));
    let window = settings.number("window");
    // A window that is wrong was reported as such.
    let gathers = settings.is_given("window") && window.is_none_or(|window| window.value > 0);
    if let Some(At { value: size, span }) = settings.number("batch_size")
        && size > 10
    {
        if is_fifo {
            let message = format!("`batch_size = {size}`: a FIFO queue gives at most 10 messages at a time");
            errors.at_span(span, Code::FifoBatch, message);
        } else if !gathers {
            let message = format!(
                "`batch_size = {size}` needs a window: over 10 messages, Lambda has to gather them first; \
                 add `window = \"1s\"` or more"
            );
            errors.at_span(span, Code::BatchWindow, message);
        }
    }
    if let (true, true, Some(window)) = (is_fifo, gathers, window) {
        errors.at_span(window.span, Code::FifoBatch, "a FIFO queue has no batch window: remove `window`");
    }
}

/// A FIFO topic has queues for subscribers and nothing else: <https://docs.aws.amazon.com/sns/latest/dg/fifo-message-delivery.html>.
pub(crate) fn sns(settings: &Settings, errors: &mut Errors) {
    if let Some(At { value, span }) = settings.text("topic")
        && value.ends_with(".fifo")
    {
        let name = value.rsplit(':').next().unwrap_or_default();
        let message = format!(
            "`{name}` is a FIFO topic, which invokes no function: subscribe a queue to it, and take from that, \
             `#[handler(sqs(queue = \"{name}\"))]`"
        );
        errors.at_span(span, Code::ResourceName, message);
    }
}

/// A window is one fold over its shard: <https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-windows.html>.
pub(crate) fn stream(settings: &Settings, errors: &mut Errors) {
    if let Some(At { value: factor @ 2.., span }) = settings.number("parallelization_factor")
        && settings.is_given("tumbling_window")
    {
        let message = format!(
            "`parallelization_factor = {factor}` does not go with `tumbling_window`: a window's state goes through its \
             shard's records one batch after the other"
        );
        errors.at_span(span, Code::Conflict, message);
    }
}

/// A stream has the images of its view:
/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_StreamSpecification.html>.
pub(crate) fn dynamodb(settings: &Settings, errors: &mut Errors) {
    stream(settings, errors);
    let Some(At { value: view, .. }) = settings.text("view") else { return };
    for At { value: filter, span } in &settings.filters {
        let missing = filter.images.iter().find(|image| match **image {
            "NewImage" => matches!(view, "OLD_IMAGE" | "KEYS_ONLY"),
            "OldImage" => matches!(view, "NEW_IMAGE" | "KEYS_ONLY"),
            _ => false,
        });
        if let Some(image) = missing {
            let message = format!(
                "this filter asks for `{image}`, which records of `view = \"{view}\"` do not have; \
                 `NEW_AND_OLD_IMAGES` has all"
            );
            errors.at_span(*span, Code::Conflict, message);
        }
    }
}

/// Pollers: <https://docs.aws.amazon.com/lambda/latest/dg/kafka-scaling-modes.html>.
pub(crate) fn kafka(settings: &Settings, errors: &mut Errors) {
    if let (Some(min), Some(max)) = (settings.number("minimum_pollers"), settings.number("maximum_pollers"))
        && min.value > max.value
    {
        let message = format!("`minimum_pollers = {}` is more than `maximum_pollers = {}`", min.value, max.value);
        errors.at_span(min.span, Code::Conflict, message);
    }
}

/// The expression of a schedule.
pub(crate) fn schedule(settings: &Settings, errors: &mut Errors) {
    if let Some(At { value, span }) = settings.text("expression")
        && let Err(mistake) = schedule::check(value)
    {
        errors.at_span(span, Code::ScheduleExpression, mistake.message(value));
    }
}

/// A queue's name or its ARN:
/// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-queues.html>.
fn check_queue(queue: &str, span: Span, errors: &mut Errors) {
    let name = match queue.strip_prefix("arn:") {
        Some(arn) => {
            let parts: Vec<&str> = arn.split(':').collect();
            match parts[..] {
                [_, "sqs", _, _, name] => name,
                _ => {
                    let message = format!("`{queue}` is not the ARN of a queue: `arn:aws:sqs:REGION:ACCOUNT:NAME`");
                    errors.at_span(span, Code::ResourceName, message);
                    return;
                }
            }
        }
        None if queue.contains("://") => {
            let name = queue.rsplit('/').next().unwrap_or_default();
            let message = format!("this is a queue's URL: write its name, `queue = \"{name}\"`, or its ARN");
            errors.at_span(span, Code::ResourceName, message);
            return;
        }
        None => queue,
    };
    let stem = name.strip_suffix(".fifo").unwrap_or(name);
    let fits = stem.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
    if !fits || stem.is_empty() || name.len() > 80 {
        let message = format!(
            "`{name}` is not a queue's name: up to 80 letters, digits, `-` and `_`, and `.fifo` at the end of a FIFO queue's"
        );
        errors.at_span(span, Code::ResourceName, message);
    }
}
