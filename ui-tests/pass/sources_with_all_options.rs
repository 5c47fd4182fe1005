//! Every event source with all its options, and what the manifest makes of them.
#![deny(warnings)]

use lambkin::Failure;
use lambkin::__private::Handler;
use lambkin::prelude::*;
use serde_json::{Value, json};

#[derive(Clone, Default, Serialize, Deserialize)]
struct Totals {
    sales: u64,
}

struct Store;

#[init]
async fn store() -> Result<Store, Error> {
    Ok(Store)
}

#[handler(
    sqs(
        queue = "orders",
        batch_size = 100,
        window = "5s",
        maximum_concurrency = 20,
        max_receive_count = 3,
        filters = [r#"{"body": {"type": ["order"]}}"#, r#"{ "body": ["ping"] }"#],
    ),
    name = "of-queue",
    timeout = "1m",
    memory = 256,
    reserved_concurrency = 20,
    provisioned_concurrency = 2,
    concurrency = 8,
    partial = true,
    all_failed = "report",
    malformed = "discard",
    on_last_attempt = park(store)
)]
#[deadline(margin = "5s")]
async fn of_queue(order: String, store: &Store) -> Result<(), Error> {
    let _ = (order, store);
    Ok(())
}

async fn park(_: SqsMessage<'_>, _: Failure, _: &Store) {}

#[handler(
    kinesis(
        stream = "sales",
        batch_size = 10_000,
        window = "0s",
        starting_position = "TRIM_HORIZON",
        parallelization_factor = 1,
        maximum_retry_attempts = 0,
        maximum_record_age = "7days",
        bisect_batch_on_function_error = true,
        tumbling_window = "15m",
        filters = r#"{"data": {"total": [{"numeric": [">", 0]}]}}"#,
    ),
    concurrency = 1,
    partial = true,
    all_failed = "error",
    malformed = "fail",
    on_window_end = publish(store)
)]
async fn of_stream(
    sale: u64,
    record: KinesisRecord<'_>,
    window: Window<'_>,
    mut totals: WindowState<'_, Totals>,
    store: &Store,
) -> Result<(), Error> {
    let _ = (record, window, store);
    totals.sales += sale;
    Ok(())
}

async fn publish(totals: Totals, window: Window<'_>, _: &Store) -> Result<(), Error> {
    let _ = (totals.sales, window.end());
    Ok(())
}

#[handler(
    dynamodb(
        table = "arn:aws-cn:dynamodb:cn-north-1:123456789012:table/orders/stream/2024-01-01T00:00:00.000",
        view = "NEW_AND_OLD_IMAGES",
        batch_size = 1,
        window = "5m",
        starting_position = "LATEST",
        parallelization_factor = 10,
        maximum_retry_attempts = 10_000,
        maximum_record_age = "60s",
        bisect_batch_on_function_error = false,
        filters = r#"
            {
                "eventName": ["INSERT"],
                "dynamodb": {"NewImage": {"status": {"S": [{"anything-but": ["draft"]}]}}}
            }
        "#,
    ),
    concurrency = 4,
    partial = false,
    all_failed = "error",
    malformed = "discard"
)]
async fn of_table(change: Change<Totals>, record: DynamoDbRecord<'_>) {
    let _ = (change, record);
}

#[handler(
    kafka(
        topic = "clicks",
        cluster = "arn:aws:kafka:eu-west-1:123456789012:cluster/web/1",
        consumer_group = "lambda",
        batch_size = 50,
        window = "1s",
        starting_position = "LATEST",
        minimum_pollers = 200,
        maximum_pollers = 200,
        maximum_retry_attempts = 3,
        maximum_record_age = "1h",
        bisect_batch_on_function_error = true,
        filters = [r#"{"value": {"page": [{"prefix": "/shop/"}]}}"#],
    ),
    concurrency = 2,
    partial = true,
    all_failed = "report",
    malformed = "fail"
)]
async fn of_topic(click: String, record: KafkaRecord<'_>) {
    let _ = (click, record);
}

#[handler(sns(topic = "notices", maximum_retry_attempts = 0, maximum_event_age = "1m"), concurrency = 2, malformed = "discard")]
async fn of_notices(notice: String, message: SnsMessage<'_>) {
    let _ = (notice, message);
}

#[handler(
    s3(
        bucket = "photos",
        events = ["s3:ObjectCreated:*", "s3:ObjectRemoved:*"],
        prefix = "in/",
        suffix = ".png",
        maximum_retry_attempts = 1,
        maximum_event_age = "1h",
    ),
    concurrency = 2,
    malformed = "fail"
)]
async fn of_bucket(object: S3Event<'_>) {
    let _ = object;
}

#[handler(
    eventbridge(
        bus = "users",
        source = ["app.users", "app.admins"],
        detail_type = "SignedUp",
        maximum_retry_attempts = 2,
        maximum_event_age = "6h",
    ),
    concurrency = 1,
    malformed = "fail"
)]
async fn of_bus(detail: Totals, event: EventBridgeEvent<'_>) {
    let _ = (detail, event);
}

#[handler(
    schedule(
        "cron(0 6 ? * MON-FRI *)",
        timezone = "Europe/Berlin",
        maximum_retry_attempts = 0,
        maximum_event_age = "10m",
    ),
    concurrency = 1,
    malformed = "fail"
)]
async fn of_time(event: EventBridgeEvent<'_>) {
    let _ = event;
}

#[handler(schedule(timezone = "UTC", expression = "rate(1 hour)"))]
async fn of_named_time() {}

#[handler(
    cloudwatch_logs(log_group = "/aws/lambda/web", filter = "ERROR", maximum_retry_attempts = 0, maximum_event_age = "2m"),
    concurrency = 2,
    malformed = "fail"
)]
async fn of_logs(line: RawBody<'_>, event: LogEvent<'_>) {
    let _ = (line, event);
}

#[handler(ses(recipients = ["shop@example.com"]), concurrency = 1, malformed = "fail")]
async fn of_mail(mail: SesMessage<'_>) -> Option<Disposition> {
    let _ = mail;
    None
}

#[handler(
    iot(sql = "SELECT * FROM 'sensors'", maximum_retry_attempts = 0, maximum_event_age = "3m"),
    concurrency = 1,
    malformed = "fail"
)]
async fn of_things(reading: Value) {
    drop(reading);
}

#[handler(event, name = "any", timeout = "15m", memory = 10_240)]
async fn of_any(event: Value) -> Value {
    event
}

#[handler(invoke(), timeout = "1s", memory = 128, provisioned_concurrency = 1)]
async fn of_caller(cx: Context) -> Result<(), Error> {
    let _ = cx;
    Ok(())
}

lambkin::app! {
    init: [store],
    handlers: [
        of_queue, of_stream, of_table, of_topic, of_notices, of_bucket, of_bus, of_time, of_named_time, of_logs, of_mail,
        of_things, of_any, of_caller,
    ],
}

fn says<H: Handler<App>>(_: &H, expected: Value) {
    let mut spec = serde_json::to_value(H::SPEC).unwrap();
    spec.as_object_mut().unwrap().remove("package");
    assert_eq!(spec, expected);
}

fn main() {
    says(
        &of_queue {},
        json!({
            "name": "of-queue",
            "trigger": { "source": "sqs", "settings": { "queue": "orders", "batch_size": 100, "window": 5, "maximum_concurrency": 20,
                "max_receive_count": 3, "filters": [r#"{"body":{"type":["order"]}}"#, r#"{"body":["ping"]}"#] } },
            "concurrency": 8, "timeout": 60, "memory": 256, "reserved_concurrency": 20,
            "provisioned_concurrency": 2, "deadline_margin_ms": 5000,
            "report_batch_item_failures": true,
        }),
    );
    says(
        &of_stream {},
        json!({
            "name": "of_stream",
            "trigger": { "source": "kinesis", "settings": { "stream": "sales", "batch_size": 10_000, "window": 0,
                "starting_position": "TRIM_HORIZON", "parallelization_factor": 1, "maximum_retry_attempts": 0,
                "maximum_record_age": 604_800, "bisect_batch_on_function_error": true, "tumbling_window": 900,
                "filters": [r#"{"data":{"total":[{"numeric":[">",0]}]}}"#] } },
            "concurrency": 1, "report_batch_item_failures": true,
        }),
    );
    says(
        &of_table {},
        json!({
            "name": "of_table",
            "trigger": { "source": "dynamodb", "settings": { "table": "arn:aws-cn:dynamodb:cn-north-1:123456789012:table/orders/stream/2024-01-01T00:00:00.000",
                "view": "NEW_AND_OLD_IMAGES", "batch_size": 1, "window": 300, "starting_position": "LATEST",
                "parallelization_factor": 10, "maximum_retry_attempts": 10_000, "maximum_record_age": 60,
                "bisect_batch_on_function_error": false,
                "filters": [r#"{"eventName":["INSERT"],"dynamodb":{"NewImage":{"status":{"S":[{"anything-but":["draft"]}]}}}}"#] } },
            "concurrency": 4, "report_batch_item_failures": false,
        }),
    );
    says(
        &of_topic {},
        json!({
            "name": "of_topic",
            "trigger": { "source": "kafka", "settings": { "topic": "clicks",
                "cluster": "arn:aws:kafka:eu-west-1:123456789012:cluster/web/1", "consumer_group": "lambda",
                "batch_size": 50, "window": 1, "starting_position": "LATEST", "minimum_pollers": 200,
                "maximum_pollers": 200, "maximum_retry_attempts": 3, "maximum_record_age": 3600,
                "bisect_batch_on_function_error": true,
                "filters": [r#"{"value":{"page":[{"prefix":"/shop/"}]}}"#] } },
            "concurrency": 2, "report_batch_item_failures": true,
        }),
    );
    let notice = |name: &str, trigger: Value, concurrency: u64| {
        json!({"name": name, "trigger": trigger, "concurrency": concurrency, "report_batch_item_failures": false})
    };
    says(&of_notices {}, notice("of_notices", json!({"source": "sns", "settings": {"topic": "notices", "maximum_retry_attempts": 0, "maximum_event_age": 60}}), 2));
    let events = ["s3:ObjectCreated:*", "s3:ObjectRemoved:*"];
    let bucket = json!({"source": "s3", "settings": {"bucket": "photos", "events": events, "prefix": "in/", "suffix": ".png",
        "maximum_retry_attempts": 1, "maximum_event_age": 3600}});
    says(&of_bucket {}, notice("of_bucket", bucket, 2));
    says(
        &of_time {},
        notice(
            "of_time",
            json!({"source": "schedule", "settings": {"expression": "cron(0 6 ? * MON-FRI *)", "timezone": "Europe/Berlin",
                "maximum_retry_attempts": 0, "maximum_event_age": 600}}),
            1,
        ),
    );
    says(
        &of_logs {},
        notice("of_logs", json!({"source": "cloudwatch_logs", "settings": {"log_group": "/aws/lambda/web", "filter": "ERROR",
            "maximum_retry_attempts": 0, "maximum_event_age": 120}}), 2),
    );
    says(&of_mail {}, notice("of_mail", json!({"source": "ses", "settings": {"recipients": ["shop@example.com"]}}), 1));
    says(&of_things {}, notice("of_things", json!({"source": "iot", "settings": {"sql": "SELECT * FROM 'sensors'",
        "maximum_retry_attempts": 0, "maximum_event_age": 180}}), 1));
    says(
        &of_any {},
        json!({
            "name": "any", "trigger": {"source": "event"}, "timeout": 900, "memory": 10_240,
            "report_batch_item_failures": false,
        }),
    );
    says(
        &of_caller {},
        json!({
            "name": "of_caller", "trigger": {"source": "invoke"}, "timeout": 1, "memory": 128,
            "provisioned_concurrency": 1, "report_batch_item_failures": false,
        }),
    );
}
