//! On Lambda: the Runtime API.
//!
//! `lambda_runtime` asks for events, one at a time or several on Managed Instances, and restores
//! snapshots. Its inner services, which parse the event into an owned type and build the response, are
//! replaced by a layer that hands the event's bytes to the handler as they came and posts what it says.

mod api;
pub(crate) mod extension;

pub(crate) use api::RuntimeApi;

use std::marker::PhantomData;
use std::process::ExitCode;
use std::task;

use futures_util::future::BoxFuture;
use lambda_runtime::tower::{Layer, Service};
use lambda_runtime::{LambdaEvent, LambdaInvocation};

use crate::app::dispatch;
use crate::app::error::InitError;
use crate::app::{App, Ready};
use crate::call::Call;
use crate::context::Context;
use crate::error::{BoxError, chain};
use crate::panic;
use crate::serve::api::{INVOCATION_ID, Posted};
use crate::telemetry::incident::Incident;
use crate::telemetry::logs::Logging;

/// The variables that `lambda_runtime` would panic without.
const REQUIRED: [&str; 3] =
    ["AWS_LAMBDA_FUNCTION_NAME", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "AWS_LAMBDA_FUNCTION_VERSION"];

/// Serves events until Lambda ends the process.
pub(crate) async fn run<A: App>(app: &'static A, endpoint: &str) -> ExitCode {
    // Before the subscriber, which traces are a layer of.
    #[cfg(feature = "otel")]
    let traced = crate::telemetry::otel::start();
    let logging = Logging::of::<A>();
    #[cfg(feature = "metrics")]
    crate::telemetry::metrics::install(A::METRICS, crate::telemetry::metrics::Sink::Stdout);
    let client = match RuntimeApi::new(endpoint) {
        Ok(client) => client,
        Err(error) => return fail("the Runtime API can't be reached", &*error),
    };
    #[cfg(feature = "logs")]
    let watched = crate::telemetry::guard_rails::watch_init();
    #[cfg(not(feature = "otel"))]
    let ready = init(app).await;
    #[cfg(feature = "otel")]
    let ready = match traced {
        Ok(()) => {
            crate::telemetry::otel::warn();
            init(app).await
        }
        Err(error) => Err(error),
    };
    let ready = match ready {
        Ok(ready) => ready,
        Err(error) => {
            let payload = error.payload();
            error.log();
            client.post("/2018-06-01/runtime/init/error", None, Posted::Error(payload)).await.unwrap_or_else(|error| {
                fail("the init error could not be posted", &*error);
            });
            return ExitCode::FAILURE;
        }
    };
    #[cfg(feature = "logs")]
    drop(watched);
    logging.install();
    if let Some(shutdown) = A::SHUTDOWN
        && let Err(error) = (shutdown.watch)(app, client.clone()).await
    {
        return fail("`#[shutdown]` needs an internal extension, which could not be registered", &*error);
    }
    // The innermost service is never called: the layer stands in for all of it.
    let unused = lambda_runtime::service_fn(|_: LambdaEvent<()>| std::future::ready(Ok::<(), BoxError>(())));
    let runtime = lambda_runtime::Runtime::new(unused).layer(Respond { ready, client, app: PhantomData::<fn(A)> });
    #[cfg(any(feature = "logs", feature = "metrics"))]
    crate::telemetry::startup::ready();
    // `lambda_runtime` panics when an answer to `/next` lacks the headers of an invocation, as an error
    // status does. The API's rule for those is to exit.
    match panic::catch(runtime.run_concurrent()).await {
        Ok(Ok(())) => ExitCode::SUCCESS,
        Ok(Err(error)) => fail("the Runtime API failed", &*error),
        Err(panic) => fail("the Runtime API's answer to `/next` was not an invocation", &panic),
    }
}

fn fail(what: &str, error: &(dyn std::error::Error + 'static)) -> ExitCode {
    Incident::of("RuntimeApi").error(format_args!("{what}: {}", chain(error)));
    ExitCode::FAILURE
}

/// Chooses the handler and initialises what it reaches.
async fn init<A: App>(app: &'static A) -> Result<&'static dyn Ready, InitError> {
    let variable = |name: &str| std::env::var(name).ok();
    if let Some(missing) = REQUIRED.into_iter().find(|name| variable(name).is_none()) {
        let message = format!("`{missing}` is not set, and Lambda always sets it");
        return Err(InitError::new("InvalidEnvironment", message));
    }
    if let Some(memory) = variable("AWS_LAMBDA_FUNCTION_MEMORY_SIZE").filter(|mb| mb.parse::<i32>().is_err()) {
        let message = format!("`AWS_LAMBDA_FUNCTION_MEMORY_SIZE` is `{memory}`, not a number of MB");
        return Err(InitError::new("InvalidEnvironment", message));
    }
    let entry = dispatch::choose(A::HANDLERS, variable)?;
    let resolving = (entry.resolve)(app);
    let resolving = match A::LATER {
        Some(later) => (later.init)(entry.spec, resolving),
        None => resolving,
    };
    resolving.await
}

/// Replaces `lambda_runtime`'s inner services. Of the app's type, so that one without a config holds nothing of [`App::LATER`].
struct Respond<A> {
    ready: &'static dyn Ready,
    client: RuntimeApi,
    app: PhantomData<fn(A)>,
}

impl<S, A: App> Layer<S> for Respond<A> {
    type Service = Responder<A>;

    fn layer(&self, _: S) -> Responder<A> {
        Responder { ready: self.ready, client: self.client.clone(), app: PhantomData }
    }
}

struct Responder<A> {
    ready: &'static dyn Ready,
    client: RuntimeApi,
    app: PhantomData<fn(A)>,
}

impl<A> Clone for Responder<A> {
    fn clone(&self) -> Self {
        Self { ready: self.ready, client: self.client.clone(), app: PhantomData }
    }
}

impl<A: App> Service<LambdaInvocation> for Responder<A> {
    type Response = ();
    type Error = BoxError;
    type Future = BoxFuture<'static, Result<(), BoxError>>;

    fn poll_ready(&mut self, _: &mut task::Context<'_>) -> task::Poll<Result<(), BoxError>> {
        task::Poll::Ready(Ok(()))
    }

    fn call(&mut self, invocation: LambdaInvocation) -> Self::Future {
        Box::pin(respond::<A>(self.ready, self.client.clone(), invocation))
    }
}

async fn respond<A: App>(
    ready: &'static dyn Ready,
    client: RuntimeApi,
    invocation: LambdaInvocation,
) -> Result<(), BoxError> {
    let LambdaInvocation { parts, body, context } = invocation;
    let base = format!("/2018-06-01/runtime/invocation/{}", context.request_id);
    // Echoed, so that Lambda can refuse an answer to an invocation that has timed out.
    let invocation_id = parts.headers.get(INVOCATION_ID).cloned();
    let call = Call::new(ready.spec(), &body, Context::new(context), None);
    let result = ready.invoke(&call).await;
    drop(call);
    let posted = match result {
        Ok(response) => client.post(&format!("{base}/response"), invocation_id, Posted::Response(response)).await,
        Err(error) => client.post(&format!("{base}/error"), invocation_id, Posted::Error(&error)).await,
    };
    if A::LATER.is_some_and(|later| (later.has_failed)()) {
        // As after an init error. The next environment tries again.
        std::process::exit(1);
    }
    posted
}
