//! The app: what `main!` wires together.
//!
//! [`provide`] says which type comes from which function, [`init`] runs those functions, [`dispatch`]
//! picks the handler, [`shutdown`] says goodbye.

pub(crate) mod dispatch;
pub(crate) mod error;
pub(crate) mod init;
pub(crate) mod provide;
pub(crate) mod shutdown;

use futures_util::future::BoxFuture;

use crate::app::error::InitError;
use crate::app::provide::Needs;
use crate::call::Call;
use crate::config::phase::Later;
use crate::error::InvocationError;
use crate::panic;
use crate::source::{OnRecord, Source};
use crate::spec::FunctionSpec;
use crate::telemetry::incident::Incident;
use crate::telemetry::metrics::section::Metrics;

/// What Lambda takes as a buffered response: <https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html>.
pub(crate) const MAX_RESPONSE_BYTES: usize = 6_291_556;

/// An app's slots. The app itself names them through this trait, because the names of `init: […]` are
/// looked up where they can fall back on [`Unmarked`](init::Unmarked).
#[doc(hidden)]
pub trait Wired: Sized + 'static {
    /// A [`Slot`](provide::Slot) per `#[init]` function.
    type Slots: Default;
}

/// The type that `main!` and `app!` generate: handlers, and a place for each provided value.
#[doc(hidden)]
pub trait App: Default + Sync + Sized + 'static {
    /// The handlers, in the order of `main!`.
    const HANDLERS: &'static [Entry<Self>];

    /// The `#[shutdown]` functions, if there are any. An `Option`, so that an app without them links none
    /// of what listens for the signal.
    const SHUTDOWN: Option<shutdown::Shutdown<Self>>;

    /// What puts off the init of a `#[derive(Config)]`, if there is one. An `Option`, as above.
    const LATER: Option<Later>;

    /// The section `metrics`, if there is one.
    const METRICS: Option<Metrics> = None;

    /// What installs the user's own subscriber, where lambkin is to install none.
    const SUBSCRIBER: Option<fn()> = None;
}

/// A function marked `#[handler]`, for the apps that provide what it borrows.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "this function is not marked `#[handler]`",
    label = "not a `#[handler]` function",
    note = "lambkin::E107: `handlers: […]` lists what runs on events: write `#[handler(…)]` above the function, \
            or move its name to the list it belongs to"
)]
pub trait Handler<A>: 'static {
    /// What the attributes say.
    const SPEC: &'static FunctionSpec;

    /// What the handler borrows from the app.
    const NEEDS: &'static [&'static Needs];

    /// Initialises what the handler borrows, and binds it.
    fn resolve(app: &'static A) -> Resolving<&'static dyn Ready>;
}

/// A future of the init phase; boxed, because unboxed ones double with each layer of dependencies.
#[doc(hidden)]
pub type Resolving<T> = BoxFuture<'static, Result<T, InitError>>;

/// A handler of the app `A`.
#[doc(hidden)]
pub struct Entry<A: 'static> {
    pub(crate) spec: &'static FunctionSpec,
    pub(crate) needs: &'static [&'static Needs],
    pub(crate) resolve: fn(&'static A) -> Resolving<&'static dyn Ready>,
}

impl<A: 'static> Entry<A> {
    /// The entry of the handler that this value stands for.
    pub const fn of<H: Handler<A>>(_: &H) -> Self {
        Self { spec: H::SPEC, needs: H::NEEDS, resolve: H::resolve }
    }
}

/// A handler with all that it borrows.
#[doc(hidden)]
pub trait Ready: Send + Sync {
    /// What the attributes say.
    fn spec(&self) -> &'static FunctionSpec;

    /// Serves one event.
    fn serve<'c>(&'c self, call: &'c Call<'c>) -> BoxFuture<'c, Result<Vec<u8>, InvocationError>>;
}

impl dyn Ready {
    /// Serves one event, to a response that Lambda accepts or an error that is in the log.
    pub(crate) async fn invoke(&self, call: &Call<'_>) -> Result<Vec<u8>, InvocationError> {
        #[cfg(any(feature = "logs", feature = "metrics"))]
        return crate::telemetry::invocation::observe(call, self.answer(call)).await;
        #[cfg(not(any(feature = "logs", feature = "metrics")))]
        self.answer(call).await
    }

    async fn answer(&self, call: &Call<'_>) -> Result<Vec<u8>, InvocationError> {
        // The engine guards each record; this guard is for what lies around them.
        let served = panic::catch(self.serve(call)).await.unwrap_or_else(|failure| Err(failure.into()));
        call.close().await;
        let served = served.and_then(|response| match response.len() {
            ..=MAX_RESPONSE_BYTES => Ok(response),
            bytes => Err(InvocationError::new(
                "ResponseTooLarge",
                format!("the response has {bytes} bytes, and Lambda takes at most {MAX_RESPONSE_BYTES}"),
            )),
        });
        if let Err(error) = &served {
            let incident = Incident::of(&error.error_type).by(call.spec.name, &call.cx);
            incident.error(format_args!("invocation failed: {}", error.error_message));
        }
        served
    }
}

struct Bound<S, H> {
    spec: &'static FunctionSpec,
    handler: H,
    source: std::marker::PhantomData<fn(S)>,
}

impl<S: Source, H: OnRecord<S>> Ready for Bound<S, H> {
    fn spec(&self) -> &'static FunctionSpec {
        self.spec
    }

    fn serve<'c>(&'c self, call: &'c Call<'c>) -> BoxFuture<'c, Result<Vec<u8>, InvocationError>> {
        Box::pin(S::serve(&self.handler, call))
    }
}

/// Binds a handler for the rest of the process.
#[doc(hidden)]
pub fn ready<S: Source, H: OnRecord<S>>(spec: &'static FunctionSpec, handler: H) -> &'static dyn Ready {
    Box::leak(Box::new(Bound { spec, handler, source: std::marker::PhantomData::<fn(S)> }))
}

/// Refuses, during compilation, the handler at this index if one before it has its name.
#[doc(hidden)]
#[track_caller]
#[allow(clippy::panic, reason = "a panic in a constant is a compile error")]
pub const fn assert_name<A>(handlers: &[Entry<A>], index: usize) {
    let (mut others, [handler, ..]) = handlers.split_at(index) else { return };
    while let [other, rest @ ..] = others {
        let name = handler.spec.name.as_bytes();
        // Two that are broken have no name.
        if !name.is_empty() && same(name, other.spec.name.as_bytes()) {
            panic!(
                "lambkin::E111: another handler has the same name, and `_HANDLER` could not tell them apart: \
                 give one a name of its own, as in `#[handler(sqs, name = \"other\")]`"
            );
        }
        others = rest;
    }
}

const fn same(mut a: &[u8], mut b: &[u8]) -> bool {
    loop {
        match (a, b) {
            ([], []) => return true,
            ([x, a_rest @ ..], [y, b_rest @ ..]) if *x == *y => (a, b) = (a_rest, b_rest),
            _ => return false,
        }
    }
}

/// Stands in for a handler whose attribute is wrong, so that only that mistake is reported.
#[doc(hidden)]
pub struct Broken;

impl<A> Handler<A> for Broken {
    const SPEC: &'static FunctionSpec = &FunctionSpec::new("", "", "");
    const NEEDS: &'static [&'static Needs] = &[];

    fn resolve(_: &'static A) -> Resolving<&'static dyn Ready> {
        Box::pin(std::future::pending())
    }
}
