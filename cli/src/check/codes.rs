//! Each rule: its code, which stays what it is, how bad what it finds is, why, and the page of AWS's that says so.
//!
//! The hundreds are subjects: 1 functions, 2 event source mappings, 3 queues, 4 permissions, 5 the environment,
//! 6 idempotency, 7 HTTP, 8 other triggers, 9 concurrency.

use serde::Serialize;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Severity {
    /// It loses messages, stops or never starts.
    Error,
    /// It costs money, or loses something under load or in time.
    Warning,
    /// Worth a thought.
    Note,
}

impl Severity {
    /// The word, which is SARIF's too.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }
}

/// A rule.
#[derive(Debug)]
pub(crate) struct Rule {
    pub(crate) code: &'static str,
    pub(crate) name: &'static str,
    pub(crate) severity: Severity,
    /// What it costs: one sentence.
    pub(crate) why: &'static str,
    /// Where AWS says so.
    pub(crate) page: &'static str,
}

impl Rule {
    /// The section of the documentation.
    pub(crate) fn help(&self) -> String {
        format!("{DOCUMENTATION}#{}-{}", self.code.to_ascii_lowercase(), self.name)
    }
}

/// The page that explains each of them.
const DOCUMENTATION: &str = concat!(env!("CARGO_PKG_REPOSITORY"), "/blob/main/docs/check.md");

/// The rule of this code, however its letters are written.
pub(crate) fn named(code: &str) -> Option<&'static Rule> {
    ALL.iter().copied().find(|rule| rule.code.eq_ignore_ascii_case(code))
}

macro_rules! rules {
    ($($id:ident = $code:literal $name:literal $severity:ident $page:literal $why:literal;)*) => {
        $(pub(crate) static $id: Rule = Rule {
            code: $code,
            name: $name,
            severity: Severity::$severity,
            why: $why,
            page: concat!("https://docs.aws.amazon.com/", $page),
        };)*

        /// All of them, in the order of their codes.
        pub(crate) static ALL: &[&Rule] = &[$(&$id),*];
    };
}

rules! {
    UNKNOWN_HANDLER = "LC101" "unknown-handler" Error "lambda/latest/dg/lambda-runtimes.html"
        "the binary ends with an error when it starts, so each invocation fails";
    FUNCTION_MISSING = "LC102" "function-missing" Error "lambda/latest/dg/lambda-runtimes.html"
        "nothing runs the handler, so what it is for is not done";
    HANDLER_NOT_CHOSEN = "LC103" "handler-not-chosen" Error "lambda/latest/dg/configuration-envvars.html"
        "the binary holds several handlers and ends with an error when nothing chooses one";
    WRONG_RUNTIME = "LC104" "wrong-runtime" Error "lambda/latest/dg/lambda-runtimes.html"
        "a binary is its own runtime: another one looks for code in its own language, and finds none";
    OLD_RUNTIME = "LC105" "old-runtime" Warning "lambda/latest/dg/lambda-runtimes.html"
        "Lambda stops patching it, and later refuses to update functions that use it";
    ARCHITECTURES_DIFFER = "LC106" "architectures-differ" Warning "lambda/latest/dg/foundation-arch.html"
        "one binary is built for one architecture: on the other it can't be executed";
    MEMORY_DIFFERS = "LC107" "memory-differs" Warning "lambda/latest/dg/configuration-memory.html"
        "memory is billed by the MB, and CPU comes with it: with more it costs more than was meant, with less it is slow or killed";
    TIMEOUT_SHORTER = "LC108" "timeout-shorter" Error "lambda/latest/dg/configuration-timeout.html"
        "Lambda kills the function before the time that its code was given, and a whole batch comes again";
    TIMEOUT_LONGER = "LC109" "timeout-longer" Warning "lambda/latest/dg/configuration-timeout.html"
        "what hangs is billed, and keeps its messages hidden, for longer than was meant";
    MARGIN_TOO_LONG = "LC110" "margin-too-long" Error "lambda/latest/dg/configuration-timeout.html"
        "the deadline is over before the handler starts, so it never gets anything done";
    OUT_OF_LIMITS = "LC111" "out-of-limits" Error "lambda/latest/dg/gettingstarted-limits.html"
        "Lambda refuses to create the function";
    TEXT_LOGS = "LC112" "text-logs" Note "lambda/latest/dg/monitoring-cloudwatchlogs-logformat.html"
        "lines of text can't be searched by field, and Lambda can't filter them by level";
    FUNCTION_UNCLEAR = "LC113" "function-unclear" Warning "lambda/latest/dg/rust-package.html"
        "a mistake in the function that runs the handler is not found";

    FAILURES_NOT_REPORTED = "LC201" "partial-batch-missing" Error "lambda/latest/dg/services-sqs-errorhandling.html"
        "Lambda ignores the failures that the handler reports and takes the batch as done: the failed records are lost";
    FAILURES_REPORTED = "LC202" "partial-batch-unexpected" Warning "lambda/latest/dg/services-sqs-errorhandling.html"
        "the handler reports no single records; what it returns is taken for a report, and one that can't be read makes the whole batch come again";
    MAPPING_MISSING = "LC203" "mapping-missing" Warning "lambda/latest/dg/invocation-eventsourcemapping.html"
        "nothing polls the source, so nothing is handled until it expires";
    WRONG_SOURCE = "LC204" "wrong-source" Error "lambda/latest/dg/invocation-eventsourcemapping.html"
        "the handler can't read the events of another source: each of them fails";
    MAPPING_DISABLED = "LC205" "mapping-disabled" Warning "lambda/latest/api/API_CreateEventSourceMapping.html"
        "nothing is polled, and what waits too long is lost";
    BATCH_SIZE_DIFFERS = "LC206" "batch-size-differs" Warning "lambda/latest/api/API_CreateEventSourceMapping.html"
        "the handler gets more records than its timeout was meant for, or is invoked more often than it has to be";
    WINDOW_DIFFERS = "LC207" "window-differs" Warning "lambda/latest/api/API_CreateEventSourceMapping.html"
        "records wait longer than was meant, or come in smaller batches, each of which is billed";
    BATCH_LIMITS = "LC208" "batch-limits" Error "lambda/latest/api/API_CreateEventSourceMapping.html"
        "Lambda refuses to create the mapping";
    MAXIMUM_CONCURRENCY_DIFFERS = "LC209" "maximum-concurrency-differs" Warning "lambda/latest/dg/services-sqs-scaling.html"
        "what the handler calls gets more at the same time than it was meant for, or the queue grows";
    MAXIMUM_CONCURRENCY_LIMITS = "LC210" "maximum-concurrency-limits" Error "lambda/latest/dg/services-sqs-scaling.html"
        "Lambda refuses to create the mapping";
    STARTING_POSITION = "LC211" "starting-position" Error "lambda/latest/api/API_CreateEventSourceMapping.html"
        "without one Lambda refuses the mapping; from another one, records are passed over or handled again";
    STREAM_SETTINGS_DIFFER = "LC212" "stream-settings-differ" Warning "lambda/latest/dg/services-kinesis-parameters.html"
        "records are retried for longer or given up sooner than the attribute says, or read in another order";
    POISON_PILL = "LC213" "endless-retries" Note "lambda/latest/dg/kinesis-on-failure-destination.html"
        "one record that always fails holds up its shard until it expires, and then all that waits behind it may expire too";
    TUMBLING_WINDOW = "LC214" "tumbling-window-differs" Error "lambda/latest/dg/services-kinesis-windows.html"
        "the state of a window is kept only where the mapping and the handler both have one";
    STREAM_VIEW = "LC215" "stream-view" Error "amazondynamodb/latest/developerguide/Streams.html"
        "the images that the handler reads are not in the records";
    WRONG_TOPIC = "LC216" "topic-differs" Error "lambda/latest/dg/with-msk-configure.html"
        "records of another topic, queue or consumer group are read, and those that were meant are not";
    POLLERS = "LC217" "pollers" Error "lambda/latest/dg/kafka-esm-error-handling.html"
        "for Kafka, single records are reported and retries limited in provisioned mode alone";
    SOURCE_DIFFERS = "LC218" "source-differs" Error "lambda/latest/dg/invocation-eventsourcemapping.html"
        "another resource than the one that the attribute names is handled, and that one is not";
    GIVEN_UP = "LC219" "no-failure-destination" Note "lambda/latest/dg/kinesis-on-failure-destination.html"
        "records that are given up leave no trace but a metric";
    FILTER_DELETES = "LC220" "filter-deletes" Note "lambda/latest/dg/with-sqs-filtering.html"
        "what a filter of a queue does not take is not left for another reader: Lambda deletes it";
    FILTERS_DIFFER = "LC221" "filters-differ" Error "lambda/latest/dg/invocation-eventfiltering.html"
        "records that the handler is for are passed over or deleted, and nothing tells of them";
    FILTERS_WIDER = "LC222" "filters-wider" Warning "lambda/latest/dg/invocation-eventfiltering.html"
        "the handler gets, and is billed for, records that it is not for: it fails on them, or does what was not meant";
    FILTER_REFUSED = "LC223" "filter-refused" Error "lambda/latest/dg/invocation-eventfiltering.html"
        "Lambda refuses to create the mapping";

    VISIBILITY_SHORT = "LC301" "visibility-below-timeout" Error "lambda/latest/dg/services-sqs-configure.html"
        "messages reappear and are handled twice while the function still works on them; Lambda refuses such a mapping";
    VISIBILITY_LOW = "LC302" "visibility-low" Warning "lambda/latest/dg/services-sqs-configure.html"
        "when Lambda throttles or retries, messages reappear before their batch is done, and are handled twice";
    FIFO_NAME = "LC303" "fifo-name" Error "AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-fifo-queue-message-identifiers.html"
        "SQS takes `.fifo` at the end of a FIFO queue's name, and of no other one";
    FIFO_EXPECTED = "LC304" "fifo-expected" Error "AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-fifo-queues.html"
        "a standard queue keeps no order and delivers more than once";
    FIFO_UNEXPECTED = "LC305" "fifo-unexpected" Warning "AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-fifo-queues.html"
        "in a FIFO queue one message that fails holds up its whole group, and batches have at most 10";
    NO_DEAD_LETTERS = "LC306" "no-dead-letter-queue" Warning "AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html"
        "a message that always fails comes again and again, each time for money, and is deleted when it expires";
    RECEIVE_COUNT_DIFFERS = "LC307" "receive-count-differs" Warning "AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html"
        "the handler takes another attempt for the last one than the queue does";
    RECEIVE_COUNT_LOW = "LC308" "receive-count-low" Warning "lambda/latest/dg/services-sqs-configure.html"
        "one throttled or timed-out invocation sends messages to the dead-letter queue that nothing is wrong with";
    DEAD_LETTERS_EXPIRE = "LC309" "dead-letters-expire" Warning "AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html"
        "a message keeps the time at which it was first sent, so it may be deleted soon after it gets to the dead-letter queue";
    DEAD_LETTERS_KIND = "LC310" "dead-letters-kind" Error "AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html"
        "SQS takes a FIFO queue for the dead letters of a FIFO queue, a standard one for those of a standard one, and never itself";
    QUEUE_LIMITS = "LC311" "queue-limits" Error "AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html"
        "SQS refuses to create the queue";
    DEDUPLICATED_BY_CONTENT = "LC312" "deduplicated-by-content" Note "AWSSimpleQueueService/latest/SQSDeveloperGuide/using-messagededuplicationid-property.html"
        "two messages with the same body within five minutes are one: the second is dropped, also where both are meant";

    POLLING_PERMISSION = "LC401" "polling-permission" Error "lambda/latest/dg/lambda-intro-execution-role.html"
        "Lambda polls with the function's role: without these it refuses the mapping or polls nothing";
    SECRET_PERMISSION = "LC402" "secret-permission" Error "secretsmanager/latest/userguide/auth-and-access_iam-policies.html"
        "the function can't read its secret and ends with an error when it starts";
    PARAMETER_PERMISSION = "LC403" "parameter-permission" Error "systems-manager/latest/userguide/sysman-paramstore-access.html"
        "the function can't read its parameter and ends with an error when it starts";
    LOG_PERMISSION = "LC404" "log-permission" Warning "lambda/latest/dg/monitoring-cloudwatchlogs.html"
        "the function writes no logs, so nobody sees why it fails";
    TRACE_PERMISSION = "LC405" "trace-permission" Warning "lambda/latest/dg/services-xray.html"
        "tracing is on, and no trace arrives";
    WILDCARD_ACTION = "LC406" "wildcard-action" Warning "IAM/latest/UserGuide/best-practices.html"
        "whoever gets into the function may do all of it: read, change and delete what it never needed";
    WILDCARD_RESOURCE = "LC407" "wildcard-resource" Warning "IAM/latest/UserGuide/best-practices.html"
        "whoever gets into the function may do it to whatever the account holds";
    FAILURE_PERMISSION = "LC408" "failure-permission" Error "lambda/latest/dg/kinesis-on-failure-destination.html"
        "the destination for failures gets nothing, so what is given up leaves no trace but a metric";
    KEY_PERMISSION = "LC409" "key-permission" Warning "lambda/latest/dg/services-sqs-configure.html"
        "Lambda polls with the function's role: where neither it nor the key's policy lets it use the key, no message arrives";

    VARIABLE_MISSING = "LC501" "variable-missing" Error "lambda/latest/dg/configuration-envvars.html"
        "the function can't read its config and ends with an error when it starts";
    VARIABLE_UNUSED = "LC502" "variable-unused" Note "lambda/latest/dg/configuration-envvars.html"
        "no config reads it: it is misspelt, left over, or read by code that lambkin does not see";
    PLAIN_SECRET = "LC503" "plain-secret" Warning "lambda/latest/dg/configuration-envvars.html"
        "it is in the repository, in the deployer's state, and readable by whoever may look at the function";
    RESERVED_VARIABLE = "LC504" "reserved-variable" Error "lambda/latest/dg/configuration-envvars.html"
        "Lambda refuses to create the function";
    ENVIRONMENT_TOO_LARGE = "LC505" "environment-too-large" Error "lambda/latest/dg/gettingstarted-limits.html"
        "Lambda takes 4 KB for all variables together and refuses to create the function";

    STORE_MISSING = "LC601" "idempotency-store-missing" Error "lambda/latest/dg/configuration-envvars.html"
        "the function does not know where its records are and ends with an error when it starts";
    STORE_NOT_SHARED = "LC602" "idempotency-store-not-shared" Error "lambda/latest/dg/lambda-runtime-environment.html"
        "each environment has records of its own, so what another one did is done again";
    STORE_PERMISSION = "LC603" "idempotency-permission" Error "amazondynamodb/latest/developerguide/using-identity-based-policies.html"
        "the function can't claim a key, and fails closed: nothing is handled";
    TABLE_KEY = "LC604" "idempotency-table-key" Error "amazondynamodb/latest/developerguide/HowItWorks.CoreComponents.html"
        "DynamoDB refuses items without the table's key, so no key can be claimed and nothing is handled";
    TABLE_TTL = "LC605" "idempotency-table-ttl" Warning "amazondynamodb/latest/developerguide/TTL.html"
        "records are never removed: the table grows, and is billed, for ever";
    RECORDS_EXPIRE = "LC606" "idempotency-expires-early" Warning "lambda/latest/dg/services-sqs-errorhandling.html"
        "a message can come again after its record is gone, and is handled twice";

    ROUTE_MISSING = "LC701" "route-missing" Error "apigateway/latest/developerguide/http-api-develop-routes.html"
        "API Gateway answers such requests itself, with 404 or 403, and the handler never sees them";
    ROUTE_UNKNOWN = "LC702" "route-unknown" Warning "apigateway/latest/developerguide/http-api-develop-routes.html"
        "such requests are passed on, and billed, for the function to answer 404 or 405";
    CORS_DIFFERS = "LC703" "cors-differs" Warning "apigateway/latest/developerguide/http-api-cors.html"
        "the front end replaces what the function says: pages are refused, or let in, against what the code says";
    PREFLIGHTS_MISSING = "LC704" "preflights-missing" Error "apigateway/latest/developerguide/http-api-cors.html"
        "browsers ask first, get a 404 or 403, and never send the request";
    GATEWAY_TIMEOUT = "LC705" "gateway-timeout" Warning "apigateway/latest/developerguide/limits.html"
        "API Gateway gives up first and answers 503 or 504, while the function works on, and is billed, for nobody";
    FRONT_END_MISSING = "LC706" "front-end-missing" Warning "lambda/latest/dg/services-apigateway.html"
        "no request reaches the handler";
    OPEN_URL = "LC707" "url-open-to-all" Note "lambda/latest/dg/urls-auth.html"
        "whoever knows the address may send requests, each of which is billed";

    TRIGGER_MISSING = "LC801" "trigger-missing" Warning "lambda/latest/dg/lambda-services.html"
        "nothing invokes the function, and what happens meanwhile is not handled later";
    WRONG_TRIGGER = "LC802" "wrong-trigger" Error "lambda/latest/dg/lambda-services.html"
        "the handler can't read such events: each of them fails, twice more when it is retried, and is dropped";
    SCHEDULE_DIFFERS = "LC803" "schedule-differs" Warning "scheduler/latest/UserGuide/schedule-types.html"
        "it runs at other times than the attribute says";
    SCHEDULE_DISABLED = "LC804" "schedule-disabled" Warning "scheduler/latest/UserGuide/managing-schedule-state.html"
        "it never runs";
    PATTERN_DIFFERS = "LC805" "pattern-differs" Warning "eventbridge/latest/userguide/eb-event-patterns.html"
        "events that were meant don't come, or others come and fail";
    OBJECTS_DIFFER = "LC806" "object-filter-differs" Warning "AmazonS3/latest/userguide/notification-how-to-filtering.html"
        "the function is told of other objects than the attribute says";
    LOG_FILTER_DIFFERS = "LC807" "log-filter-differs" Warning "AmazonCloudWatch/latest/logs/SubscriptionFilters.html"
        "the function gets other lines than the attribute says";
    STATEMENT_DIFFERS = "LC808" "statement-differs" Warning "iot/latest/developerguide/iot-sql-reference.html"
        "the function gets other messages, or other fields, than the attribute says";
    DISPOSITION_IGNORED = "LC809" "disposition-ignored" Warning "ses/latest/dg/receiving-email-action-lambda.html"
        "SES does not wait for the answer, so mail that the handler stops is delivered all the same";
    RECIPIENTS_DIFFER = "LC810" "recipients-differ" Warning "ses/latest/dg/receiving-email-receipt-rules-console-walkthrough.html"
        "mail to other recipients than the attribute names is handled";
    RECURSION = "LC811" "recursion" Warning "lambda/latest/dg/invocation-recursion.html"
        "what the function writes invokes it again, without end and for money";
    NOTIFICATION_MISSING = "LC812" "notification-missing" Note "AmazonS3/latest/userguide/EventNotifications.html"
        "a bucket that is there already has to be told by hand whom it tells of its objects";
    PATTERN_NARROWER = "LC813" "pattern-narrower" Note "eventbridge/latest/userguide/eb-event-patterns.html"
        "events that the attribute takes may be left out";
    INVOKER_NOT_ALLOWED = "LC814" "invoker-not-allowed" Error "lambda/latest/dg/access-control-resource-based.html"
        "Lambda refuses it: events are lost and requests end in 500, or the deployment fails, as with a bucket or a log group";
    EVENTS_DROPPED = "LC815" "events-dropped" Warning "lambda/latest/dg/invocation-async-retain-records.html"
        "nobody waits for the answer, so Lambda tries such an event twice more and then drops it: it is lost without a trace";
    EVENT_RETRIES_DIFFER = "LC816" "event-retries-differ" Warning "lambda/latest/dg/invocation-async-configuring.html"
        "events that fail are tried more often or for longer than the attribute says, or are given up sooner";
    EVENT_LIMITS = "LC817" "event-limits" Error "lambda/latest/api/API_PutFunctionEventInvokeConfig.html"
        "Lambda refuses the configuration";

    NEVER_RUNS = "LC901" "reserved-concurrency-zero" Error "lambda/latest/dg/configuration-concurrency.html"
        "each invocation is throttled: messages end in the dead-letter queue, events are dropped";
    RESERVED_DIFFERS = "LC902" "reserved-concurrency-differs" Warning "lambda/latest/dg/configuration-concurrency.html"
        "it runs more often at the same time than was meant, or is throttled where it was not meant to be";
    PROVISIONED_DIFFERS = "LC903" "provisioned-concurrency-differs" Warning "lambda/latest/dg/provisioned-concurrency.html"
        "environments that are kept ready are billed by the hour; too few of them mean cold starts";
    PROVISIONED_ABOVE_RESERVED = "LC904" "provisioned-above-reserved" Error "lambda/latest/dg/provisioned-concurrency.html"
        "Lambda refuses more provisioned concurrency than is reserved";
    MAXIMUM_ABOVE_RESERVED = "LC905" "maximum-above-reserved" Warning "lambda/latest/dg/services-sqs-scaling.html"
        "the pollers get more than the function may run: what is throttled counts as received, and ends in the dead-letter queue";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_rise_and_names_are_unique() {
        assert!(ALL.windows(2).all(|pair| pair[0].code < pair[1].code));
        for rule in ALL {
            assert_eq!(ALL.iter().filter(|other| other.name == rule.name).count(), 1, "{}", rule.name);
            assert!(rule.why.is_ascii() && !rule.why.ends_with('.'), "{}", rule.code);
        }
        assert!(std::ptr::eq(named("lc201").unwrap(), &raw const FAILURES_NOT_REPORTED));
        assert!(named("LC999").is_none());
    }

    /// One section each, with the page that says so.
    #[test]
    fn each_rule_has_its_section() {
        let documentation = include_str!("../../../docs/check.md");
        for rule in ALL {
            let head = format!("### {}: {}\n", rule.code, rule.name);
            let from = documentation.find(&head).unwrap_or_else(|| panic!("no section {}", rule.code));
            let section = documentation[from + head.len()..].split("\n### ").next().unwrap();
            assert!(section.contains(rule.page), "{}", rule.code);
            assert!(section.contains(&format!("**{}**", rule.severity.name())), "{}", rule.code);
        }
    }
}
