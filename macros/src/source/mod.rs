//! The table of event sources: what stands in `#[handler(…)]`, and what its parentheses take.
//!
//! The tables in the docs are made of it, by the tests at the end.

pub(crate) mod options;
mod rules;

use crate::diag::Errors;
use crate::filter::record;
use crate::source::options::Takes::{Cors, Filters, Flag, Number, Prefix, Resource, Seconds, Text, Texts, Word};
use crate::source::options::{Opt, Settings, opt};

/// An event source.
pub(crate) struct Source {
    /// The word in the attribute.
    pub(crate) name: &'static str,
    /// The type in the runtime.
    pub(crate) marker: &'static str,
    /// What an event is made of.
    pub(crate) kind: Kind,
    /// The options in the parentheses; the first may be given without its name if the source says so.
    pub(crate) options: &'static [Opt],
    pub(crate) first_is_unnamed: bool,
    /// What those options have to be together.
    pub(crate) check: fn(&Settings, &mut Errors),
    /// The options outside of the parentheses, besides those of every handler.
    pub(crate) outside: &'static [&'static str],
    /// What a handler takes, for the docs.
    #[cfg_attr(not(test), allow(dead_code, reason = "the docs are made of it by a test"))]
    pub(crate) docs: Docs,
}

/// What an event is made of.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// One thing, which is answered.
    Call,
    /// Records that nobody is told about: one that fails fails the invocation, after all had their turn.
    Notice,
    /// Records that are reported one by one.
    Batch,
}

/// What the docs say about a source.
#[cfg_attr(not(test), allow(dead_code, reason = "the docs are made of it by a test"))]
pub(crate) struct Docs {
    payload: &'static str,
    extractors: &'static str,
    failure: &'static str,
    key: &'static str,
}

const fn docs(payload: &'static str, extractors: &'static str, failure: &'static str, key: &'static str) -> Docs {
    Docs { payload, extractors, failure, key }
}

const fn source(name: &'static str, marker: &'static str, kind: Kind, options: &'static [Opt], docs: Docs) -> Source {
    let outside = match kind {
        Kind::Call => &[],
        Kind::Notice => ONE_BY_ONE,
        Kind::Batch => BATCH,
    };
    Source { name, marker, kind, options, first_is_unnamed: false, check: rules::none, outside, docs }
}

const ONE_BY_ONE: &[&str] = &["concurrency", "malformed"];
const BATCH: &[&str] = &["concurrency", "malformed", "partial", "all_failed"];
const QUEUE: &[&str] = &["concurrency", "malformed", "partial", "all_failed", "on_last_attempt"];
const STREAM: &[&str] = &["concurrency", "malformed", "partial", "all_failed", "on_window_end"];

/// What a failure does where nobody waits for the answer.
const RETRIED: &str = "fails the invocation: the event is retried twice, and then given up";

/// Each source, a line each.
#[rustfmt::skip]
pub(crate) const SOURCES: &[Source] = &[
    source("invoke", "Invoke", Kind::Call, &[], docs("the event", "", "fails the invocation", "given by the caller")),
    source("event", "Invoke", Kind::Call, &[], docs("the event, of any source", "", "fails the invocation", "the source's own")),
    source("http", "Http", Kind::Call, HTTP, docs("the body", "`HttpRequest`, `Claims`, any `FromRequestParts`", "is a response: 500, or what the error says", "`Idempotency-Key`, caller and route")),
    Source { check: rules::sqs, outside: QUEUE, ..source("sqs", "Sqs", Kind::Batch, SQS, docs("a message's body", "`SqsMessage`", "is reported for that message; in a FIFO queue, for the rest of its group too", "`messageId`; in a FIFO queue, `MessageDeduplicationId` and group")) },
    Source { check: rules::stream, outside: STREAM, ..source("kinesis", "Kinesis", Kind::Batch, KINESIS, docs("a record's data", "`KinesisRecord`, `Window`, `WindowState`", "is reported as the checkpoint: it and what follows comes again", "`eventID`")) },
    Source { check: rules::dynamodb, outside: STREAM, ..source("dynamodb", "DynamoDb", Kind::Batch, DYNAMODB, docs("`Change<T>`", "`DynamoDbRecord`, `Window`, `WindowState`", "is reported as the checkpoint: it and what follows comes again", "`eventID`")) },
    Source { check: rules::kafka, ..source("kafka", "Kafka", Kind::Batch, KAFKA, docs("a record's value", "`KafkaRecord`", "is reported, with the rest of its partition", "topic, partition and offset")) },
    Source { check: rules::sns, ..source("sns", "Sns", Kind::Notice, SNS, docs("the message", "`SnsMessage`", RETRIED, "`MessageId`")) },
    source("s3", "S3", Kind::Notice, S3, docs("none", "`S3Event`", RETRIED, "bucket, key, version, sequencer and event name")),
    source("eventbridge", "EventBridge", Kind::Notice, EVENTBRIDGE, docs("the detail", "`EventBridgeEvent`", RETRIED, "`id`")),
    Source { check: rules::schedule, first_is_unnamed: true, ..source("schedule", "Schedule", Kind::Notice, SCHEDULE, docs("the detail, or the schedule's own input", "`EventBridgeEvent`", RETRIED, "`id`")) },
    source("cloudwatch_logs", "CloudWatchLogs", Kind::Notice, CLOUDWATCH_LOGS, docs("a log event's message", "`LogEvent`", RETRIED, "the log event's `id`")),
    source("ses", "Ses", Kind::Notice, SES, docs("none", "`SesMessage`", "fails the invocation", "`messageId`")),
    source("activemq", "ActiveMq", Kind::Notice, ACTIVEMQ, docs("a message's data", "`ActiveMqMessage`", "fails the invocation: the whole batch comes again", "broker and `messageID`")),
    source("iot", "Iot", Kind::Notice, IOT, docs("what the rule selects", "", RETRIED, "none")),
];

const WINDOW: &str = "Lambda gathers a batch for up to 5 minutes";
const WHICH_RECORDS: &str = "which records to be given; the others are passed over";
const STARTS: &[&str] = &["TRIM_HORIZON", "LATEST"];
const POSITION: &str = "where to start reading, the first time; a point in time is the deployment's to give";

const HTTP: &[Opt] = &[
    opt("prefix", Prefix, "what stands before the path of each route"),
    opt("cors", Cors, "what pages of other origins may do; a route can say something else"),
    opt(
        "trailing_slash",
        Word(&["ignore", "redirect", "strict"]),
        "what a `/` at the end of a request's path means: nothing, a way to the path without it, or another path",
    ),
];

const SQS: &[Opt] = &[
    opt("queue", Text("a name or an ARN"), "the queue"),
    opt(
        "batch_size",
        Number(1, 10_000, "messages of one batch"),
        "messages in one event; over 10 only with a window, and never from a FIFO queue",
    ),
    opt("window", Seconds(0, 300, WINDOW), "how long Lambda gathers a batch; not on FIFO queues"),
    opt(
        "maximum_concurrency",
        Number(2, 1000, "invocations that an event source mapping runs at the same time"),
        "invocations at the same time",
    ),
    opt(
        "max_receive_count",
        Number(1, 1000, "a redrive policy's `maxReceiveCount`"),
        "the queue's redrive policy: after so many deliveries a message moves to the dead-letter queue",
    ),
    opt("filters", Filters(&record::SQS), "which messages to be given; Lambda deletes the others from the queue"),
];

/// <https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-parameters.html>
const KINESIS: &[Opt] = &[
    opt("stream", Resource { service: "kinesis", what: "a stream" }, "the stream, or a consumer's ARN"),
    BATCH_SIZE,
    BATCHING_WINDOW,
    opt("starting_position", Word(STARTS), POSITION),
    PARALLELIZATION_FACTOR,
    MAXIMUM_RETRY_ATTEMPTS,
    MAXIMUM_RECORD_AGE,
    BISECT,
    TUMBLING_WINDOW,
    opt("filters", Filters(&record::KINESIS), WHICH_RECORDS),
];

/// <https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-params.html>
const DYNAMODB: &[Opt] = &[
    opt("table", Resource { service: "dynamodb", what: "a table" }, "the table, or its stream's ARN"),
    opt("view", Word(&["NEW_AND_OLD_IMAGES", "NEW_IMAGE", "OLD_IMAGE", "KEYS_ONLY"]), "the stream's view type"),
    BATCH_SIZE,
    BATCHING_WINDOW,
    opt("starting_position", Word(STARTS), POSITION),
    PARALLELIZATION_FACTOR,
    MAXIMUM_RETRY_ATTEMPTS,
    MAXIMUM_RECORD_AGE,
    BISECT,
    TUMBLING_WINDOW,
    opt("filters", Filters(&record::DYNAMODB), WHICH_RECORDS),
];

const BATCH_SIZE: Opt = opt("batch_size", Number(1, 10_000, "records of one batch"), "records in one event");
const BATCHING_WINDOW: Opt = opt("window", Seconds(0, 300, WINDOW), "how long Lambda gathers a batch");
const PARALLELIZATION_FACTOR: Opt = opt(
    "parallelization_factor",
    Number(1, 10, "batches of one shard at the same time"),
    "batches of one shard at the same time; 1 with a tumbling window",
);
const MAXIMUM_RETRY_ATTEMPTS: Opt = opt(
    "maximum_retry_attempts",
    Number(0, 10_000, "retries of a batch"),
    "retries of a batch; without end by default",
);
const MAXIMUM_RECORD_AGE: Opt = opt(
    "maximum_record_age",
    Seconds(60, 604_800, "Lambda sends a record until it is this old"),
    "until when a record is tried; without end by default",
);
const BISECT: Opt =
    opt("bisect_batch_on_function_error", Flag, "whether a batch that fails as a whole is split in two");
const TUMBLING_WINDOW: Opt = opt(
    "tumbling_window",
    Seconds(1, 900, "a window takes up to 15 minutes"),
    "the length of the windows that a `WindowState` is folded over",
);

/// <https://docs.aws.amazon.com/lambda/latest/dg/kafka-esm-parameters.html>; retries, partial responses and pollers
/// are those of the provisioned mode.
const KAFKA: &[Opt] = &[
    opt("topic", Text("a name"), "the topic"),
    opt("cluster", Resource { service: "kafka", what: "an MSK cluster" }, "the cluster, where it is MSK's"),
    opt("consumer_group", Text("a name"), "the consumer group's identifier"),
    BATCH_SIZE,
    BATCHING_WINDOW,
    opt("starting_position", Word(STARTS), POSITION),
    opt("minimum_pollers", Number(1, 200, "event pollers"), "event pollers at least, in provisioned mode"),
    opt("maximum_pollers", Number(1, 2000, "event pollers"), "event pollers at most, in provisioned mode"),
    MAXIMUM_RETRY_ATTEMPTS,
    MAXIMUM_RECORD_AGE,
    BISECT,
    opt("filters", Filters(&record::KAFKA), WHICH_RECORDS),
];

/// Of sources that don't wait for an answer:
/// <https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-configuring.html>.
const EVENT_RETRIES: Opt = opt(
    "maximum_retry_attempts",
    Number(0, 2, "Lambda's retries of an event that fails"),
    "retries of an event that fails; 2 by default",
);
const EVENT_AGE: Opt = opt(
    "maximum_event_age",
    Seconds(60, 21_600, "Lambda keeps an event for up to 6 hours"),
    "until when an event is tried; 6 hours by default",
);

const SNS: &[Opt] =
    &[opt("topic", Resource { service: "sns", what: "a topic" }, "the topic"), EVENT_RETRIES, EVENT_AGE];

const S3: &[Opt] = &[
    opt("bucket", Resource { service: "s3", what: "a bucket" }, "the bucket"),
    opt("events", Texts("an event type, such as `\"s3:ObjectCreated:*\"`"), "which events to be told of"),
    opt("prefix", Text("a text"), "what an object's key starts with"),
    opt("suffix", Text("a text"), "what it ends with"),
    EVENT_RETRIES,
    EVENT_AGE,
];

const EVENTBRIDGE: &[Opt] = &[
    opt("bus", Resource { service: "events", what: "an event bus" }, "the bus; the default one if absent"),
    opt("source", Texts("a source"), "the event's `source`; another one fails the invocation"),
    opt("detail_type", Texts("a type"), "the event's `detail-type`; another one fails the invocation"),
    EVENT_RETRIES,
    EVENT_AGE,
];

const SCHEDULE: &[Opt] = &[
    opt("expression", Text("`rate(…)` or `cron(…)`"), "when to run; the option's name can be left out"),
    opt("timezone", Text("a name, such as `\"Europe/Berlin\"`"), "of EventBridge Scheduler; UTC by default"),
    EVENT_RETRIES,
    EVENT_AGE,
];

const CLOUDWATCH_LOGS: &[Opt] = &[
    opt("log_group", Resource { service: "logs", what: "a log group" }, "the log group"),
    opt("filter", Text("a filter pattern"), "which log events to be told of"),
    EVENT_RETRIES,
    EVENT_AGE,
];

const SES: &[Opt] = &[opt("recipients", Texts("an address or a domain"), "whose mail the receipt rule is about")];

const IOT: &[Opt] = &[opt("sql", Text("a `SELECT` statement"), "the rule's statement"), EVENT_RETRIES, EVENT_AGE];

/// <https://docs.aws.amazon.com/lambda/latest/dg/with-mq.html>
const ACTIVEMQ: &[Opt] = &[
    opt("queue", Text("a name"), "the queue"),
    opt("broker", Resource { service: "mq", what: "a broker" }, "the broker"),
    BATCH_SIZE,
    BATCHING_WINDOW,
    opt("filters", Filters(&record::ACTIVEMQ), "which messages to be given; Lambda drops the others"),
];

pub(crate) fn named(name: &str) -> Option<&'static Source> {
    SOURCES.iter().find(|source| source.name == name)
}

pub(crate) fn names() -> Vec<&'static str> {
    SOURCES.iter().map(|source| source.name).collect()
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;

    /// The table of sources.
    fn sources() -> String {
        let mut page = String::from(
            "| attribute | payload | beside it | returns | a failure | natural idempotency key |\n|---|---|---|---|---|---|\n",
        );
        for Source { name, kind, docs, .. } in SOURCES {
            let returns = match kind {
                _ if *name == "http" => "any `IntoResponse`, or a `Result` of it",
                Kind::Call => "any `Serialize`, or a `Result` of it",
                _ if *name == "ses" => "nothing, a `Disposition`, or a `Result` of it",
                _ => "nothing, or `Result<(), E>`",
            };
            let Docs { payload, extractors, failure, key } = docs;
            writeln!(page, "| `{name}` | {payload} | {extractors} | {returns} | {failure} | {key} |").unwrap();
        }
        page
    }

    /// The tables of their options.
    fn options() -> String {
        let mut page = String::from("# Options of each source\n");
        for Source { name, options, .. } in SOURCES.iter().filter(|source| !source.options.is_empty()) {
            writeln!(page, "\n## `{name}(…)`\n\n| option | values | meaning |\n|---|---|---|").unwrap();
            for Opt { name, takes, meaning } in *options {
                writeln!(page, "| `{name} = {}` | {} | {meaning} |", takes.form(), takes.shown()).unwrap();
            }
        }
        page
    }

    /// The docs are made of the table above; with `UPDATE_DOCS=1` this test writes them.
    #[test]
    fn the_docs_show_what_the_table_holds() {
        for (file, page) in [("sources.md", sources()), ("options.md", options())] {
            let path = format!("{}/docs/{file}", env!("CARGO_MANIFEST_DIR"));
            if std::env::var_os("UPDATE_DOCS").is_some() {
                std::fs::write(&path, &page).unwrap();
            }
            let written = std::fs::read_to_string(&path).unwrap();
            assert!(written == page, "docs/{file} is not what the table says: run this test with UPDATE_DOCS=1");
        }
    }

    #[test]
    fn names_are_unique_and_outside_options_are_known() {
        for (index, source) in SOURCES.iter().enumerate() {
            assert!(SOURCES.iter().skip(index + 1).all(|other| other.name != source.name), "{}", source.name);
            let mut names: Vec<&str> = source.options.iter().map(|option| option.name).collect();
            names.extend(source.outside);
            let count = names.len();
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), count, "an option of `{}` stands inside and outside", source.name);
        }
    }
}
