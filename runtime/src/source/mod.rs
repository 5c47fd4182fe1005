//! Event sources, one file each: how an event is decoded, which order its records keep, what is answered.
//!
//! What a handler can take by value stands at the crate's root, such as [`SqsMessage`](crate::SqsMessage). The
//! modules here hold the types of the records behind it, which an implementation of
//! [`FromRecord`](crate::FromRecord) names.

pub mod activemq;
pub mod cloudwatch_logs;
pub mod dynamodb;
pub mod eventbridge;
pub(crate) mod invoke;
pub mod iot;
pub mod kafka;
pub mod kinesis;
pub(crate) mod lazy;
pub mod s3;
pub mod ses;
pub mod sns;
pub mod sqs;
pub(crate) mod stream;
pub(crate) mod window;

use std::borrow::Cow;
use std::future::Future;

use futures_util::future::BoxFuture;

use crate::batch::order::Order;
use crate::batch::{Outcome, response};
use crate::call::Call;
use crate::error::{Failure, InvocationError};
use crate::source::window::Window;
use crate::spec::FunctionSpec;

/// An event source: decodes an event, drives the handler over it, and answers.
#[doc(hidden)]
pub trait Source: Sized + Send + Sync + 'static {
    /// What the handler's parameters are taken from; borrows from the event.
    type Record<'e>: Sync;

    /// What the source keeps of a handler's result until it responds.
    type Answer: Send;

    /// The record's identifier, where there is one.
    fn name<'r>(_record: &'r Self::Record<'_>) -> Option<&'r str> {
        None
    }

    /// Serves one event.
    fn serve<'c, H: OnRecord<Self>>(
        handler: &'c H,
        call: &'c Call<'c>,
    ) -> impl Future<Output = Result<Vec<u8>, InvocationError>> + Send + 'c;
}

/// A handler bound to the app, as the attribute macro generates it.
#[doc(hidden)]
pub trait OnRecord<S: Source>: Send + Sync + 'static {
    /// How many records are begun ahead of their turn. What is begun runs up to its first pause, and no further.
    const AHEAD: usize = 0;

    /// Runs the handler on one record.
    fn on<'a, 'e: 'a>(
        &'a self,
        record: &'a S::Record<'e>,
        call: &'a Call<'a>,
    ) -> impl Future<Output = Result<S::Answer, Failure>> + Send + 'a;

    /// Shows a record to the user's hook before its last attempt ends, if there is a hook.
    fn on_last_attempt<'a, 'e: 'a>(
        &'a self,
        _record: &'a S::Record<'e>,
        _failure: &Failure,
    ) -> Option<BoxFuture<'a, ()>> {
        None
    }

    /// Hands the state of a window that ends to the user's hook, if there is a hook.
    fn on_window_end<'a>(
        &'a self,
        _window: Window<'a>,
        _call: &'a Call<'a>,
    ) -> Option<BoxFuture<'a, Result<(), Failure>>> {
        None
    }
}

/// A source whose events hold records, which succeed and fail one by one.
#[doc(hidden)]
pub trait BatchSource: Sized + Send + Sync + 'static {
    /// A record.
    type Record<'e>: BatchRecord + Send + Sync;

    /// What the event says besides its records.
    type Envelope<'e>: Send + Sync;

    /// What a handler's success is worth.
    type Answer: Send;

    /// Whether the response can name single records; else one that fails fails the invocation, after all of
    /// them had their turn.
    const IS_PARTIAL: bool = false;

    /// Records handled at the same time, unless the handler says otherwise.
    const CONCURRENCY: usize = 1;

    /// The event's text, for sources that pack it.
    fn unpack(event: &str) -> Result<Cow<'_, str>, InvocationError> {
        Ok(Cow::Borrowed(event))
    }

    /// Decodes the envelope. Only what keeps a record's outcome from being reported fails the invocation;
    /// whatever else is odd about a record fails that record.
    #[allow(clippy::type_complexity, reason = "a name for the pair would say no more")]
    fn decode<'e>(event: &'e str) -> Result<(Self::Envelope<'e>, Vec<Self::Record<'e>>), InvocationError>;

    /// Whether the records are what the attribute speaks of.
    fn check(_records: &[Self::Record<'_>], _spec: &FunctionSpec) -> Result<(), InvocationError> {
        Ok(())
    }

    /// The order to keep, when so many records are handled at the same time.
    fn order(records: &[Self::Record<'_>], _workers: usize) -> Order {
        Order::none(records.len())
    }

    /// Takes a handler's success to its record.
    fn keep(_record: &Self::Record<'_>, _answer: Self::Answer) {}

    /// Takes back what a record has left that failed.
    fn forget(_record: &Self::Record<'_>) {}

    /// What is left to do when every record is acknowledged.
    fn close<'c, 'e: 'c, H: OnRecord<Self>>(
        _handler: &'c H,
        _envelope: &'c Self::Envelope<'e>,
        _call: &'c Call<'c>,
    ) -> Option<BoxFuture<'c, Result<(), InvocationError>>> {
        None
    }

    /// The response, when the invocation as a whole has not failed; without single records in it, none at all.
    fn respond(
        _envelope: &Self::Envelope<'_>,
        _records: &[Self::Record<'_>],
        _outcomes: &[Outcome],
    ) -> Result<Vec<u8>, InvocationError> {
        const { assert!(!Self::IS_PARTIAL, "a source that reports single records has a response of its own") };
        response::nothing()
    }
}

/// A record that can be named.
#[doc(hidden)]
pub trait BatchRecord {
    /// The record's identifier, for the log and for reports.
    fn id(&self) -> &str;

    /// How often the record was delivered, this time included, where the source counts.
    fn receive_count(&self) -> Option<u64> {
        None
    }

    /// Where the sender has put it: the name of a queue, a topic or a stream.
    #[cfg(feature = "otel")]
    fn destination(&self) -> Option<Cow<'_, str>> {
        None
    }

    /// What the sender has written on the record under this name, as on an envelope.
    #[cfg(feature = "logs")]
    fn label(&self, _name: &str) -> Option<Cow<'_, str>> {
        None
    }
}

/// The source that a handler is run by: itself for one record at a time, [`Whole`](crate::batch::whole::Whole)
/// for a handler that takes the batch.
#[doc(hidden)]
pub trait Mode<const TAKES_BATCH: bool> {
    /// The source.
    type Source: Source;
}

impl<S: Source> Mode<false> for S {
    type Source = S;
}

/// A source whose records a hook can be shown.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`on_last_attempt` sees single records, and this handler takes a whole batch",
    label = "there is no single record to show it",
    note = "lambkin::E113: remove `on_last_attempt`, or take the payload of one record instead of a `Batch`"
)]
pub trait Messages: Source {
    /// The record as users know it.
    type Message<'r>;

    /// Shows a record.
    fn message<'r>(record: &'r <Self as Source>::Record<'r>) -> Self::Message<'r>;
}

/// The event as text. serde_json then lends strings without checking each of them again.
pub(crate) fn event_text<'c>(call: &Call<'c>) -> Result<&'c str, InvocationError> {
    std::str::from_utf8(call.event)
        .map_err(|error| InvocationError::bad_event(format!("the event is not UTF-8 text: {error}")))
}
