//! The attribute macros of lambkin. Depend on the crate `lambkin`, which re-exports them.
//!
//! An entry point parses, validates and expands, and adds the errors: `args` turns raw arguments into checked
//! ones, `signature` understands the function, `expand` generates code, `diag` words errors.

#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::panic,
        reason = "a test fails by panicking"
    )
)]

mod args;
mod companion;
mod diag;
mod expand;
mod filter;
mod http;
mod marked;
#[cfg(test)]
mod random;
mod schedule;
mod signature;
mod source;

use proc_macro::TokenStream;

/// Makes an `async fn` the handler of an event source.
///
/// The function stays as it is: it can be called, documented and unit-tested like any other. Its parameters
/// follow one rule: *what comes by value comes from the event, what comes by reference comes from the app.*
/// By value: at most one payload, any `serde::Deserialize`, which may borrow from the event; and any number
/// of extractors, such as `Context`, `SqsMessage<'_>` and `RawBody<'_>`. By reference: what an `#[init]`
/// function returned. Name the function in `main!` or `app!`.
///
/// ```
/// use lambkin::prelude::*;
///
/// #[derive(Deserialize)]
/// struct Order<'a> {
///     id: &'a str,
///     total: u64,
/// }
///
/// #[handler(sqs(queue = "orders", batch_size = 10), concurrency = 8, timeout = "30s", memory = 256)]
/// async fn fulfil(order: Order<'_>, message: SqsMessage<'_>, cx: Context) -> Result<(), Error> {
///     if order.total == 0 {
///         return Err(Discard::new("an order of nothing").into());
///     }
///     println!("{} of message {} in {:?}", order.id, message.message_id(), cx.remaining());
///     Ok(())
/// }
///
/// lambkin::main! { handlers: [fulfil] }
/// ```
///
/// # Event sources
///
#[doc = include_str!("../docs/sources.md")]
///
/// Beside any payload or alone: `Context`, in any handler; `RawBody` and `RawBytes`, in all but `dynamodb`, `s3` and `ses`.
/// A handler whose events hold records may take all of them at once: a [`Batch`](#a-batch-as-a-whole), and then it
/// returns its `Processed`.
///
/// An error is any type that converts into `Box<dyn std::error::Error + Send + Sync>`. Its own type is what
/// Lambda shows, with the messages of its source chain; `lambkin::Error` shows the type it was made from, other
/// boxes cannot.
///
/// The attribute defines a type of the function's name, which is how `main!` finds what it generated; a module
/// or another type of that name cannot stand beside the function.
///
/// A `&str` field of a payload borrows from the event, also where the text holds escapes. A payload with such a
/// field next to a `&RawValue` or a number over 64 bits decodes only from text without escapes: use
/// `Cow<'_, str>` with `#[serde(borrow)]` there.
///
/// # Options of every handler
///
/// | option | values | meaning |
/// |---|---|---|
/// | `name = "…"` | | what `_HANDLER` selects; the function's name by default |
/// | `timeout = "…"` | 1s to 15m | the function's [timeout][limits], for the deployment |
/// | `memory = N` | 128 to 10240 | the function's [memory][limits] in MB, for the deployment |
/// | `reserved_concurrency = N` | 1 or more | [environments][reserved] that the function has to itself and never more than, for the deployment; at least `maximum_concurrency` of `sqs` |
/// | `provisioned_concurrency = N` | 1 or more, up to what is reserved | [environments][provisioned] that are kept ready, for the deployment: they cost money while they wait |
/// | `crate = path` | | where lambkin is, if the dependency is renamed |
///
/// # Options of handlers whose events hold records
///
/// | option | values | meaning |
/// |---|---|---|
/// | `concurrency = N` | 1 to 10000 | records of one event at the same time; 1 by default, for `kafka` as many as there are partitions |
/// | `malformed = "…"` | `"fail"`, `"discard"` | whether a record that does not decode is retried, as by default, or dropped |
///
/// and where the response can name single records, in `sqs`, `kinesis`, `dynamodb` and `kafka`:
///
/// | option | values | meaning |
/// |---|---|---|
/// | `partial = false` | | any failure fails the whole batch, for an event source mapping without `ReportBatchItemFailures` |
/// | `all_failed = "…"` | `"error"`, `"report"` | whether a batch of which nothing is acknowledged is an error, which shows in Lambda's metrics and makes the poller back off; it is by default |
/// | `on_last_attempt = f` | `f` or `f(parameter, …)` | in `sqs`: see [below](#queues) |
/// | `on_window_end = f` | `f` or `f(parameter, …)` | in `kinesis` and `dynamodb`: see [`WindowState`][state] |
///
/// # What becomes of a record
///
/// - *Done*: the function succeeded.
/// - *Failed*: an error, a panic, a payload that does not decode, or the deadline. The record is retried as its source
///   does it.
/// - *Discarded*: a permanent error (`Discard` in the error's chain, or the signature's error type implements
///   `Permanent` and says so). The record is acknowledged, and logged with its identifier.
/// - *Not started*: what stands behind a failure in an order that the source promises; with a deadline, what the time
///   did not suffice for. Retried like a failure.
///
/// Where the response can name single records, the event source mapping has to have `ReportBatchItemFailures` among
/// its `FunctionResponseTypes`: where it has not, Lambda takes a partial batch response for full success and the
/// failed records are lost. Code cannot see that setting; say `partial = false` where it is off. A record without the
/// identifier that the response would need fails the invocation.
///
/// ## Queues
///
/// What failed is delivered again after the queue's visibility timeout. Whether a queue is FIFO is told by its ARN:
/// standard queues have message groups too. In a FIFO queue a failure leaves the rest of its message group
/// unprocessed; groups run side by side, up to `concurrency`, and within a group one message follows the other.
///
/// `on_last_attempt` names an `async fn(SqsMessage<'_>, Failure)` that sees a record that failed on its last
/// delivery, as `max_receive_count` tells. What it does changes nothing about the record. In parentheses it
/// may ask for by-reference parameters of the handler:
///
/// ```
/// use lambkin::prelude::*;
/// use lambkin::Failure;
///
/// struct Alarms;
///
/// #[handler(sqs(max_receive_count = 3), on_last_attempt = park(alarms))]
/// async fn fulfil(order: RawBody<'_>, alarms: &Alarms) -> Result<(), Error> {
/// #   let _ = (order, alarms);
///     Ok(())
/// }
///
/// async fn park(message: SqsMessage<'_>, failure: Failure, alarms: &Alarms) {
/// #   let _ = alarms;
///     println!("{} goes to the dead-letter queue: {failure}", message.message_id());
/// }
/// # fn main() {}
/// ```
///
/// ## Streams
///
/// Lambda goes on from the lowest sequence number that is reported, so the response of `kinesis` and `dynamodb` names
/// one record: it [and everything after it][checkpoint] comes again. Records run one after the other and stop at the
/// first failure. With a `concurrency`, those of one partition key (of one item, in a table) follow each other, what
/// stands before a failure is still tried, and nothing behind it is started.
///
/// A first record that fails leaves nothing acknowledged, so the invocation fails, as `all_failed` says: the same
/// records come again, and `bisect_batch_on_function_error` can part them.
///
/// A [tumbling window][state] hands a state from one invocation to the next.
///
/// The records of a `kafka` partition follow each other, partitions run side by side, and a failure is reported with
/// the rest of its partition: Lambda retries [what is reported][kafka], and documents no checkpoint. Partial responses
/// and a limit of retries need the provisioned mode.
///
/// ## Notifications
///
/// Nobody reads an answer to the others. Lambda invokes them asynchronously, and tries twice again
/// [after an error][async]; `activemq` it polls, and its whole batch comes again. A record that fails fails the
/// invocation, after all of them had their turn; a record of `sns`, `ses`, `cloudwatch_logs` or `activemq` without an
/// identifier fails it before. Of one mail, a receipt rule that waits for the function takes a `Disposition`.
///
/// `maximum_retry_attempts = 0` and `maximum_event_age = "10m"` in the parentheses limit how often and for how long an
/// event is tried. What is given up [Lambda drops][drop], unless the function has a destination for failures:
/// `cargo lambkin template` writes a queue for it, and `cargo lambkin check` asks for one.
///
/// An event of `eventbridge` whose `source` or `detail-type` is not what the attribute says is refused: the rule in
/// front of the function matches too much. A test event of `s3`, and a control message of `cloudwatch_logs`, is
/// acknowledged without a call of the handler.
///
/// # Filters
///
/// Of what Lambda polls (`sqs`, `kinesis`, `dynamodb`, `kafka`, `activemq`), `filters` says which records the function is invoked for:
/// one [pattern][filters] of JSON, or a list of them of which one has to match. The others cost no invocation. Lambda deletes
/// them from a queue; a stream keeps them for other readers.
///
/// ```
/// use lambkin::prelude::*;
///
/// #[derive(Deserialize)]
/// struct Sensor { id: String }
///
/// #[handler(dynamodb(
///     table = "sensors",
///     filters = [
///         r#"{"eventName": ["INSERT"]}"#,
///         r#"{"dynamodb": {"NewImage": {"state": {"S": [{"anything-but": ["ok"]}]}}}}"#,
///     ]
/// ))]
/// async fn inspect(change: Change<Sensor>) -> Result<(), Error> {
/// #   let _ = change;
///     Ok(())
/// }
/// # fn main() {}
/// ```
///
/// The compiler checks what Lambda would refuse (E038) and what no record has (E039): what a message itself says stands
/// below `body`, `data`, `dynamodb` or `value`. The pages of AWS promise filters by that key alone; what else a record has, such as
/// `eventName` or `partitionKey`, is taken too. They are for the deployment: a local run, and a test, gives the handler each record.
///
/// # HTTP
///
/// `http` is the one source that goes on a module: each of its functions with [`#[get]`](macro@get) and the like is a route, and
/// [`#[mount]`](macro@mount) adds those of other modules. Requests come through API Gateway, a function URL, an Application Load
/// Balancer or VPC Lattice; which one is read off the event.
///
/// ```
/// use lambkin::prelude::*;
///
/// struct Stock(u32);
///
/// #[init]
/// async fn stock() -> Result<Stock, Error> {
///     Ok(Stock(3))
/// }
///
/// #[handler(http(prefix = "/v1", cors = "https://shop.example.com"), timeout = "10s")]
/// #[deadline(margin = "1s")]
/// mod api {
///     use super::*;
///
///     #[get("/stock")]
///     async fn left(stock: &Stock) -> Json<u32> {
///         Json(stock.0)
///     }
/// }
///
/// lambkin::app! { init: [stock], handlers: [api] }
/// # fn main() {}
/// ```
///
/// The attributes beside it hold for the whole module: [`#[deadline]`](macro@deadline#http) for all of its routes, mounted ones
/// included; [`#[idempotent]`](macro@idempotent#http) for those of its own that are a `#[post]` or a `#[patch]`.
///
/// What no route takes is a 404; where the path takes other methods it is a 405 with `Allow`, and a 204 with `Allow` for OPTIONS.
/// `#[fallback]` above a function of the module answers in place of the 404. A route that fails or panics is a response too, so the
/// invocation succeeds: a 500, unless the error says something else.
///
/// ## CORS
///
/// `cors = "…"`, `cors = ["…", "…"]`, or in parentheses, where `origins` is the only one that has to be there:
///
/// | `cors(…)` | values | meaning |
/// |---|---|---|
/// | `origins = …` | an origin or a list: `"https://example.com"`, `"https://*.example.com"`, `"*"` | whose pages may read the responses; the option's name can be left out |
/// | `methods = …` | a name or a list | what they may use; the path's methods by default |
/// | `headers = …` | a name or a list | what they may send; what they ask for by default |
/// | `expose = …` | a name or a list | which headers they may read, besides those that every page may |
/// | `credentials = true` | `true`, `false` | whether they may send cookies; with listed origins only |
/// | `max_age = "…"` | 0s to 1day | how long a browser may remember it |
///
/// A preflight is answered without a call of a route; a route's own `cors` stands in place of the module's. Every response has the
/// headers, whatever its status is.
///
/// ## All requests in one function
///
/// `http` on a function gives it every request. Its parameters are those of a route without a path: marked ones, `HttpRequest`, an
/// `http::Request` with its body, and the extractors of axum.
///
/// ```
/// use lambkin::http::HttpRequest;
/// use lambkin::prelude::*;
///
/// #[handler(http)]
/// async fn hook(#[header] x_kind: &str, #[body] text: &str, request: HttpRequest<'_>) -> NoContent {
///     println!("{x_kind} at {}: {text}", request.path());
///     NoContent
/// }
/// # fn main() {}
/// ```
///
/// One that returns an `axum::Router`, or a `Result` of it, is called once, before the first request, and takes nothing but
/// references; the router takes all requests.
///
/// ```
/// use lambkin::prelude::*;
///
/// #[handler(http)]
/// async fn site() -> axum::Router {
///     axum::Router::new().route("/", axum::routing::get(async || "hello"))
/// }
/// # fn main() {}
/// ```
///
/// # A batch as a whole
///
/// A handler that takes a [`Batch`][batch] gets all records at once, for one bulk write, and says which of them failed:
///
/// ```
/// use lambkin::prelude::*;
///
/// #[derive(Deserialize)]
/// struct Order<'a> { id: &'a str, total: u64 }
///
/// #[handler(sqs(batch_size = 100, window = "1s"))]
/// async fn load(batch: Batch<Order<'_>>) -> Result<Processed, Error> {
///     for order in &batch {
///         if order.total == 0 {
///             order.failed(Discard::new("an order of nothing"));
///         }
///     }
///     Ok(batch.rest_done())
/// }
/// # fn main() {}
/// ```
///
/// # `invoke` and `event`
///
/// `invoke` is for a function that somebody calls; `event` for any source that has no word of its own here, with
/// any `Deserialize`, such as a type of the crate `aws_lambda_events`.
///
/// ```
/// use lambkin::prelude::*;
///
/// #[derive(Deserialize)]
/// struct Question { a: u64, b: u64 }
///
/// #[derive(Serialize)]
/// struct Answer { sum: u64 }
///
/// #[handler(invoke)]
/// async fn add(question: Question) -> Answer {
///     Answer { sum: question.a + question.b }
/// }
/// # fn main() {}
/// ```
///
#[doc = include_str!("../docs/options.md")]
///
/// Ranges are AWS's: of [SQS][sqs], [Kinesis][kinesis], [DynamoDB][dynamodb], [Kafka][kafka-ranges]. The function's
/// code needs none of these; they are for the manifest, out of which a deployment is made.
///
/// [state]: https://docs.rs/lambkin/latest/lambkin/struct.WindowState.html
/// [batch]: https://docs.rs/lambkin/latest/lambkin/struct.Batch.html
/// [checkpoint]: https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-batchfailurereporting.html
/// [kafka]: https://docs.aws.amazon.com/lambda/latest/dg/kafka-retry-configurations.html
/// [async]: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
/// [drop]: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
/// [kinesis]: https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-parameters.html
/// [dynamodb]: https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-params.html
/// [kafka-ranges]: https://docs.aws.amazon.com/lambda/latest/dg/kafka-esm-parameters.html
/// [filters]: https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html
/// [limits]: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
/// [reserved]: https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html
/// [provisioned]: https://docs.aws.amazon.com/lambda/latest/dg/provisioned-concurrency.html
/// [sqs]: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-parameters.html
#[proc_macro_attribute]
pub fn handler(args: TokenStream, item: TokenStream) -> TokenStream {
    expand::handler::expand(args.into(), item.into()).into()
}

/// Stops a handler before Lambda ends the process.
///
/// Goes on a function with `#[handler]`, above or below it. The handler has to be done `margin` before the
/// function's time limit:
///
/// - in a batch, no record is started past that line, what runs is cancelled, what is done stays done, and
///   the rest is reported as failed;
/// - an HTTP request is answered with [503](#http);
/// - other sources answer with an error of type `DeadlineExceeded`.
///
/// ```
/// use lambkin::prelude::*;
///
/// #[handler(sqs, timeout = "30s")]
/// #[deadline(margin = "5s")]
/// async fn fulfil(order: RawBody<'_>) -> Result<(), Error> {
/// #   let _ = order;
///     Ok(())
/// }
/// # fn main() {}
/// ```
///
/// | option | meaning |
/// |---|---|
/// | `margin = "…"` | how long before the limit; shorter than `timeout`, where the handler has one. Required |
/// | `on_exceeded = f` | an `async fn(DeadlineExceeded)` that returns what the handler returns, in its place; `f(parameter, …)` passes by-reference parameters of the handler |
/// | `crate = path` | where lambkin is, if the dependency is renamed |
///
/// Durations are written `500ms`, `5s`, `1m 30s`.
///
/// Cancelling means that the handler's future is dropped at its next `.await`; `on_exceeded` may take half of
/// the margin. A handler that never yields cannot be cancelled: after three quarters of the margin, a watchdog
/// thread logs which handler and which record it is stuck in. Where the time limit is unknown, as under
/// `cargo lambda watch`, nothing is stopped.
///
/// # HTTP
///
/// Above a module with `#[handler(http)]` it is for all routes, mounted ones included. The response is a 503 with `Retry-After`. A
/// route may have one of its own, with another margin; the earlier of both lines counts. `on_exceeded` stands above a route, or above a
/// function that takes all requests, since the responses of routes differ.
///
/// ```
/// use lambkin::prelude::*;
/// use lambkin::http::StatusCode;
///
/// #[handler(http, timeout = "10s")]
/// #[deadline(margin = "500ms")]
/// mod api {
///     use super::*;
///
///     #[post("/reports")]
///     #[deadline(margin = "3s", on_exceeded = later)]
///     async fn report() -> StatusCode {
///         StatusCode::CREATED
///     }
///
///     async fn later(_: DeadlineExceeded) -> StatusCode {
///         StatusCode::ACCEPTED
///     }
/// }
/// # fn main() {}
/// ```
#[proc_macro_attribute]
pub fn deadline(args: TokenStream, item: TokenStream) -> TokenStream {
    companion::expand("deadline", args.into(), item.into()).into()
}

/// Runs a function once for a key, however often its event is delivered.
///
/// Lambda delivers at least once: a message comes again after a crash, a timeout, a lost answer. Goes on a function with
/// `#[handler]`, above or below it, and works record by record: one whose key is known is not run again, but answered
/// with the result that it had.
///
/// ```
/// use lambkin::prelude::*;
///
/// #[derive(Deserialize)]
/// struct Payment<'a> { id: &'a str, cents: u64 }
///
/// #[handler(sqs, timeout = "30s")]
/// #[idempotent(key = payment.id, verify = payment.cents, expires = "1day")]
/// async fn charge(payment: Payment<'_>) -> Result<(), Error> {
/// #   let _ = payment;
///     Ok(())
/// }
/// # fn main() {}
/// ```
///
/// | option | values | meaning |
/// |---|---|---|
/// | `key = EXPR` | | an expression over the function's parameters, which it sees by reference; any `serde::Serialize`. Required |
/// | `key = natural` | | the key by which the source knows the record: see the [table of sources](macro@handler#event-sources) |
/// | `verify = EXPR` | | what has to be the same whenever the key is; another value is refused |
/// | `expires = "…"` | 1s or more | how long a result is remembered; an hour by default |
/// | `scope = "…"` | up to 512 bytes | within what keys are unique; `<package>/<handler>` by default, on a function of its own with the module's path |
/// | `in_progress = "…"` | `"fail"`, `"wait"` | whether a record whose key another run holds fails, as by default, or waits for the other's result, until its lease or the own deadline ends |
/// | `missing_key = "…"` | `"reject"`, `"run"` | whether a record without a key fails, as by default, or runs without protection |
/// | `on_store_error = "…"` | `"fail"`, `"run"` | whether a record fails while the store is out of reach, as by default, or runs without protection |
/// | `data = "…"` | `"keep"`, `"key-only"` | whether results are stored, as by default, or only that there is one: then a replay that needs one, of `invoke`, `event` or `ses`, is refused |
/// | `cipher = …` | see [below](#where-records-are-kept) | encrypts results before they are stored |
/// | `cache = N` | 1 to 1000000 | completed records that a handler's process remembers by itself; none by default |
/// | `lease = "…"` | 1s or more | how long a run holds its key at most, and then is stopped; until the invocation's deadline by default |
/// | `clock_skew = "…"` | 0s to 60s | by how much the clocks of two environments may differ; 500 ms by default |
/// | `store = …` | see [below](#where-records-are-kept) | where records are kept; what `LAMBKIN_IDEMPOTENCY` says by default |
/// | `compat = "…"` | `"powertools-python"`, `"powertools-typescript"` | makes keys as [Powertools for AWS Lambda](#powertools-for-aws-lambda) does |
/// | `crate = path` | | where lambkin is, if the dependency is renamed |
///
/// # What happens to a key
///
/// Before the function runs, its key is taken, by one conditional write. What becomes of it depends on how the function
/// ends:
///
/// | the function | the key |
/// |---|---|
/// | succeeds | is completed, with the result. What comes later is answered with it and does not run, until it `expires` |
/// | returns an error | is given back: the next delivery runs |
/// | panics, is cut off by `#[deadline]`, or dies with its process | stays taken until its lease ends, because nobody knows what it has done. The next delivery after that runs |
///
/// The lease ends with the invocation, whose time limit is when Lambda kills it: a key is free as soon as it can be, and
/// not while anything may still run. Whoever finds its key taken by another meanwhile overwrites nothing; that is logged
/// as `lease lost`.
///
/// *One effect* holds for effects that the function finishes before it returns, as long as clocks differ by less than
/// `clock_skew`, and the store is told before the lease has been over for so long. A process that dies between an effect and its completed key has left an effect that nobody knows of; so
/// the effect has to stand alone, or be one that can be repeated.
///
/// A function that has succeeded is never failed afterwards: if the store cannot be told, its record is acknowledged
/// all the same, and an error logged, because a redelivery would be a second effect.
///
/// # Keys
///
/// A key says that two events are the same. It is never the whole event by default: an SQS message has another receipt
/// handle on each delivery. Where `None`, an empty text, list or object is the key, or one of the parts of a compound key
/// `(tenant, order.id)`, the record is refused as malformed, with `IdempotencyKeyMissing`: strangers must not share a result. What
/// reaches the store is a SHA-256 of the key, and of the [tenant][tenant] that the invocation belongs to, behind the scope:
/// `payments/charge#2cf2…`. The scope holds no module path, so moving code changes no key; renaming the function does,
/// unless `scope` says what it was called. A key is looked at ahead of the record's turn, so its expression can't wait, and it
/// has to be the same each time: a `HashSet` has no order.
///
/// Of two records with one key in one batch, one runs, and the other is answered with its result. What is refused is an
/// error of its record, or of its invocation, with one of the types `IdempotencyKeyMissing`, `IdempotencyInProgress`,
/// `IdempotencyMismatch`, `IdempotencyStoreError` and `IdempotencyNoResult`; a source that retries tries it again.
///
/// # What it costs
///
/// Keys of a batch are taken ahead of their records, 32 of them at most, and completed beside the next. So a batch of 10
/// costs the latency of two round trips to the store, and a batch of replays that of one, whatever the handler's
/// `concurrency`. Of 32 keys that are held ahead, those whose records do not start are given back.
///
/// # Where records are kept
///
/// `LAMBKIN_IDEMPOTENCY` holds a URL, such as `dynamodb://table` or `rediss://host`; `lambkin::idempotency::open` lists all of them, and
/// the features that they need. Without it, a program that is not on Lambda uses a file next to itself, with the feature
/// `idempotency-file`; on Lambda, it does not start. `lambkin::testing` has a store of its own for each app.
///
/// `store` takes the name of an `#[init]` function that returns a store, or an expression over the function's
/// parameters that is a reference to one. `cipher` takes the same for an implementation of `lambkin::idempotency::Cipher`.
///
/// ```
/// use lambkin::idempotency::{AnyStore, open};
/// use lambkin::prelude::*;
///
/// #[init]
/// async fn records() -> Result<AnyStore, Error> {
///     Ok(open("memory:").await?)
/// }
///
/// #[handler(sqs)]
/// #[idempotent(key = natural, store = records)]
/// async fn charge(payment: RawBody<'_>) -> Result<(), Error> {
/// #   let _ = payment;
///     Ok(())
/// }
///
/// lambkin::app! { init: [records], handlers: [charge] }
/// # fn main() {}
/// ```
///
/// A record has the fields `id`, `status`, `expiration`, `in_progress_expiration`, `data`, `validation` and `owner`. A result
/// that is too large for the store, in DynamoDB about 400 KB, is returned and not stored; its record says that the function
/// ran, a line in the log why, and a later delivery is refused with `IdempotencyNoResult`.
///
/// # On a function of its own
///
/// With a `store`, on any async function or method that returns a `Result`, whose error converts from
/// `lambkin::idempotency::Refused` and whose value is `Serialize` and `Deserialize`. Nothing says how long it may take, so `lease` has to;
/// a method, whose name may stand in other types too, needs a `scope`. A function's own is its path, so moving it changes its
/// keys unless there is a `scope`. No invocation stands behind it: its keys know no tenant. Expressions see the parameters as the body does. A call that is dropped has an unknown
/// outcome, as one that panics: the key stays taken until the lease ends.
///
/// ```
/// use lambkin::idempotency::AnyStore;
/// use lambkin::prelude::*;
///
/// struct Bank { records: AnyStore }
///
/// impl Bank {
///     #[idempotent(store = &self.records, key = reference, scope = "bank/pay", lease = "20s")]
///     async fn pay(&self, reference: &str, cents: u64) -> Result<u64, Error> {
///         Ok(cents)
///     }
/// }
/// ```
///
/// # HTTP
///
/// It goes above a route. Above a module with `#[handler(http)]` or `#[routes]` it holds for those of its routes that are a `#[post]`
/// or a `#[patch]` and have none themselves; a module that mounts others is refused, as it would not hold for them.
///
/// ```
/// use lambkin::prelude::*;
///
/// #[derive(Deserialize, Serialize)]
/// struct NewOrder { product: String }
///
/// #[handler(http, timeout = "10s")]
/// mod api {
///     use super::*;
///
///     #[post("/orders")]
///     #[idempotent(key = header("idempotency-key"), verify = order, expires = "24h")]
///     async fn create(#[body] order: NewOrder) -> Created<NewOrder> {
///         Created::at("/orders/1", order)
///     }
/// }
/// # fn main() {}
/// ```
///
/// | request | response |
/// |---|---|
/// | with a new key | the route's |
/// | with the key of a request that was answered | the same once more, with `idempotent-replayed: true` |
/// | without a key | 400 |
/// | with a key whose first request is under way | 409 with `Retry-After` |
/// | with a known key, and something else to verify | 422 |
/// | with a known key whose response was not kept | 409 |
/// | while the store is out of reach | 503 with `Retry-After` |
///
/// `key = header("…")` is the value of a header, without quotes around it; `natural` is `header("idempotency-key")`. Such a key is
/// of the caller's own and of the route's own: nobody is told what another one was answered. The caller is whom the front end has
/// authenticated; else who has the same client certificate, API key or header `authorization`, of which only a hash is kept. Any other expression is the key as it is, also one with a header in it, as in
/// `(tenant, header("idempotency-key"))`: whoever may not share a response has to be told apart by it.
///
/// The method and the path have to be the same, and what `verify` says; without it the query and the body. An error of the route's
/// gives its key back, and so does a response from 500 on; all other responses are kept. The scope of a route is `<package>/<handler>.<function>`; that of one in a module
/// with `#[routes]` holds the module's path, so that moving it changes its keys unless there is a `scope`.
///
/// # In the log
///
/// Each outcome is a line with the field `idempotency`, and a count in `lambkin::idempotency::counts`: `ran` (at the level debug),
/// `replayed` and `in flight` (info), `mismatch` (warn), `lease lost` and `store error` (error). The key stands there as the store
/// knows it, hashed.
///
/// # Powertools for AWS Lambda
///
/// A record is laid out as [its libraries][powertools] do it. With `compat`, its key and the hash of what is verified are made as
/// they make them, so that a function in Rust takes over their table, or shares it. `scope` is needed then: it is what stands
/// before the `#` in their keys. In any scope, `{function}` is the function's name on Lambda.
///
/// | `compat` | their prefix | as a `scope` |
/// |---|---|---|
/// | `"powertools-python"` | `key_prefix`; or the function's name on Lambda, the module and the function's qualified name | `"{function}.app.handler"` |
/// | `"powertools-typescript"` | `keyPrefix`, or the function's name on Lambda | `"{function}"` |
///
/// The key is the value that their JMESPath expression selects: `key = order.id` for `body.id`, a tuple for `[a, b]`. A number
/// has to be of the kind that it has in the event's JSON: to Python, `1` and `1.0` are two keys. Their keys know no tenant, and are
/// missing only if all of their parts are. Two fields whose names differ in nothing but case have no fixed order in
/// TypeScript.
///
/// The library for TypeScript keeps results as DynamoDB's own types, or as JSON in Redis: add `data=native` to the store's URL.
/// Both complete and delete records whoever has them; that an owner overwrites nobody holds among functions of lambkin's.
///
/// [powertools]: https://docs.aws.amazon.com/powertools/python/latest/utilities/idempotency/
///
/// [tenant]: https://docs.aws.amazon.com/lambda/latest/dg/tenant-isolation.html
#[proc_macro_attribute]
pub fn idempotent(args: TokenStream, item: TokenStream) -> TokenStream {
    companion::expand("idempotent", args.into(), item.into()).into()
}

/// Makes what an `async fn` returns available to handlers, by reference.
///
/// The function runs once per execution environment, before the first event is asked for, so Lambda's init
/// phase pays for it. Only what the chosen handler reaches runs, and what does not depend on each other runs
/// at the same time. Name the function in `main!` or `app!`.
///
/// ```
/// use lambkin::prelude::*;
///
/// struct Settings { table: String }
/// struct Ledger { table: String }
///
/// #[init]
/// async fn settings() -> Result<Settings, Error> {
///     Ok(Settings { table: "ledger".to_owned() })
/// }
///
/// #[init]
/// async fn ledger(settings: &Settings) -> Result<Ledger, Error> {
///     Ok(Ledger { table: settings.table.clone() })
/// }
///
/// #[handler(invoke)]
/// async fn table(ledger: &Ledger) -> String {
///     ledger.table.clone()
/// }
///
/// lambkin::app! { init: [settings, ledger], handlers: [table] }
/// # fn main() {}
/// ```
///
/// It returns a `Result`; an error or a panic is posted to Lambda's [init error endpoint][init] with its own
/// type and its source chain, logged, and ends the process. One type is provided by one function.
///
/// | option | meaning |
/// |---|---|
/// | `provides = dyn Trait` | handlers take `&dyn Trait`, and tests can put another type in its place |
/// | `crate = path` | where lambkin is, if the dependency is renamed |
///
/// [init]: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html#runtimes-api-initerror
#[proc_macro_attribute]
pub fn init(args: TokenStream, item: TokenStream) -> TokenStream {
    expand::init::expand(args.into(), item.into()).into()
}

/// Runs an `async fn` before the execution environment goes away, to flush what is left.
///
/// Name the function in the list `shutdown` of `main!` or `app!`. It may borrow from the app; it does not run
/// if one of the values that it borrows was not made. It returns nothing, or a `Result<(), E>` whose error is
/// logged.
///
/// ```
/// use lambkin::prelude::*;
///
/// struct Buffer;
///
/// #[init]
/// async fn buffer() -> Result<Buffer, Error> {
///     Ok(Buffer)
/// }
///
/// #[handler(invoke)]
/// async fn write(line: String, buffer: &Buffer) {
/// #   let _ = (line, buffer);
/// }
///
/// #[shutdown]
/// async fn flush(buffer: &Buffer) -> Result<(), Error> {
/// #   let _ = buffer;
///     Ok(())
/// }
///
/// lambkin::main! {
///     init: [buffer],
///     handlers: [write],
///     shutdown: [flush],
/// }
/// ```
///
/// Lambda sends SIGTERM only to environments with an extension, so an app with such a function registers an
/// internal one that subscribes to nothing. [Half a second][time] is all there is. The local tool runs the
/// functions after its one event, and when its server ends.
///
/// [time]: https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html#runtimes-lifecycle-shutdown
#[proc_macro_attribute]
pub fn shutdown(args: TokenStream, item: TokenStream) -> TokenStream {
    expand::shutdown::expand(args.into(), item.into()).into()
}

/// Wires the app together, and generates `fn main`.
///
/// ```
/// use lambkin::prelude::*;
///
/// #[handler(invoke)]
/// async fn hello(name: String) -> String {
///     format!("hello, {name}")
/// }
///
/// lambkin::main! {
///     handlers: [hello],
/// }
/// ```
///
/// | section | entries |
/// |---|---|
/// | `handlers: […]` | `#[handler]` functions, by path. Required |
/// | `config: […]` | `#[derive(Config)]` types, by path |
/// | `init: […]` | `#[init]` functions, by path |
/// | `shutdown: […]` | `#[shutdown]` functions, by path |
/// | `subscriber: path` | a `fn()` that installs a `tracing` subscriber, before anything else: lambkin installs none then |
/// | `metrics: "…"` | the namespace of the app's metrics; needs the feature `metrics` |
/// | `crate: path` | where lambkin is, if the dependency is renamed |
///
/// With an app from a library, which integration tests can import, it takes the app's path:
/// `lambkin::main!(orders::App);`. See `app!`.
///
/// # Several handlers in one binary
///
/// `LAMBKIN_HANDLER`, else Lambda's `_HANDLER`, else the function's name picks the handler. With one handler
/// there is nothing to pick; `bootstrap` in `_HANDLER` picks nothing. An unknown name is an init error.
///
/// # Without Lambda
///
/// Without `AWS_LAMBDA_RUNTIME_API`, the binary runs one event from a file or standard input, and prints the
/// response; `serve --port 3000` puts its handlers for HTTP behind a local server. `--help` says how. That is part of debug builds, and of release builds with the feature `local`.
#[proc_macro]
pub fn main(input: TokenStream) -> TokenStream {
    expand::wiring::main(input.into()).into()
}

/// Wires an app together without a `fn main`: a public type `App`, for a library.
///
/// It takes the sections of `main!`. The binary runs it with `lambkin::main!(path::to::App);`, and tests
/// invoke its handlers through `lambkin::testing::TestApp`.
///
/// ```
/// mod orders {
///     use lambkin::prelude::*;
///
///     #[handler(invoke)]
///     pub async fn hello(name: String) -> String {
///         format!("hello, {name}")
///     }
///
///     lambkin::app! {
///         handlers: [hello],
///     }
/// }
///
/// lambkin::main!(orders::App);
/// ```
#[proc_macro]
pub fn app(input: TokenStream) -> TokenStream {
    expand::wiring::public(input.into()).into()
}

/// Routes of a module that another one mounts.
///
/// They are written as in a module with `#[handler(http)]`, and borrow from the app as all functions do: what they need is made
/// when a handler that mounts them is chosen. [`#[mount]`](macro@mount) says where their paths start.
///
/// ```
/// mod orders {
///     use lambkin::http::StatusCode;
///     use lambkin::prelude::*;
///
///     pub struct Orders(Vec<&'static str>);
///
///     #[init]
///     pub async fn orders() -> Result<Orders, Error> {
///         Ok(Orders(vec!["tea"]))
///     }
///
///     #[routes]
///     pub mod routes {
///         use super::*;
///
///         #[get("/{id}")]
///         async fn show(id: usize, orders: &Orders) -> Result<Json<&'static str>, StatusCode> {
///             orders.0.get(id).map(|product| Json(*product)).ok_or(StatusCode::NOT_FOUND)
///         }
///     }
/// }
///
/// #[lambkin::handler(http)]
/// mod api {
///     #[mount("/orders")]
///     use crate::orders::routes as orders;
/// }
///
/// lambkin::app! { init: [orders::orders], handlers: [api] }
/// # fn main() {}
/// ```
///
/// | argument | meaning |
/// |---|---|
/// | `"/shops/{shop}"` | a prefix of its own, first; it may have parameters, which each of the routes takes |
/// | `trailing_slash = "strict"` | lets paths end with `/`; the handler that mounts them has to say the same |
/// | `crate = path` | where lambkin is, if the dependency is renamed |
///
/// All else is said by the handler, and holds for these routes too: CORS, the deadline, the meaning of a `/` at the end of a path. An
/// `#[idempotent]` stands above the module or above a route. A `#[fallback]` stands in the handler's module.
#[proc_macro_attribute]
pub fn routes(args: TokenStream, item: TokenStream) -> TokenStream {
    http::expand::routes(args.into(), item.into()).into()
}

/// A route: the function answers GET requests for a path.
///
/// Goes on a function of a module with `#[handler(http)]` or [`#[routes]`](macro@routes). The function stays one that can be called,
/// documented and tested.
///
/// ```
/// use lambkin::http::StatusCode;
/// use lambkin::prelude::*;
///
/// #[derive(Serialize)]
/// struct User { id: u64, name: String }
///
/// #[handler(http)]
/// mod api {
///     use super::*;
///
///     #[get("/users/{id}", "/people/{id}")]
///     async fn show(id: u64, #[header] accept_language: Option<&str>) -> Result<Json<User>, StatusCode> {
///         let name = if accept_language == Some("de") { "Anna" } else { "Ann" };
///         if id == 7 { Ok(Json(User { id, name: name.to_owned() })) } else { Err(StatusCode::NOT_FOUND) }
///     }
///
///     #[get("/users", cors = "*")]
///     async fn list(#[query] tags: Vec<&str>, #[query(default = 20)] limit: usize) -> String {
///         format!("{limit} users with {tags:?}")
///     }
/// }
/// # fn main() {}
/// ```
///
/// | argument | meaning |
/// |---|---|
/// | `"/users/{id}"`, … | the paths, first; one at least |
/// | `cors = …` | in place of what the [handler](macro@handler#cors) says |
///
/// `#[deadline]` and `#[idempotent]` may stand beside it, as may a second attribute for another method.
///
/// # Paths
///
/// `{id}` is one segment that is not empty, `{*path}` all that is left, at the end. Of two patterns that match, the more specific one
/// is meant: in the first segment that differs, a text comes before `{id}`, and that before `{*path}`. Two routes that take the same
/// requests do not compile. Segments are percent-decoded after the path was cut.
///
/// A `GET` route answers HEAD too, without the body, unless there is a `#[head]` for the path.
///
/// # Parameters
///
/// *What comes by value comes from the request, what comes by reference comes from the app.*
///
/// | parameter | from |
/// |---|---|
/// | with the name of a segment, or `#[path("name")]` | the path |
/// | `#[query]`, `#[header]`, `#[cookie]` | the value of that name, which may be given: `#[header("x-id")]`. In a header's name, `_` is `-` |
/// | `#[query(default = 20)]`, `#[query(default)]` | the same, or a value where there is none: this one, or that of the type |
/// | `#[query]` of a struct | all of the query, by the names of its fields; so with cookies |
/// | `#[body]` | the body: JSON for any `Deserialize`, a form for `Form<T>`, as it is for `&[u8]`, `Vec<u8>`, `Bytes`, `&str`, `String` |
/// | `Context`, `HttpRequest`, `FrontEnd`, `Claims<T>` | the invocation and the request |
/// | any other type by value | its `lambkin::http::FromHttp`, or axum's `FromRequestParts` or `FromRequest` |
/// | `&T` | the app; a marked `&str`, or one with a segment's name, is text of the request |
///
/// Values are what serde makes of a text, or `FromStr`. An `Option` or a `Vec` may be absent. What is missing or wrong is a 400 that
/// names all of it in `errors`; a body of another media type is a 415. A `GET` takes no body.
///
/// # Responses and errors
///
/// What implements axum's `IntoResponse`, such as `Json<T>`, `Created<T>`, `Page<T>`, `NoContent`, a text, bytes, a `StatusCode`, or a
/// tuple of a status, headers and one of these. Or a `Result` of it, whose error is one of:
///
/// | error | response |
/// |---|---|
/// | an `HttpError`, which [can be derived](derive@HttpError) | its problem |
/// | an `IntoResponse` | that |
/// | any other error | 500, with the error in the log |
#[proc_macro_attribute]
pub fn get(_: TokenStream, item: TokenStream) -> TokenStream {
    http::route::alone("get", item.into()).into()
}

/// A route for POST requests; see [`get`](macro@get).
#[proc_macro_attribute]
pub fn post(_: TokenStream, item: TokenStream) -> TokenStream {
    http::route::alone("post", item.into()).into()
}

/// A route for PUT requests; see [`get`](macro@get).
#[proc_macro_attribute]
pub fn put(_: TokenStream, item: TokenStream) -> TokenStream {
    http::route::alone("put", item.into()).into()
}

/// A route for PATCH requests; see [`get`](macro@get).
#[proc_macro_attribute]
pub fn patch(_: TokenStream, item: TokenStream) -> TokenStream {
    http::route::alone("patch", item.into()).into()
}

/// A route for DELETE requests; see [`get`](macro@get).
#[proc_macro_attribute]
pub fn delete(_: TokenStream, item: TokenStream) -> TokenStream {
    http::route::alone("delete", item.into()).into()
}

/// A route for HEAD requests, where what `#[get]` does for them is not meant; see [`get`](macro@get).
#[proc_macro_attribute]
pub fn head(_: TokenStream, item: TokenStream) -> TokenStream {
    http::route::alone("head", item.into()).into()
}

/// A route for OPTIONS requests; see [`get`](macro@get). Preflights of a path with CORS do not come here.
#[proc_macro_attribute]
pub fn options(_: TokenStream, item: TokenStream) -> TokenStream {
    http::route::alone("options", item.into()).into()
}

/// A route for requests of each method that no other route of its path names, also of methods that have no attribute; see
/// [`get`](macro@get).
#[proc_macro_attribute]
pub fn any(_: TokenStream, item: TokenStream) -> TokenStream {
    http::route::alone("any", item.into()).into()
}

/// What answers requests that no route takes, in place of a 404; see [`get`](macro@get) for its parameters and responses.
///
/// It has no path, and no arguments. There is one, in the module with `#[handler(http)]`. A path that takes other methods is a 405
/// all the same.
#[proc_macro_attribute]
pub fn fallback(_: TokenStream, item: TokenStream) -> TokenStream {
    http::route::alone("fallback", item.into()).into()
}

/// Answers requests below a prefix with routes of another module, or with a service of the axum ecosystem.
///
/// Goes in a module with `#[handler(http)]` or [`#[routes]`](macro@routes), on one of two:
///
/// - a `use` of a module with `#[routes]`;
/// - a function that returns an `axum::Router`, another `tower::Service` that can be cloned, or a `Result` of one. It is called once,
///   before the first request, and takes nothing but references to what the app has. Behind the prefix, the service sees the rest of
///   the path.
///
/// ```
/// use lambkin::prelude::*;
///
/// mod orders {
///     #[lambkin::routes]
///     pub mod routes {
///         #[get("/")]
///         async fn list() -> &'static str {
///             "no orders yet"
///         }
///     }
/// }
///
/// struct Motto(&'static str);
///
/// #[init]
/// async fn motto() -> Result<Motto, Error> {
///     Ok(Motto("as it ever was"))
/// }
///
/// #[handler(http)]
/// mod api {
///     use super::*;
///
///     #[mount("/orders")]
///     use crate::orders::routes as orders;
///
///     #[mount("/legacy")]
///     async fn legacy(motto: &'static Motto) -> axum::Router {
///         axum::Router::new().route("/motto", axum::routing::get(async || motto.0))
///     }
/// }
///
/// lambkin::app! { init: [motto], handlers: [api] }
/// # fn main() {}
/// ```
///
/// | argument | meaning |
/// |---|---|
/// | `"/prefix"` | what stands before the paths; `"/"` for nothing. Required, and all there is |
///
/// A prefix has no parameters, since the routes behind it could not take them: say it where they stand, as in
/// `#[routes("/shops/{shop}")]`. Precedence knows no mounts: the more specific path is meant, wherever it stands. Two routes for the
/// same requests do not compile, also where they are of different modules. A service takes what is left below its prefix, of all methods.
#[proc_macro_attribute]
pub fn mount(_: TokenStream, item: TokenStream) -> TokenStream {
    http::route::alone("mount", item.into()).into()
}

/// Says with which HTTP status an error is answered.
///
/// ```
/// use lambkin::http::StatusCode;
/// use lambkin::prelude::*;
///
/// #[derive(Debug, thiserror::Error, HttpError)]
/// enum ApiError {
///     #[error("there is no user {0}")]
///     #[status(404)]
///     NoSuchUser(u64),
///     #[error("the name is taken")]
///     #[status(409, kind = "https://errors.example.com/name-taken", title = "Name taken")]
///     Taken,
///     #[error("the replica {replica} is busy")]
///     #[status(503, retry_after = "30s")]
///     Busy { replica: String },
///     #[error(transparent)]
///     #[status(transparent)]
///     Payment(#[from] PaymentError),
/// }
///
/// #[derive(Debug, thiserror::Error, HttpError)]
/// #[error("the card was declined")]
/// #[status(402)]
/// struct PaymentError;
///
/// let problem = ApiError::NoSuchUser(7).problem();
/// assert_eq!(problem.status(), StatusCode::NOT_FOUND);
/// assert_eq!(problem.to_json(), r#"{"status":404,"title":"Not Found","detail":"there is no user 7"}"#);
///
/// let busy = ApiError::Busy { replica: "db-3".to_owned() }.problem();
/// assert_eq!(busy.to_json(), r#"{"status":503,"title":"Service Unavailable"}"#);
///
/// assert_eq!(ApiError::from(PaymentError).problem().status(), StatusCode::PAYMENT_REQUIRED);
/// ```
///
/// The answer is a `lambkin::http::Problem`, `application/problem+json`. With a status below 500, its `detail` is what the
/// error displays: that is written for the client. From 500 on, neither the message nor anything else of the error's
/// leaves the function; it stands in the log, with its sources, as a line at the level error. One below 500 is a line at the
/// level debug.
///
/// The type has to be a `std::error::Error`, which `thiserror` derives; a generic one is an `HttpError` where it is an error. It
/// becomes an `axum_core::response::IntoResponse` too, for any code with axum: turning it into a response writes the line
/// in the log.
///
/// | in `#[status(…)]` | values | meaning |
/// |---|---|---|
/// | a number, first | 400 to 599 | the status |
/// | `kind = "…"` | a URI | the problem's `type`, for programs; `about:blank` by default |
/// | `title = "…"` | | the problem's `title`; the status's own words by default |
/// | `retry_after = "…"` | whole seconds, 1s to 1year | the header `Retry-After` |
/// | `transparent` | alone | the answer of the one field, an `HttpError` |
///
/// A `#[status(…)]` above an enum is that of the variants without one. Every variant has one or the other, so that a new
/// variant is thought about.
///
/// ```
/// use lambkin::prelude::*;
///
/// #[derive(Debug, thiserror::Error, HttpError)]
/// #[status(500)]
/// enum LookupError {
///     #[error("there is no such book")]
///     #[status(404)]
///     Missing,
///     #[error("the index is damaged")]
///     Damaged,
///     #[error("the disk failed")]
///     Disk(#[from] std::io::Error),
/// }
///
/// assert_eq!(LookupError::Damaged.problem().status(), 500);
/// ```
///
/// An answer that depends on the value is written by hand: implement the trait `lambkin::http::HttpError`.
///
/// Where the dependency is renamed, `#[http_error(crate = ::path)]` above the type says where lambkin is.
#[proc_macro_derive(HttpError, attributes(status, http_error))]
pub fn http_error(item: TokenStream) -> TokenStream {
    expand::http_error::derive(item.into()).into()
}

/// Makes a struct the configuration of a function: variables, secrets and parameters, fetched once in the init phase.
///
/// Name the type in the section `config` of `main!` or `app!`. Handlers and `#[init]` functions borrow it as they borrow
/// what an `#[init]` function returns.
///
/// ```
/// use lambkin::prelude::*;
///
/// #[derive(Config)]
/// struct Settings {
///     #[env]
///     table_name: String,
///     #[env(default = "info")]
///     log_level: String,
///     #[env("QUEUE_URL")]
///     queue: Option<String>,
///     #[env(list)]
///     regions: Vec<String>,
///     #[env]
///     stage: String,
///     #[secret("prod/db/password")]
///     password: Secret<String>,
///     #[secret("{stage}/db", key = "user", plain)]
///     user: String,
///     #[parameter("/db/host")]
///     host: String,
/// }
///
/// #[handler(invoke)]
/// async fn connect(database: String, settings: &Settings) -> String {
/// #   let Settings { table_name, log_level, queue, regions, stage, .. } = settings;
/// #   let _ = (table_name, log_level, queue, regions, stage);
///     let Settings { user, host, password, .. } = settings;
///     let _: &str = password.expose();
///     format!("{user}@{host}/{database}")
/// }
///
/// lambkin::main! { config: [Settings], handlers: [connect] }
/// ```
///
/// | above a field | its value |
/// |---|---|
/// | `#[env]`, `#[env("NAME")]` | a variable; without a name, that of the field in upper case |
/// | `#[secret("name")]` | a secret of Secrets Manager, by its name or its ARN |
/// | `#[secret("name", key = "…")]` | one value of a secret that is a JSON object: a string's text, of anything else its JSON |
/// | `#[parameter("/name")]` | a parameter of Parameter Store, decrypted |
/// | `#[parameter("/path", by_path)]` | all parameters below a path, by the names behind it; with the feature `config-aws` |
///
/// | option | of | meaning |
/// |---|---|---|
/// | `default = …` | `#[env]`, `#[parameter]` | what stands for nothing: a text in quotes, which is parsed as another would be, or a value of the field's type |
/// | `list` | `#[env]`, `#[parameter]` | the items stand between commas; the field is a `Vec` or another collection |
/// | `plain` | `#[secret]` | everybody may see this value: the field need not be a `Secret<…>` |
/// | `version_stage = "AWSPREVIOUS"` | `#[secret]` | the version with this label, not the current one |
/// | `label = "…"` | `#[parameter]` | the same |
/// | `version = …` | both | the version with this identifier, in quotes, of a secret; with this number of a parameter |
/// | `refresh = "5m"` | both | fetched again once it is so old, 1s to 1day; the field is a `lambkin::config::Refreshed<…>` |
///
/// The type is any `FromStr`; with `by_path` it is a `BTreeMap<String, T>` or a `HashMap<String, T>` of such. In an `Option` the value
/// may be absent. A variable that is empty counts as not set. A secret is read into a `Secret<…>`, which is never printed and
/// wiped from memory; variables and parameters may be.
///
/// `{stage}` in a name of a secret or a parameter is the value of the field `stage`, or, if there is no such field, of the
/// variable `STAGE`.
///
/// All that is missing or does not parse is reported at once, in one init error, by its name and never by its value.
///
/// # On Lambda
///
/// With the feature `config-aws`, secrets and parameters come through the AWS SDK, in the init phase. The function's role
/// needs `secretsmanager:GetSecretValue`, `ssm:GetParameters` and, for `by_path`, `ssm:GetParametersByPath`.
///
/// Without the feature, they come through the [Parameters and Secrets extension][extension], a layer: the binary stays
/// small. The extension answers only once there is an event, so the init of what borrows such a config ends in the first
/// invocation; one that fails there ends the process too. A config of variables alone is made in the init phase. The
/// extension does not say whether what it can't give is there: an `Option` or a default stands for nothing that is missing then.
///
/// Each secret is fetched once for all its keys, and everything at the same time.
///
/// # Elsewhere
///
/// Where this is not Lambda, a file `.env` in the current directory adds to the environment, which wins, and AWS is not
/// asked. The secret `prod/db` is the variable `LAMBKIN_SECRET_PROD_DB`: the name in upper case, with `_` for what is
/// neither a letter nor a digit. A key has a variable of its own, `LAMBKIN_SECRET_PROD_DB__USER`, or stands in the JSON of the
/// secret's. The parameter `/db/host` is `LAMBKIN_PARAMETER_DB_HOST`, all below `/db` a JSON object in `LAMBKIN_PARAMETER_DB`. A
/// version that is not the current one is a variable of its own, `LAMBKIN_SECRET_PROD_DB_AWSPREVIOUS`.
///
/// Tests put a value in place, with `TestApp::with`.
///
/// Where the dependency is renamed, `#[config(crate = ::path)]` above the type says where lambkin is.
///
/// [extension]: https://docs.aws.amazon.com/secretsmanager/latest/userguide/retrieving-secrets_lambda.html
#[proc_macro_derive(Config, attributes(env, secret, parameter, config))]
pub fn config(item: TokenStream) -> TokenStream {
    expand::config::derive(item.into()).into()
}
