//! Tumbling windows: a stream's records are folded into a state that Lambda hands from one invocation to the next.
//!
//! <https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-windows.html>

use std::any::{Any, type_name};
use std::borrow::Cow;
use std::fmt;
use std::ops::{Deref, DerefMut};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use crate::call::Call;
use crate::context::Context;
use crate::decode;
use crate::error::{Failure, FailureKind, InvocationError};
use crate::parameter::Takes;
use crate::record::{FromRecord, Take};
use crate::source::lazy::{self, Lazy};

/// What a windowed event says about its window, and the state on its way through the records.
pub struct Folding<'e> {
    window: &'e RawValue,
    state: Lazy<'e>,
    shard_id: Lazy<'e>,
    is_final: bool,
    is_terminated_early: bool,
    progress: Mutex<Progress>,
}

#[derive(Default)]
struct Progress {
    /// The state after the last record that succeeded; nothing before the first one.
    current: Option<Box<dyn Value>>,
    /// What the record that runs has made of it.
    pending: Option<Box<dyn Value>>,
    /// Whether that record has taken the state: of two copies, one's changes would be lost.
    is_taken: bool,
}

/// A state, whatever its type.
trait Value: Send {
    fn to_json(&self) -> Result<Box<RawValue>, serde_json::Error>;
    fn as_any(&self) -> &dyn Any;
}

impl<T: Serialize + Send + 'static> Value for T {
    fn to_json(&self) -> Result<Box<RawValue>, serde_json::Error> {
        serde_json::value::to_raw_value(self)
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

impl<'e> Folding<'e> {
    pub(crate) fn new(
        window: &'e RawValue,
        state: Lazy<'e>,
        shard_id: Lazy<'e>,
        is_final: bool,
        is_terminated_early: bool,
    ) -> Self {
        Self { window, state, shard_id, is_final, is_terminated_early, progress: Mutex::default() }
    }

    fn progress(&self) -> MutexGuard<'_, Progress> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A record has succeeded: what it made of the state stands.
    pub(crate) fn commit(&self) {
        let mut progress = self.progress();
        progress.is_taken = false;
        if let Some(pending) = progress.pending.take() {
            progress.current = Some(pending);
        }
    }

    /// A record has failed: nothing of what it made stands.
    pub(crate) fn forget(&self) {
        let mut progress = self.progress();
        progress.is_taken = false;
        progress.pending = None;
    }

    /// The state for the record that runs.
    fn take<T: Foldable>(&self) -> Result<T, Failure> {
        if std::mem::replace(&mut self.progress().is_taken, true) {
            return Err(invalid("a handler takes it once".to_owned()));
        }
        self.load()
    }

    /// The state as the response wants it; what no record touched goes back as it came.
    pub(crate) fn state(&self) -> Result<Box<RawValue>, InvocationError> {
        let current = self.progress().current.as_ref().map(|state| state.to_json()).transpose();
        let state = current.map_err(|error| {
            InvocationError::new("InvalidState", format!("the window's state does not serialise: {error}"))
        })?;
        let state = state.or_else(|| self.state.map(ToOwned::to_owned)).filter(|state| state.get() != "null");
        // A response without a state would be a failure.
        let empty =
            || RawValue::from_string("{}".to_owned()).map_err(|error| InvocationError::bad_event(error.to_string()));
        state.map_or_else(empty, Ok)
    }

    fn load<T: Foldable>(&self) -> Result<T, Failure> {
        let progress = self.progress();
        let Some(current) = &progress.current else {
            return match self.state.map(RawValue::get) {
                // What the first invocation of a window gets.
                None | Some("null" | "{}") => Ok(T::default()),
                Some(json) => decoded(json),
            };
        };
        // `**`: the boxed value itself is asked, and not the box, which is a value as well.
        if let Some(state) = (**current).as_any().downcast_ref::<T>() {
            return Ok(state.clone());
        }
        // As another type it goes through JSON, as it does between invocations.
        let json = current.to_json().map_err(|error| invalid(format!("it does not serialise: {error}")))?;
        decoded(json.get())
    }
}

fn decoded<T: Foldable>(json: &str) -> Result<T, Failure> {
    serde_json::from_str(json).map_err(|error| {
        let reason = decode::without_values(&error.to_string());
        invalid(format!("it does not decode into `{}`: {reason}", type_name::<T>()))
    })
}

// Not malformed: that is about a record, and would discard it where the handler wants that.
fn invalid(what: String) -> Failure {
    Failure::new(FailureKind::Error, "InvalidState", format!("the window's state: {what}"))
}

/// The tumbling window that a record belongs to.
///
/// Taken by value next to the payload of a stream's record, and by the function that `on_window_end` names.
/// See [AWS on windows][w].
///
/// [w]: https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-windows.html
#[derive(Clone, Copy)]
pub struct Window<'r>(&'r Folding<'r>);

impl<'r> Window<'r> {
    pub(crate) fn of(folding: &'r Folding<'r>) -> Self {
        Self(folding)
    }

    pub(crate) fn required(folding: Option<&'r Folding<'r>>) -> Result<Self, Failure> {
        folding.map(Self).ok_or_else(|| {
            let message = "the event has no window: give the event source mapping `TumblingWindowInSeconds`";
            Failure::new(FailureKind::Error, "NoWindow", message)
        })
    }

    /// When the window starts.
    pub fn start(&self) -> Option<SystemTime> {
        lazy::rfc3339(lazy::field(Some(self.0.window), "start"))
    }

    /// When it ends.
    pub fn end(&self) -> Option<SystemTime> {
        lazy::rfc3339(lazy::field(Some(self.0.window), "end"))
    }

    /// `shardId`: windows are per shard.
    pub fn shard_id(&self) -> Option<Cow<'r, str>> {
        lazy::text(self.0.shard_id)
    }

    /// `isFinalInvokeForWindow`: this invocation is the window's last.
    pub fn is_final(&self) -> bool {
        self.0.is_final
    }

    /// `isWindowTerminatedEarly`: the state passed 1 MB, so the window ends before its time.
    pub fn is_terminated_early(&self) -> bool {
        self.0.is_terminated_early
    }

    /// The window's state, for generated code.
    ///
    /// # Errors
    /// If the state is of another type.
    #[doc(hidden)]
    pub fn into_state<T: Foldable>(self) -> Result<T, Failure> {
        self.0.load()
    }
}

impl fmt::Debug for Window<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The state is the user's; it stays out of logs.
        f.debug_struct("Window")
            .field("start", &self.start())
            .field("end", &self.end())
            .field("is_final", &self.is_final())
            .finish_non_exhaustive()
    }
}

/// What a window's state can be: it travels as JSON between invocations, starts as its default, and is cloned
/// for each record, so that a record that fails leaves no trace in it.
///
/// Implemented for every type that has what it takes.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be the state of a window",
    label = "not a state",
    note = "lambkin::E114: derive `Clone`, `Default`, `serde::Serialize` and `serde::Deserialize` for it, and let it \
            own what it holds"
)]
pub trait Foldable: Serialize + DeserializeOwned + Default + Clone + Send + 'static {}

// Not named in errors: they would speak of one trait that is missing, and not of what it is for.
#[diagnostic::do_not_recommend]
impl<T: Serialize + DeserializeOwned + Default + Clone + Send + 'static> Foldable for T {}

/// The state of a tumbling window, on its way through the window's records.
///
/// Taken by value next to the payload; it dereferences to the state. What the handler changes stands if it
/// succeeds, and is forgotten if it fails. The first record of a window gets the type's default, and the
/// response hands the state to the next invocation. Lambda's own first state is an empty object, so a state that
/// serialises to `{}` has to mean the same as the default; let it be a struct or a map. It travels as JSON, in which a
/// float may lose its last digit and what is not a number has no place. Where `#[deadline]` has an `on_exceeded` that
/// answers for the handler, what the handler had changed until then stands.
///
/// `on_window_end` names an `async fn(T, Window<'_>)`, which may ask for by-reference parameters of the handler, as in
/// `publish(db)`. It runs in the window's last invocation, once all of its records are dealt with. An error in it fails
/// that invocation, which Lambda then repeats; a permanent one (`Discard`) is logged, and the window ends.
///
/// ```
/// use lambkin::prelude::*;
///
/// #[derive(Clone, Default, Serialize, Deserialize)]
/// struct Totals { sales: u64, amount: u64 }
///
/// #[derive(Deserialize)]
/// struct Sale { amount: u64 }
///
/// #[handler(kinesis(tumbling_window = "1m"), on_window_end = publish)]
/// async fn tally(sale: Sale, mut totals: WindowState<'_, Totals>) -> Result<(), Error> {
///     totals.sales += 1;
///     totals.amount += sale.amount;
///     Ok(())
/// }
///
/// async fn publish(totals: Totals, window: Window<'_>) -> Result<(), Error> {
///     println!("{} sales since {:?}", totals.sales, window.start());
/// #   let _ = totals.amount;
///     Ok(())
/// }
/// # fn main() {}
/// ```
// What `T` has to be is asked where the value is taken: there the error can stand at the parameter, once.
pub struct WindowState<'r, T> {
    value: T,
    /// Takes the value out, for the record after this one.
    keep: fn(&mut T) -> Box<dyn Value>,
    folding: &'r Folding<'r>,
}

impl<T> Deref for WindowState<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T> DerefMut for WindowState<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.value
    }
}

impl<T> Drop for WindowState<'_, T> {
    fn drop(&mut self) {
        let value = (self.keep)(&mut self.value);
        self.folding.progress().pending = Some(value);
    }
}

impl<T> fmt::Debug for WindowState<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WindowState").finish_non_exhaustive()
    }
}

impl Takes<Window<'_>> {
    /// Never compiles: says why.
    pub fn must_need_no_window()
    where
        Self: NeedsNoWindow,
    {
    }
}

impl<T> Takes<WindowState<'_, T>> {
    /// Never compiles: says why.
    pub fn must_need_no_window()
    where
        Self: NeedsNoWindow,
    {
    }
}

/// What is there without a window. Nothing implements it: it words the error.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "this handler takes a window, and its stream has none",
    label = "taken from a tumbling window",
    note = "lambkin::E116: add `tumbling_window = \"…\"` to the source's parentheses, and `TumblingWindowInSeconds` to \
            the event source mapping"
)]
pub trait NeedsNoWindow {}

/// A record that may belong to a window.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "there is no window to take this from",
    label = "single records of `kinesis` and `dynamodb` have windows",
    note = "lambkin::E101: a `Window` or a `WindowState` is taken from a record of a stream, and not from a `{Self}`"
)]
pub trait InWindow<'r> {
    /// The window, if the event has one.
    fn folding(&'r self) -> Option<&'r Folding<'r>>;
}

impl<'r, R: InWindow<'r>> FromRecord<'r, R> for Window<'r> {
    fn from_record(record: &'r R, _: &Context) -> Result<Self, Failure> {
        Self::required(record.folding())
    }
}

impl<'r, R: InWindow<'r>, T: Foldable> FromRecord<'r, R> for WindowState<'r, T> {
    fn from_record(record: &'r R, _: &Context) -> Result<Self, Failure> {
        let Window(folding) = Window::required(record.folding())?;
        Self::take(folding)
    }
}

impl<'r, T: Foldable> WindowState<'r, T> {
    fn take(folding: &'r Folding<'r>) -> Result<Self, Failure> {
        let keep = |value: &mut T| -> Box<dyn Value> { Box::new(std::mem::take(value)) };
        Ok(Self { value: folding.take()?, keep, folding })
    }
}

// What these two lack is worded by their own traits. Methods of the type come before those of `TakeNothing`, and
// after all that work.
impl<'r, R> Take<Window<'r>, R> {
    /// Never compiles: says that the source has no windows.
    #[doc(hidden)]
    pub fn take<P>(self, record: &'r R, call: &Call<'_>, payload: P) -> Result<(Window<'r>, P), Failure>
    where
        R: InWindow<'r>,
    {
        Ok((Window::from_record(record, call.context())?, payload))
    }
}

impl<'r, R, T> Take<WindowState<'r, T>, R> {
    /// Never compiles: says so, or what the state's type lacks.
    #[doc(hidden)]
    pub fn take<P>(self, record: &'r R, call: &Call<'_>, payload: P) -> Result<(WindowState<'r, T>, P), Failure>
    where
        R: InWindow<'r>,
        T: Foldable,
    {
        Ok((WindowState::from_record(record, call.context())?, payload))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folding(json: &str) -> Folding<'_> {
        let field = |name| lazy::field(Some(serde_json::from_str(json).unwrap()), name);
        let is_final = lazy::flag(field("isFinalInvokeForWindow"));
        Folding::new(field("window").unwrap(), field("state"), field("shardId"), is_final, false)
    }

    fn state<'r>(folding: &'r Folding<'r>) -> Result<WindowState<'r, Vec<u32>>, Failure> {
        WindowState::take(folding)
    }

    #[test]
    fn what_a_record_changes_stands_if_it_succeeds() {
        let folding = folding(r#"{"window":{"start":"2020-01-01T00:00:00Z"},"state":[1],"new":0}"#);
        state(&folding).unwrap().push(2);
        folding.commit();
        // This one fails.
        state(&folding).unwrap().push(3);
        folding.forget();
        assert_eq!(folding.state().unwrap().get(), "[1,2]");
        state(&folding).unwrap().push(4);
        folding.commit();
        assert_eq!(folding.state().unwrap().get(), "[1,2,4]");
        assert_eq!(folding.load::<[u64; 3]>(), Ok([1, 2, 4]), "another type of the same form");
        assert_eq!(folding.load::<String>().unwrap_err().error_type(), "InvalidState");

        let one = state(&folding).unwrap();
        assert!(state(&folding).unwrap_err().message().contains("takes it once"));
        drop(one);
    }

    #[test]
    fn a_window_starts_with_the_default() {
        for first in [r#"{"window":{}}"#, r#"{"window":{},"state":null}"#, r#"{"window":{},"state":{}}"#] {
            let folding = folding(first);
            assert!(state(&folding).unwrap().is_empty());
            assert_eq!(folding.state().unwrap().get(), "{}", "nothing was folded");
        }
        let odd = folding(r#"{"window":{},"state":{"secret":1}}"#);
        let failure = state(&odd).unwrap_err();
        assert!(!failure.message().contains("secret"), "{failure}");
        assert_eq!(failure.kind(), FailureKind::Error, "it would be discarded as malformed");
        assert_eq!(odd.state().unwrap().get(), r#"{"secret":1}"#);
    }

    #[test]
    fn a_window_says_when_it_is_and_how_it_ends() {
        let json = r#"{"window":{"start":"1970-01-01T00:02:00Z","end":"1970-01-01T00:04:00.000Z"},"shardId":"s-1",
            "isFinalInvokeForWindow":true,"isWindowTerminatedEarly":false}"#;
        let folding = folding(json);
        let window = Window(&folding);
        let at = |seconds| Some(SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(seconds));
        assert_eq!((window.start(), window.end()), (at(120), at(240)));
        assert_eq!(window.shard_id().as_deref(), Some("s-1"));
        assert!(window.is_final() && !window.is_terminated_early());
    }
}
