//! Attribute macros that turn a plain `async fn` into a production AWS Lambda function.
//!
//! ```
//! use lambkin::prelude::*;
//!
//! #[derive(Deserialize)]
//! struct Order<'a> {
//!     id: &'a str,
//!     total: u64,
//! }
//!
//! struct Ledger;
//!
//! impl Ledger {
//!     async fn post(&self, id: &str, total: u64) -> Result<(), Error> {
//! #       let _ = (id, total);
//!         Ok(())
//!     }
//! }
//!
//! /// Runs once per execution environment, before the first event is asked for.
//! #[init]
//! async fn ledger() -> Result<Ledger, Error> {
//!     Ok(Ledger)
//! }
//!
//! #[handler(sqs(queue = "orders", batch_size = 10), concurrency = 8, timeout = "30s")]
//! #[deadline(margin = "5s")]
//! async fn fulfil(order: Order<'_>, ledger: &Ledger) -> Result<(), Error> {
//!     ledger.post(order.id, order.total).await
//! }
//!
//! lambkin::main! {
//!     init: [ledger],
//!     handlers: [fulfil],
//! }
//! ```
//!
//! # The one rule of signatures
//!
//! *What comes by value comes from the event; what comes by reference comes from the app.*
//!
//! By value: one payload, decoded from the record's body, which may borrow from the event; and anything
//! that implements [`FromRecord`], such as [`Context`], [`SqsMessage`] and [`RawBody`]. By reference:
//! what an [`#[init]`](macro@init) function returned.
//!
//! # Where to read on
//!
//! - [`handler`](macro@handler): the event sources and their settings, and what becomes of a failure.
//! - [`http`]: routes, their parameters and responses.
//! - [`init`](macro@init), [`main!`](macro@main), [`app!`](macro@app), [`shutdown`](macro@shutdown): the app.
//! - [`Config`](macro@Config): variables, secrets and parameters.
//! - [`deadline`](macro@deadline): being done before Lambda ends the process.
//! - [`idempotent`](macro@idempotent): one effect for a key, however often its event is delivered; [`idempotency`] is what
//!   stands behind it.
//! - [`testing`]: the app in-process, with values replaced.
//! - [`Discard`] and [`Permanent`]: what not to retry.
//!
//! Compile errors carry a code, such as `lambkin::E020`; `docs/errors.md` in the repository explains each.
//!
//! # The manifest
//!
//! `cargo run -- manifest` prints what the attributes say, as JSON: for each handler its event source and settings, timeout, memory,
//! concurrency, what it reads of its environment, its routes. `cargo lambkin` makes templates and events out of it.
//!
//! With the feature `schema` it also holds the JSON Schema of a payload whose type implements `JsonSchema`: `schema` of the function, or
//! of the route for a `#[body]` that is JSON or a form. A [`Batch<T>`](Batch) has that of one record, a [`Change`] that of the item. Types that do
//! not implement it have none, and nothing is missing. Schemas are made when the manifest is printed; on Lambda nothing of it is there.
//!
#![cfg_attr(feature = "schema", doc = "```")]
#![cfg_attr(not(feature = "schema"), doc = "```text")]
//! use lambkin::prelude::*;
//! // Both: what the derive makes says `schemars::…`. A dependency on schemars 1 of your own does as well.
//! use lambkin::schemars::{self, JsonSchema};
//!
//! #[derive(Deserialize, JsonSchema)]
//! struct Order<'a> {
//!     #[schemars(example = &"o-1")]
//!     id: &'a str,
//!     #[schemars(range(min = 1))]
//!     total: u64,
//! }
//!
//! #[handler(sqs)]
//! async fn fulfil(order: Order<'_>) -> Result<(), Error> {
//!     let _ = (order.id, order.total);
//!     Ok(())
//! }
//!
//! lambkin::main! { handlers: [fulfil] }
//! ```
//!
//! # Features
//!
//! - `lambda-http`: a handler may take a `lambda_http::Request`.
//! - `local`: the local tool in release builds too. Debug builds always have it.
//! - `logs`: lines in the log that say which invocation and which record they belong to, and warnings before limits are
//!   reached.
//! - `metrics`: metrics in CloudWatch's embedded format, of lambkin's and of your own.
//! - `otel`: traces for OpenTelemetry, where `OTEL_EXPORTER_OTLP_ENDPOINT` names a collector; `docs/traces.md` in the repository is
//!   a page on them.
//! - `schema`: the [manifest](#the-manifest) says what payloads look like, as JSON Schema, where their types derive
//!   `schemars::JsonSchema`.
//! - `config-aws`: secrets and parameters of a [`Config`](macro@Config) through the AWS SDK.
//! - `idempotency-file`, `idempotency-dynamodb`, `idempotency-redis`: [stores](idempotency::open) of idempotency records besides the
//!   one in memory.
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

#[cfg(panic = "abort")]
compile_error!(
    "lambkin::E112: a panic must fail one record, not the process: write `panic = \"unwind\"` into \
     `[profile.release]` of your Cargo.toml; without it, `cargo lambda build` compiles with `panic = \"abort\"`"
);

mod answer;
mod app;
#[cfg(any(feature = "config-aws", feature = "idempotency-dynamodb"))]
mod aws;
mod batch;
mod call;
pub mod config;
mod context;
mod deadline;
mod decode;
mod error;
pub mod http;
pub mod idempotency;
#[cfg(any(debug_assertions, feature = "local"))]
mod local;
#[cfg(feature = "logs")]
pub mod logs;
#[cfg(feature = "metrics")]
pub mod metrics;
mod panic;
mod parameter;
mod process;
mod record;
mod schema;
mod serve;
pub mod source;
mod spec;
mod telemetry;
pub mod testing;

pub use batch::Outcome;
pub use batch::whole::{Batch, Entry, Nothing, Processed};
pub use call::RecordReport;
pub use config::Secret;
pub use context::Context;
pub use deadline::DeadlineExceeded;
pub use error::{BoxError, Discard, Error, Failure, FailureKind, InvocationError, OrDiscard, Permanent};
pub use record::{FromRecord, RawBody, RawBytes};
pub use source::activemq::ActiveMqMessage;
pub use source::cloudwatch_logs::LogEvent;
pub use source::dynamodb::{Change, DynamoDbRecord};
pub use source::eventbridge::EventBridgeEvent;
pub use source::kafka::KafkaRecord;
pub use source::kinesis::KinesisRecord;
pub use source::s3::S3Event;
pub use source::ses::{Disposition, SesMessage, Verdict};
pub use source::sns::{SnsAttribute, SnsMessage};
pub use source::sqs::{MessageAttribute, SqsAttributes, SqsMessage};
pub use source::window::{Foldable, Window, WindowState};

/// The crate whose `JsonSchema` payloads derive; see [the manifest](crate#the-manifest).
#[cfg(feature = "schema")]
#[doc(no_inline)]
pub use schemars;

pub use lambkin_macros::{Config, app, deadline, handler, idempotent, init, main, routes, shutdown};
#[doc(no_inline)]
pub use lambkin_macros::{any, delete, fallback, get, head, mount, options, patch, post, put};

/// What a file with handlers usually needs.
///
/// ```
/// use lambkin::prelude::*;
/// ```
pub mod prelude {
    pub use crate::http::{Accepted, Created, HttpError, Json, NoContent};
    pub use crate::{
        ActiveMqMessage, Batch, Change, Config, Context, DeadlineExceeded, Discard, Disposition, DynamoDbRecord, Error,
        EventBridgeEvent, FromRecord, KafkaRecord, KinesisRecord, LogEvent, OrDiscard, Permanent, Processed, RawBody,
        RawBytes, S3Event, Secret, SesMessage, SnsMessage, SqsMessage, Window, WindowState, deadline, handler,
        idempotent, init, routes, shutdown,
    };
    pub use crate::{any, delete, fallback, get, head, mount, options, patch, post, put};
    pub use serde::{Deserialize, Serialize};
}

/// What generated code calls. Nothing here is stable.
#[doc(hidden)]
pub mod __private {
    pub use crate::answer::{Answer, Returned, SettleClassified, SettleNothing, SettleResult, SettleValue, Settled};
    pub use crate::app::init::{
        InitFn, InitOutput, InitReturn, InitValue, IsInit, NotInit, Probe, ProbeOther, Unmarked, begin, broken,
        catch as catch_init, init_all, keep, made, must_be_init, provided,
    };
    pub use crate::app::provide::{Needs, Provide, Slot};
    pub use crate::app::shutdown::{Shutdown, ShutdownFn, catch as catch_shutdown};
    pub use crate::app::{App, Broken, Entry, Handler, Ready, Resolving, Wired, assert_name, ready};
    pub use crate::call::Call;
    pub use crate::config::__private as config;
    pub use crate::http::__private as http;
    pub use crate::http::error::{error_problem, error_response};
    pub use crate::idempotency::__private as idempotency;
    pub use crate::parameter::{Takes, TakesRecord, takes_batch};
    pub use crate::process::main;
    pub use crate::record::{Take, TakeExtractor, TakeNothing, TakePayload, Unclaimed};
    pub use crate::schema::Payload;
    #[cfg(all(feature = "schema", any(debug_assertions, feature = "local")))]
    pub use crate::schema::probe as schema;
    pub use crate::source::activemq::ActiveMq;
    pub use crate::source::cloudwatch_logs::CloudWatchLogs;
    pub use crate::source::dynamodb::DynamoDb;
    pub use crate::source::eventbridge::{EventBridge, Schedule};
    pub use crate::source::invoke::Invoke;
    pub use crate::source::iot::Iot;
    pub use crate::source::kafka::Kafka;
    pub use crate::source::kinesis::Kinesis;
    pub use crate::source::s3::S3;
    pub use crate::source::ses::Ses;
    pub use crate::source::sns::Sns;
    pub use crate::source::sqs::Sqs;
    pub use crate::source::window::Window;
    pub use crate::source::{Messages, Mode, OnRecord, Source};
    pub use crate::spec::{FunctionSpec, Setting};
    pub use crate::telemetry::metrics::section::{Feature, Metrics};
    pub use crate::{__body as body, __payload as payload};
    pub use futures_util::future::BoxFuture;
}

/// The code in the pages of `docs/` compiles.
#[cfg(doctest)]
#[doc = include_str!("../../docs/http.md")]
pub struct HttpPage;

#[cfg(all(doctest, feature = "logs"))]
#[doc = include_str!("../../docs/logs.md")]
pub struct LogsPage;

/// As above.
#[cfg(doctest)]
#[doc = include_str!("../../docs/config.md")]
pub struct ConfigPage;

/// The code in the page on traces.
#[cfg(doctest)]
#[doc = include_str!("../../docs/traces.md")]
pub struct TracesPage;

/// The code in `docs/metrics.md` compiles.
#[cfg(all(doctest, feature = "metrics"))]
#[doc = include_str!("../../docs/metrics.md")]
pub struct MetricsPage;
