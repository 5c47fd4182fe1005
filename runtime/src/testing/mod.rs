//! Tests of handlers, in-process: the app with some of its values replaced, events out of payloads, the
//! outcome of each record.
//!
//! A handler is a plain function, so its own logic needs none of this. Here is for what the attributes
//! add: decoding, outcomes, order, deadlines.
//!
//! ```
//! use lambkin::prelude::*;
//! use lambkin::testing::{TestApp, sqs};
//! use serde_json::json;
//!
//! struct Ledger { limit: u64 }
//!
//! #[init]
//! async fn ledger() -> Result<Ledger, Error> {
//!     Err(Error::msg("no database in a test"))
//! }
//!
//! #[derive(Deserialize)]
//! struct Order<'a> { id: &'a str, total: u64 }
//!
//! #[handler(sqs)]
//! async fn fulfil(order: Order<'_>, ledger: &Ledger) -> Result<(), Error> {
//!     if order.total > ledger.limit {
//!         return Err(Error::msg(format!("order {} is too large", order.id)));
//!     }
//!     Ok(())
//! }
//!
//! lambkin::app! { init: [ledger], handlers: [fulfil] }
//!
//! # #[tokio::main]
//! # async fn main() {
//! // The real `ledger` never runs: a value stands in its place.
//! let app = TestApp::<App>::new().with(Ledger { limit: 100 });
//! let batch = sqs::Batch::of([json!({"id": "a", "total": 1}), json!({"id": "b", "total": 1000})]);
//! let done = app.invoke("fulfil", batch).await;
//!
//! assert_eq!(done.failed(), ["message-1"]);
//! assert!(done.outcome("message-1").failure().unwrap().message().contains("too large"));
//! # }
//! ```

pub mod cloudwatch_logs;
mod common;
pub mod dynamodb;
pub mod eventbridge;
pub mod http;
pub mod idempotency;
pub mod kafka;
pub mod kinesis;
pub mod s3;
pub mod ses;
pub mod sns;
pub mod sqs;

use std::collections::HashMap;
use std::future::IntoFuture;
use std::sync::PoisonError;
use std::time::Duration;

use futures_util::future::BoxFuture;
use serde_json::Value;
use tokio::sync::Mutex;

use crate::app::provide::{Needs, Provide};
use crate::app::{App, Ready, dispatch, shutdown};
use crate::batch::Outcome;
use crate::call::{Call, RecordReport, Reports};
use crate::context::Context;
use crate::error::InvocationError;
use crate::idempotency::{AnyStore, Memory, OF_TEST};

/// An event for [`TestApp::invoke`]: what the builders here make, or JSON as it is.
pub trait IntoEvent {
    /// The event's bytes.
    fn into_event(self) -> Vec<u8>;
}

impl IntoEvent for Value {
    fn into_event(self) -> Vec<u8> {
        self.to_string().into_bytes()
    }
}

impl IntoEvent for &str {
    fn into_event(self) -> Vec<u8> {
        self.as_bytes().to_vec()
    }
}

impl IntoEvent for String {
    fn into_event(self) -> Vec<u8> {
        self.into_bytes()
    }
}

impl IntoEvent for Vec<u8> {
    fn into_event(self) -> Vec<u8> {
        self
    }
}

/// An app for tests: the type that `app!` or `main!` generates, with values in place of `#[init]` functions.
///
/// What a handler reaches is made on its first invocation, as on Lambda before its first event; a value
/// that was put in place is used instead, and what only its function would have reached is not made.
/// Values live until the test process ends.
pub struct TestApp<A: 'static> {
    app: &'static A,
    records: Memory,
    #[cfg(feature = "metrics")]
    metrics: Option<std::sync::Arc<crate::telemetry::metrics::Collector>>,
    ready: Mutex<HashMap<String, &'static dyn Ready>>,
}

impl<A: App> Default for TestApp<A> {
    fn default() -> Self {
        Self::new()
    }
}

impl<A: App> TestApp<A> {
    /// The app as it is.
    pub fn new() -> Self {
        Self {
            app: Box::leak(Box::default()),
            records: Memory::new(),
            #[cfg(feature = "metrics")]
            metrics: A::METRICS.map(crate::telemetry::metrics::Collector::new).map(std::sync::Arc::new),
            ready: Mutex::default(),
        }
    }

    /// Puts a value in the place of what an `#[init]` function would return. The later of two stands no
    /// chance: a value cannot be replaced twice.
    ///
    /// # Panics
    /// If there is a value of this type already.
    #[must_use]
    pub fn with<T: Send + Sync + 'static>(self, value: T) -> Self
    where
        A: Provide<T>,
    {
        self.with_boxed(Box::new(value))
    }

    /// As [`with`](Self::with), for `#[init(provides = dyn Trait)]`: a boxed trait object.
    ///
    /// # Panics
    /// If there is a value of this type already.
    #[must_use]
    #[allow(clippy::panic, reason = "a test that replaces a value too late must not go on")]
    pub fn with_boxed<T: ?Sized + Send + Sync + 'static>(self, value: Box<T>) -> Self
    where
        A: Provide<T>,
    {
        if !self.app.slot().set(Box::leak(value)) {
            panic!(
                "the app has a `{}` already: replace it before the first invocation, and once",
                std::any::type_name::<T>()
            );
        }
        self
    }

    /// A value of the app, to look at after an invocation; `None` if it was not made.
    pub fn get<T: ?Sized + Sync + 'static>(&self) -> Option<&'static T>
    where
        A: Provide<T>,
    {
        self.app.slot().get()
    }

    /// The idempotency records of handlers that name no store: each app of a test has a store of its own, in memory.
    pub fn idempotency(&self) -> &Memory {
        &self.records
    }

    /// Invokes a handler by its name. Await the result, or set more of the invocation first.
    pub fn invoke(&self, handler: &str, event: impl IntoEvent) -> Invoke<'_, A> {
        Invoke {
            app: self,
            handler: handler.to_owned(),
            event: event.into_event(),
            remaining: None,
            context: lambda_runtime::Context::default(),
        }
    }

    /// The `#[init]` functions that a handler reaches, in an order in which they can run; `None` for a
    /// handler that the app does not have.
    pub fn reached(&self, handler: &str) -> Option<Vec<&'static str>> {
        let entry = dispatch::named(A::HANDLERS, handler)?;
        Some(Needs::names(entry.needs))
    }

    /// Runs the app's `#[shutdown]` functions, as Lambda's SIGTERM does.
    pub async fn shutdown(&self) {
        shutdown::run_all(self.app).await;
    }

    async fn ready(&self, handler: &str) -> Result<&'static dyn Ready, InvocationError> {
        // Init is one task's work: of several first invocations at once, one resolves and the others wait.
        let mut known = self.ready.lock().await;
        if let Some(ready) = known.get(handler) {
            return Ok(*ready);
        }
        let entry = dispatch::named(A::HANDLERS, handler).ok_or_else(|| {
            let names = dispatch::names(A::HANDLERS);
            InvocationError::new("NoSuchHandler", format!("the app has no handler `{handler}`, only {names}"))
        })?;
        let store = AnyStore::new(self.records.clone());
        let resolved =
            OF_TEST.scope(store, (entry.resolve)(self.app)).await.map_err(|error| error.payload().clone())?;
        known.insert(handler.to_owned(), resolved);
        Ok(resolved)
    }
}

/// An invocation that is about to run; awaiting it runs it.
#[must_use = "an invocation runs when it is awaited"]
pub struct Invoke<'t, A: 'static> {
    app: &'t TestApp<A>,
    handler: String,
    event: Vec<u8>,
    remaining: Option<Duration>,
    context: lambda_runtime::Context,
}

impl<A: App> Invoke<'_, A> {
    /// The time until Lambda's limit; unknown by default. It runs on tokio's clock, which
    /// `#[tokio::test(start_paused = true)]` stops.
    pub fn remaining(mut self, time: Duration) -> Self {
        self.remaining = Some(time);
        self
    }

    /// The request's identifier.
    pub fn request_id(mut self, id: &str) -> Self {
        self.context.request_id = id.to_owned();
        self
    }

    /// The tenant.
    pub fn tenant_id(mut self, id: &str) -> Self {
        self.context.tenant_id = Some(id.to_owned());
        self
    }

    /// The X-Ray trace header.
    pub fn trace_id(mut self, header: &str) -> Self {
        self.context.xray_trace_id = Some(header.to_owned());
        self
    }

    /// The ARN that was invoked.
    pub fn invoked_function_arn(mut self, arn: &str) -> Self {
        self.context.invoked_function_arn = arn.to_owned();
        self
    }

    async fn run(self) -> Invocation {
        let ready = match self.app.ready(&self.handler).await {
            Ok(ready) => ready,
            Err(error) => {
                return Invocation::new(Err(error), Vec::new());
            }
        };
        let reports = Reports::default();
        let call =
            Call::new(ready.spec(), &self.event, Context::with_deadline(self.context, self.remaining), Some(&reports));
        let result = ready.invoke(&call).await;
        drop(call);
        Invocation::new(result, reports.into_inner().unwrap_or_else(PoisonError::into_inner))
    }

    /// [`Self::run`], with the documents that it writes.
    #[cfg(feature = "metrics")]
    async fn metered(self) -> Invocation {
        let (done, documents) = crate::telemetry::metrics::within(self.app.metrics.clone(), self.run()).await;
        let documents = documents.iter().filter_map(|document| serde_json::from_str(document).ok()).collect();
        Invocation { metrics: documents, ..done }
    }
}

impl<'t, A: App> IntoFuture for Invoke<'t, A> {
    type Output = Invocation;
    type IntoFuture = BoxFuture<'t, Invocation>;

    fn into_future(self) -> Self::IntoFuture {
        #[cfg(feature = "metrics")]
        return Box::pin(self.metered());
        #[cfg(not(feature = "metrics"))]
        Box::pin(self.run())
    }
}

/// What came of an invocation.
#[derive(Debug)]
pub struct Invocation {
    result: Result<Vec<u8>, InvocationError>,
    records: Vec<RecordReport>,
    #[cfg(feature = "metrics")]
    metrics: Vec<Value>,
}

impl Invocation {
    fn new(result: Result<Vec<u8>, InvocationError>, records: Vec<RecordReport>) -> Self {
        Self {
            result,
            records,
            #[cfg(feature = "metrics")]
            metrics: Vec::new(),
        }
    }

    /// The documents of metrics that the invocation has written, where the app has the section `metrics`; in the first one
    /// there is what lambkin measures itself. They are of this app's: neither another test's nor another app's are among
    /// them. What a task or a thread records that the handler has started is not seen, and neither is what goes through a
    /// handle which was made outside of the app.
    #[cfg(feature = "metrics")]
    pub fn metrics(&self) -> &[Value] {
        &self.metrics
    }

    /// The response that Lambda would get, as JSON.
    ///
    /// # Panics
    /// If the invocation failed, or its response is nested more deeply than serde_json reads.
    #[allow(clippy::panic, reason = "a test that expects a response must fail without one")]
    pub fn response(&self) -> Value {
        match &self.result {
            Ok(response) => {
                serde_json::from_slice(response).unwrap_or_else(|error| panic!("the response does not parse: {error}"))
            }
            Err(error) => panic!("the invocation failed: {error}"),
        }
    }

    /// The error that Lambda would get, if the invocation failed.
    pub fn error(&self) -> Option<&InvocationError> {
        self.result.as_ref().err()
    }

    /// Each record's outcome, in the event's order; empty for sources without records.
    pub fn records(&self) -> &[RecordReport] {
        &self.records
    }

    /// The outcome of the record with this identifier.
    ///
    /// # Panics
    /// If the event had no such record.
    #[allow(clippy::panic, reason = "a test that asks for a record must fail without it")]
    pub fn outcome(&self, id: &str) -> &Outcome {
        match self.records.iter().find(|record| record.id == id) {
            Some(record) => &record.outcome,
            None => panic!("no record `{id}`; the event had {:?}", self.ids(|_| true)),
        }
    }

    /// The identifiers of the records that the source will deliver again: failed ones and those that were
    /// not started.
    pub fn failed(&self) -> Vec<&str> {
        self.ids(|outcome| !outcome.is_acknowledged())
    }

    /// The identifiers of the records that are dealt with: done and discarded ones.
    pub fn acknowledged(&self) -> Vec<&str> {
        self.ids(Outcome::is_acknowledged)
    }

    /// The identifiers of the records that failed for good.
    pub fn discarded(&self) -> Vec<&str> {
        self.ids(|outcome| matches!(outcome, Outcome::Discarded(_)))
    }

    fn ids(&self, is: impl Fn(&Outcome) -> bool) -> Vec<&str> {
        let records = self.records.iter().filter(|record| is(&record.outcome));
        records.map(|record| record.id.as_str()).collect()
    }
}
