//! The table of event sources: what stands in `#[handler(…)]`, and what its parentheses take.

use proc_macro2::Span;

use crate::args::Options;
use crate::args::value::At;
use crate::diag::{Code, Errors};

/// An event source.
pub(crate) struct Source {
    /// The word in the attribute.
    pub(crate) name: &'static str,
    /// The type in the runtime.
    pub(crate) marker: &'static str,
    /// Whether an event holds records that fail one by one.
    pub(crate) is_batch: bool,
    /// The options in the parentheses.
    pub(crate) options: &'static [&'static str],
    /// Reads those options.
    pub(crate) read: fn(&mut Options, &mut Errors) -> Settings,
}

/// Each source, a line each.
#[rustfmt::skip]
pub(crate) const SOURCES: &[Source] = &[
    Source { name: "invoke", marker: "Invoke", is_batch: false, options: &[], read: |_, _| Settings::default() },
    Source { name: "sqs", marker: "Sqs", is_batch: true, options: SQS, read: sqs },
];

pub(crate) fn named(name: &str) -> Option<&'static Source> {
    SOURCES.iter().find(|source| source.name == name)
}

pub(crate) fn names() -> Vec<&'static str> {
    SOURCES.iter().map(|source| source.name).collect()
}

/// What a source's parentheses say: data for the manifest, checked.
#[derive(Default)]
pub(crate) struct Settings {
    pub(crate) entries: Vec<(&'static str, Setting)>,
    /// `max_receive_count`, which the engine looks at too.
    pub(crate) max_receive_count: Option<u64>,
}

/// The value of one setting.
#[derive(Clone, Debug)]
pub(crate) enum Setting {
    Text(String),
    Number(u64),
}

impl Settings {
    fn number(&mut self, name: &'static str, value: Option<At<u64>>) {
        self.entries.extend(value.map(|at| (name, Setting::Number(at.value))));
    }
}

const SQS: &[&str] = &["queue", "batch_size", "window", "maximum_concurrency", "max_receive_count"];

/// Ranges: <https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-parameters.html>.
fn sqs(options: &mut Options, errors: &mut Errors) -> Settings {
    let queue = options.take("queue").and_then(|arg| arg.text(errors));
    if let Some(At { value, span }) = &queue {
        check_queue(value, *span, errors);
    }
    let batch_size =
        options.take("batch_size").and_then(|arg| arg.number_in(1, 10_000, "messages of one batch", errors));
    let window = options.take("window");
    let has_window = window.is_some();
    let window = window.and_then(|arg| arg.seconds_in(0, 300, "Lambda gathers a batch for up to 5 minutes", errors));
    let maximum_concurrency = options.take("maximum_concurrency").and_then(|arg| {
        arg.number_in(2, 1000, "invocations that an event source mapping runs at the same time", errors)
    });
    let max_receive_count = options
        .take("max_receive_count")
        .and_then(|arg| arg.number_in(1, 1000, "a redrive policy's `maxReceiveCount`", errors));

    let is_fifo = queue.as_ref().is_some_and(|queue| queue.value.ends_with(".fifo"));
    // A window that is wrong was reported as such.
    let gathers = has_window && window.is_none_or(|window| window.value > 0);
    if let Some(At { value: size, span }) = batch_size
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

    let mut settings = Settings { max_receive_count: max_receive_count.map(|at| at.value), ..Settings::default() };
    settings.entries.extend(queue.map(|at| ("queue", Setting::Text(at.value))));
    settings.number("batch_size", batch_size);
    settings.number("window", window);
    settings.number("maximum_concurrency", maximum_concurrency);
    settings.number("max_receive_count", max_receive_count);
    settings
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
                    errors.at_span(span, Code::QueueName, message);
                    return;
                }
            }
        }
        None if queue.contains("://") => {
            let name = queue.rsplit('/').next().unwrap_or_default();
            let message = format!("this is a queue's URL: write its name, `queue = \"{name}\"`, or its ARN");
            errors.at_span(span, Code::QueueName, message);
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
        errors.at_span(span, Code::QueueName, message);
    }
}
