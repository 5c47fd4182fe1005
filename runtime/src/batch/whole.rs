//! A batch as a whole, for a handler that writes in bulk.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::answer::Answer;
use crate::batch::order::Order;
use crate::batch::{Outcome, engine, response};
use crate::call::Call;
use crate::context::Context;
use crate::error::{BoxError, Failure, InvocationError};
use crate::idempotency::NaturalKey;
use crate::panic;
use crate::parameter::Takes;
use crate::record::{Decode, FromRecord};
use crate::source::window::{NeedsNoWindow, Window, WindowState};
use crate::source::{BatchRecord, BatchSource, Mode, OnRecord, Source, event_text};
use crate::telemetry::incident::Incident;

/// All records of a batch at once, for a handler that writes them in bulk.
///
/// `T` is the payload, or an extractor such as [`SqsMessage`](crate::SqsMessage) or
/// [`RawBody`](crate::RawBody); `M` is an extractor to go with each payload. A record that does not decode is not
/// in the batch: it fails as it does without a `Batch`, and what follows it in an order that the source promises is
/// left for the next delivery. Where nothing remains, the handler does not run.
///
/// The handler says which records failed, and what is to become of those that it did not mention, by the
/// [`Processed`] that it returns: `rest_done` vouches for all of them, `rest_retried` for none. An error, a panic and
/// the deadline fail every record that was not marked. What was marked as done stays so, unless it stands behind one
/// that is not, in an order that the source promises: mark it once the write is durable.
///
/// ```
/// use lambkin::prelude::*;
///
/// #[derive(Deserialize)]
/// struct Order<'a> { id: &'a str, total: u64 }
///
/// struct Db;
///
/// impl Db {
///     /// Inserts all rows; the indices of those that the database refused.
///     async fn insert(&self, rows: Vec<(&str, u64)>) -> Result<Vec<usize>, Error> {
/// #       let _ = rows;
///         Ok(Vec::new())
///     }
/// }
///
/// #[handler(sqs(batch_size = 500, window = "5s"))]
/// async fn load(batch: Batch<Order<'_>>, db: &Db) -> Result<Processed, Error> {
///     let rows = batch.iter().map(|order| (order.id, order.total)).collect();
///     for index in db.insert(rows).await? {
///         if let Some(order) = batch.get(index) {
///             order.failed("the database refused the row");
///         }
///     }
///     Ok(batch.rest_done())
/// }
/// # fn main() {}
/// ```
pub struct Batch<T, M = Nothing> {
    entries: Vec<Entry<T, M>>,
}

impl<T, M> Batch<T, M> {
    /// How many records there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are none. A handler is not called with an empty batch.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The records, in the event's order.
    pub fn iter(&self) -> std::slice::Iter<'_, Entry<T, M>> {
        self.entries.iter()
    }

    /// The record at this index.
    pub fn get(&self, index: usize) -> Option<&Entry<T, M>> {
        self.entries.get(index)
    }

    /// Ends the batch: what is not marked is done.
    pub fn rest_done(self) -> Processed {
        Processed { rest_is_done: true }
    }

    /// Ends the batch: what is not marked is retried.
    pub fn rest_retried(self) -> Processed {
        Processed { rest_is_done: false }
    }
}

impl<'b, T, M> IntoIterator for &'b Batch<T, M> {
    type Item = &'b Entry<T, M>;
    type IntoIter = std::slice::Iter<'b, Entry<T, M>>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<T, M> fmt::Debug for Batch<T, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Payloads do not reach a log by accident.
        write!(f, "Batch({} records)", self.len())
    }
}

/// One record of a [`Batch`]; it dereferences to the payload.
///
/// A mark stands whatever becomes of the handler afterwards, and the last one counts. Where the source promises an
/// order, what is marked behind a record that is not done comes again.
pub struct Entry<T, M = Nothing> {
    index: usize,
    payload: T,
    message: M,
    marks: Arc<Marks>,
}

impl<T, M> Entry<T, M> {
    /// The record's identifier, as the event source's response names it.
    pub fn id(&self) -> &str {
        self.marks.ids.get(self.index).map(String::as_str).unwrap_or_default()
    }

    /// The payload.
    pub fn payload(&self) -> &T {
        &self.payload
    }

    /// What the batch's second type took from the record.
    pub fn message(&self) -> &M {
        &self.message
    }

    /// Marks the record as done.
    pub fn done(&self) {
        self.marks.set(self.index, Mark::Done);
    }

    /// Marks the record as failed with this error: a message, or any error. It is retried, unless the error holds
    /// a [`Discard`](crate::Discard).
    pub fn failed(&self, error: impl Into<BoxError>) {
        self.marks.set(self.index, Mark::Failed(Failure::of(error, false)));
    }
}

impl<T, M> Deref for Entry<T, M> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.payload
    }
}

impl<T, M> fmt::Debug for Entry<T, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entry").field("id", &self.id()).finish_non_exhaustive()
    }
}

/// What a handler of a [`Batch`] returns: only the batch itself makes it.
#[derive(Debug)]
#[must_use = "the handler returns it"]
pub struct Processed {
    rest_is_done: bool,
}

/// No extractor beside the payload.
#[derive(Clone, Copy, Debug)]
pub struct Nothing;

impl<R: ?Sized> FromRecord<'_, R> for Nothing {
    fn from_record(_: &R, _: &Context) -> Result<Self, Failure> {
        Ok(Self)
    }
}

enum Mark {
    Done,
    Failed(Failure),
    /// Stands behind one that did not decode, in an order that the source promises.
    HeldBack,
}

/// What is known about each record; shared, so that it survives the handler.
struct Marks {
    ids: Vec<String>,
    marks: Mutex<Vec<Option<Mark>>>,
}

impl Marks {
    fn lock(&self) -> MutexGuard<'_, Vec<Option<Mark>>> {
        self.marks.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_set(&self, index: usize) -> bool {
        self.lock().get(index).is_some_and(Option::is_some)
    }

    fn set(&self, index: usize, mark: Mark) {
        if let Some(slot) = self.lock().get_mut(index) {
            *slot = Some(mark);
        }
    }
}

/// The source of a handler that takes a [`Batch`] from `S`.
#[doc(hidden)]
pub struct Whole<S>(PhantomData<fn(S)>);

/// An event's records as one thing to take parameters from.
#[doc(hidden)]
pub struct WholeBatch<'c, R> {
    records: Vec<R>,
    order: Order,
    call: &'c Call<'c>,
    marks: Arc<Marks>,
    /// Whether the handler got to see any of it.
    is_handed_over: AtomicBool,
}

impl<S: BatchSource> Mode<true> for S {
    type Source = Whole<S>;
}

impl<T, M> Takes<Batch<T, M>> {
    /// A batch.
    pub const BATCH: bool = true;

    /// Never compiles: says why.
    pub fn must_fold()
    where
        Batch<T, M>: Folds,
    {
    }

    /// Never compiles: says why.
    pub fn must_be_one_of_many()
    where
        Batch<T, M>: RunsBesideOthers,
    {
    }

    /// Never compiles: says why.
    pub fn must_be_single()
    where
        Batch<T, M>: HasKey,
    {
    }
}

macro_rules! needs_a_window {
    ($(<$($parameter:ident),*> $batch:ty,)*) => { $(
        impl<$($parameter),*> Takes<$batch> {
            /// Never compiles: says why.
            pub fn must_need_no_window()
            where
                Self: NeedsNoWindow,
            {
            }
        }
    )* };
}

needs_a_window! {
    <T> Batch<T, Window<'_>>,
    <T, S> Batch<T, WindowState<'_, S>>,
    <> Batch<Window<'_>>,
    <S> Batch<WindowState<'_, S>>,
}

/// What can run beside its like. Nothing implements it: it words the error.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`concurrency` is about records one by one, and this handler takes a whole batch",
    label = "all records of an event at once",
    note = "lambkin::E113: remove `concurrency`, or take the payload of one record instead of a `Batch`"
)]
pub trait RunsBesideOthers {}

/// What one key can stand for. Nothing implements it: it words the error.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`#[idempotent]` is about records one by one, and this handler takes a whole batch",
    label = "all records of an event at once",
    note = "lambkin::E113: take the payload of one record instead of a `Batch`, or put `#[idempotent(store = …)]` on a \
            function that the handler calls for each record"
)]
pub trait HasKey {}

// A whole batch is refused by its type alone: what follows from that would only be noise.
impl<R> NaturalKey for WholeBatch<'_, R> {
    fn natural_key(&self) -> Vec<Option<Cow<'_, str>>> {
        Vec::new()
    }
}

/// What a window's state can go through. Nothing implements it: it words the error.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "a window's state goes through the records one by one, and this handler takes a whole batch",
    label = "all records of an event at once",
    note = "lambkin::E115: take the payload of one record and a `WindowState`, in which a record that fails leaves no \
            trace; or remove `tumbling_window`"
)]
pub trait Folds {}

impl<R> WholeBatch<'_, R> {
    /// The records that decode, but for those that would overtake one that does not.
    fn batch<'r, T, M: FromRecord<'r, R>>(
        &'r self,
        cx: &Context,
        take: impl Fn(&'r R) -> Result<T, Failure>,
    ) -> Result<Batch<T, M>, Failure> {
        let take = |record| Ok((take(record)?, M::from_record(record, cx)?));
        // A decoder that panics fails its record, as it does without a batch.
        let guarded = |record| panic::catch_now(|| take(record)).and_then(|taken| taken);
        let taken: Vec<Result<(T, M), Failure>> = self.records.iter().map(guarded).collect();
        let is_dealt_with = |record: usize| match taken.get(record) {
            Some(Err(failure)) => engine::is_discarded(self.call, failure),
            _ => true,
        };
        for record in self.order.held_back(is_dealt_with) {
            self.marks.set(record, Mark::HeldBack);
        }
        let mut entries = Vec::with_capacity(taken.len());
        for (index, taken) in taken.into_iter().enumerate() {
            match taken {
                Err(failure) => self.marks.set(index, Mark::Failed(failure)),
                Ok((payload, message)) if !self.marks.is_set(index) => {
                    entries.push(Entry { index, payload, message, marks: Arc::clone(&self.marks) });
                }
                Ok(_) => {}
            }
        }
        if entries.is_empty() {
            return Err(Failure::malformed("the batch holds no record that the handler could take"));
        }
        self.is_handed_over.store(true, Ordering::Relaxed);
        Ok(Batch { entries })
    }
}

// The payload is tried after this, as for a single record.
impl<'r, R, T: FromRecord<'r, R>, M: FromRecord<'r, R>> FromRecord<'r, WholeBatch<'_, R>> for Batch<T, M> {
    fn from_record(whole: &'r WholeBatch<'_, R>, cx: &Context) -> Result<Self, Failure> {
        whole.batch(cx, |record| T::from_record(record, cx))
    }
}

impl<'r, R: Decode<'r, T>, T, M: FromRecord<'r, R>> Decode<'r, Batch<T, M>> for WholeBatch<'_, R> {
    fn decode(&'r self, cx: &Context) -> Result<Batch<T, M>, Failure> {
        self.batch(cx, |record| record.decode(cx))
    }
}

impl<S: BatchSource> Answer<Whole<S>> for Processed {
    fn answer(self) -> Result<Processed, Failure> {
        Ok(self)
    }
}

impl<S: BatchSource> Source for Whole<S> {
    type Record<'e> = WholeBatch<'e, <S as BatchSource>::Record<'e>>;
    type Answer = Processed;

    async fn serve<'c, H: OnRecord<Self>>(handler: &'c H, call: &'c Call<'c>) -> Result<Vec<u8>, InvocationError> {
        let event = S::unpack(event_text(call)?)?;
        let (envelope, records) = S::decode(&event)?;
        S::check(&records, call.spec)?;
        let ids: Vec<String> = records.iter().map(|record| record.id().to_owned()).collect();
        let marks = Mutex::new(ids.iter().map(|_| None).collect());
        let order = S::order(&records, usize::MAX);
        let marks = Arc::new(Marks { ids, marks });
        let whole = WholeBatch { records, order, call, marks, is_handed_over: AtomicBool::new(false) };
        let outcomes = if whole.records.is_empty() {
            Vec::new()
        } else {
            call.name_records(std::iter::once("the whole batch"));
            #[cfg(feature = "otel")]
            crate::telemetry::otel::spans::batch(call.spec.trigger.source, &whole.records, false);
            let returned = call.attempt(0, handler.on(&whole, call)).await;
            outcomes(&whole, &returned)
        };
        let partial = S::IS_PARTIAL && call.spec.policy.partial;
        let summary = response::settle(call, partial, whole.records.iter().map(BatchRecord::id), &outcomes)?;
        let response = S::respond(&envelope, &whole.records, &outcomes)?;
        summary.log(call);
        Ok(response)
    }
}

/// What became of each record: as it was marked; what was not, as the handler returned.
fn outcomes<R: BatchRecord>(whole: &WholeBatch<'_, R>, returned: &Result<Processed, Failure>) -> Vec<Outcome> {
    let call = whole.call;
    if let Err(failure) = returned
        && whole.is_handed_over.load(Ordering::Relaxed)
    {
        let incident = Incident::failure(failure).by(call.spec.name, &call.cx);
        incident.error(format_args!("the batch failed: {}", failure.message()));
    }
    let marks = std::mem::take(&mut *whole.marks.lock());
    let held_back = whole.order.held_back(|record| match marks.get(record) {
        Some(Some(Mark::Done)) => true,
        Some(Some(Mark::Failed(failure))) => engine::is_discarded(call, failure),
        Some(None) => matches!(returned, Ok(Processed { rest_is_done: true })),
        Some(Some(Mark::HeldBack)) | None => false,
    });
    let outcome = |(index, (record, mark)): (usize, (&R, Option<Mark>))| match (mark, returned) {
        _ if held_back.binary_search(&index).is_ok() => Outcome::Unprocessed,
        (Some(Mark::Done), _) => Outcome::Done,
        (Some(Mark::Failed(failure)), _) => engine::judge(call, record.id(), failure),
        (Some(Mark::HeldBack), _) => Outcome::Unprocessed,
        (None, Ok(Processed { rest_is_done: true })) => Outcome::Done,
        (None, Ok(Processed { rest_is_done: false })) => Outcome::Unprocessed,
        // Also a permanent failure: nobody said that it is each record's.
        (None, Err(failure)) => Outcome::Failed(failure.clone()),
    };
    whole.records.iter().zip(marks).enumerate().map(outcome).collect()
}
