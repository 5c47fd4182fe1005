//! Without Lambda: the same binary as a tool that runs one event, or serves HTTP.

mod arguments;
mod gateway;
mod serve;

use std::fmt::Write as _;
use std::io::{IsTerminal, Read, Write};
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde::Serialize;

use crate::app::error::InitError;
use crate::app::provide::Needs;
use crate::app::{App, Entry, dispatch, shutdown};
use crate::call::Call;
use crate::config::manifest::Reads;
use crate::context::Context;
use crate::error::InvocationError;
use crate::local::arguments::{Command, Source, parse};
use crate::spec::FunctionSpec;
use crate::telemetry::complain;
use crate::telemetry::logs::Logging;
use crate::telemetry::metrics::section::Metrics;

/// Runs the tool with the process's arguments.
pub(crate) async fn run<A: App>(app: &'static A) -> ExitCode {
    #[cfg(feature = "otel")]
    if let Err(error) = crate::telemetry::otel::start() {
        return complain(&error.payload().error_message);
    }
    let logging = Logging::of::<A>();
    #[cfg(feature = "metrics")]
    crate::telemetry::metrics::install(A::METRICS, crate::telemetry::metrics::Sink::Stderr);
    let names: Vec<&str> = A::HANDLERS.iter().map(|entry| entry.spec.name).collect();
    // What is no text is no option and no handler's name; as a path it is not found, and named.
    let arguments = std::env::args_os().skip(1).map(|argument| argument.to_string_lossy().into_owned());
    let (handler, event, deadline) = match parse(arguments, &names) {
        Ok(Command::Help) => return print(&help(A::HANDLERS)),
        Ok(Command::Manifest) => return print(&manifest::<A>()),
        Ok(Command::Invoke { handler, event, deadline }) => (handler, event, deadline),
        Ok(Command::Serve(request)) => return serve::run(app, request, || logging.install()).await,
        Err(error) => return complain(&format!("{error}\n\n{}", help(A::HANDLERS))),
    };
    let entry = match choose(A::HANDLERS, handler) {
        Ok(entry) => entry,
        Err(error) => return complain(&error.payload().error_message),
    };
    let event = match read(&event) {
        Ok(event) => event,
        Err(error) => return complain(&error),
    };
    let ready = match (entry.resolve)(app).await {
        Ok(ready) => ready,
        Err(error) => return init_failed(&error),
    };
    logging.install();

    let cx = Context::with_deadline(local_context(entry.spec, "local"), deadline);
    if let Some(limit) = deadline {
        end_at(limit, &cx);
    }
    let call = Call::new(entry.spec, &event, cx, None);
    let served = ready.invoke(&call).await;
    if ANSWERED.swap(true, Ordering::SeqCst) {
        // The time was over first, and the process is about to end.
        std::future::pending::<()>().await;
    }
    let code = match served {
        Ok(response) => print(&text(response)),
        Err(error) => {
            print(&text(error.to_json()));
            ExitCode::FAILURE
        }
    };
    drop(call);
    shutdown::run_all(app).await;
    #[cfg(feature = "otel")]
    crate::telemetry::otel::finish().await;
    code
}

fn choose<A>(handlers: &'static [Entry<A>], named: Option<String>) -> Result<&'static Entry<A>, InitError> {
    let Some(name) = named else {
        return dispatch::choose(handlers, |variable| std::env::var(variable).ok()).map_err(|error| {
            let message = format!("{}, or name one before the event", error.payload().error_message);
            InitError::new("NoHandlerChosen", message)
        });
    };
    dispatch::named(handlers, &name).ok_or_else(|| {
        let names = dispatch::names(handlers);
        let message = format!("there is no handler `{name}`: this binary holds {names}, to be named before the event");
        InitError::new("NoSuchHandler", message)
    })
}

fn read(source: &Source) -> Result<Vec<u8>, String> {
    match source {
        Source::File(path) => std::fs::read(path).map_err(|error| format!("`{}`: {error}", path.display())),
        Source::StandardInput => {
            if std::io::stdin().is_terminal() {
                let _ = writeln!(std::io::stderr(), "reading the event from the terminal; Ctrl-D ends it");
            }
            let mut event = Vec::new();
            let read = std::io::stdin().lock().read_to_end(&mut event);
            read.map(|_| event).map_err(|error| format!("standard input: {error}"))
        }
    }
}

fn init_failed(error: &InitError) -> ExitCode {
    error.log();
    print(&text(error.payload().to_json()));
    ExitCode::FAILURE
}

fn local_context(spec: &FunctionSpec, request_id: &str) -> lambda_runtime::Context {
    let config = lambda_runtime::Config {
        function_name: spec.name.to_owned(),
        version: "$LATEST".to_owned(),
        memory: spec.memory.and_then(|mb| i32::try_from(mb).ok()).unwrap_or(128),
        ..lambda_runtime::Config::default()
    };
    let mut context = lambda_runtime::Context::default();
    context.request_id = request_id.to_owned();
    context.invoked_function_arn = format!("arn:aws:lambda:local:000000000000:function:{}", spec.name);
    context.env_config = config.into();
    context
}

/// Whether the one answer has been given: by the handler, or by the time limit.
static ANSWERED: AtomicBool = AtomicBool::new(false);

/// Ends the process at the limit, with the payload that Lambda answers a timeout with. A thread, because
/// a handler that never yields would keep the async runtime's timers from firing.
fn end_at(limit: Duration, cx: &Context) {
    let payload = timed_out(limit, cx.request_id());
    std::thread::spawn(move || {
        std::thread::sleep(limit);
        if !ANSWERED.swap(true, Ordering::SeqCst) {
            print(&text(payload.to_json()));
            std::process::exit(1);
        }
    });
}

/// The payload that Lambda answers a timeout with.
fn timed_out(limit: Duration, request_id: &str) -> InvocationError {
    let seconds = limit.as_secs_f64();
    let message = format!("RequestId: {request_id} Error: Task timed out after {seconds:.2} seconds");
    InvocationError::new("Sandbox.Timedout", message)
}

fn text(json: Vec<u8>) -> String {
    String::from_utf8_lossy(&json).into_owned()
}

fn print(text: &str) -> ExitCode {
    match writeln!(std::io::stdout(), "{}", text.trim_end()) {
        Ok(()) => ExitCode::SUCCESS,
        // Whoever read has gone away; there is nobody to tell.
        Err(_) => ExitCode::FAILURE,
    }
}

fn help<A>(handlers: &[Entry<A>]) -> String {
    let mut help = String::from(
        "Runs one event through a handler and prints the response, or serves HTTP.\n\n\
         Usage: [HANDLER] [EVENT] [--deadline DURATION]\n\
         \x20      serve [HANDLER] [--port PORT] [--host ADDRESS] [--deadline DURATION]\n\
         \x20      manifest\n\n\
         EVENT is a file of JSON; `-` or nothing reads standard input. With one handler its name can be\n\
         left out. `--deadline 3s` ends the run after that time, as Lambda's timeout does.\n\n\
         `serve` turns each HTTP request into the event that API Gateway makes of it, until Ctrl-C. Without a\n\
         name each handler for `http` gets a port of its own, from PORT upwards: 3000 if nothing is said, and 0\n\
         is a free one. ADDRESS is 127.0.0.1 if nothing is said; `--host 0.0.0.0` lets other machines in. The\n\
         deadline is each request's own, and else the handler's `timeout`.\n\n\
         `manifest` prints what the attributes say, as JSON.\n\n\
         Handlers:\n",
    );
    for entry in handlers {
        let FunctionSpec { name, trigger, .. } = entry.spec;
        // Writing to a string does not fail.
        let _ = writeln!(help, "  {name}  ({})", trigger.source);
    }
    help
}

#[derive(Serialize)]
struct Manifest {
    /// The version of this format.
    version: u32,
    functions: Vec<ManifestEntry>,
}

#[derive(Serialize)]
struct ManifestEntry {
    #[serde(flatten)]
    spec: &'static FunctionSpec,
    /// The `#[init]` functions that the handler reaches, in an order in which they can run.
    init: Vec<&'static str>,
    /// What the configs that it reaches read.
    #[serde(skip_serializing_if = "Reads::is_empty")]
    config: Reads,
    /// The app's metrics.
    #[serde(skip_serializing_if = "Option::is_none")]
    metrics: Option<Metrics>,
}

fn manifest<A: App>() -> String {
    let functions = A::HANDLERS.iter().map(|entry| ManifestEntry {
        spec: entry.spec,
        init: Needs::names(entry.needs),
        config: Reads::of_needs(entry.needs),
        metrics: A::METRICS,
    });
    let manifest = Manifest { version: 1, functions: functions.collect() };
    serde_json::to_string_pretty(&manifest).unwrap_or_default()
}
