//! Without Lambda: the same binary as a tool that runs one event.

use std::fmt::Write as _;
use std::io::{IsTerminal, Read, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde::Serialize;

use crate::app::error::InitError;
use crate::app::provide::Needs;
use crate::app::{App, Entry, dispatch, shutdown};
use crate::call::Call;
use crate::context::Context;
use crate::error::InvocationError;
use crate::spec::FunctionSpec;
use crate::telemetry::complain;
use crate::telemetry::logs::Lines;

/// What the command line asks for.
#[derive(Debug, PartialEq, Eq)]
enum Command {
    Help,
    Manifest,
    Invoke { handler: Option<String>, event: Source, deadline: Option<Duration> },
}

#[derive(Debug, PartialEq, Eq)]
enum Source {
    StandardInput,
    File(PathBuf),
}

/// Runs the tool with the process's arguments.
pub(crate) async fn run<A: App>(app: &'static A) -> ExitCode {
    let (lines, during_init) = Lines::during_init();
    let names: Vec<&str> = A::HANDLERS.iter().map(|entry| entry.spec.name).collect();
    // What is no text is no option and no handler's name; as a path it is not found, and named.
    let arguments = std::env::args_os().skip(1).map(|argument| argument.to_string_lossy().into_owned());
    let (handler, event, deadline) = match parse(arguments, &names) {
        Ok(Command::Help) => return print(&help(A::HANDLERS)),
        Ok(Command::Manifest) => return print(&manifest(A::HANDLERS)),
        Ok(Command::Invoke { handler, event, deadline }) => (handler, event, deadline),
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
        Err(error) => {
            error.log();
            print(&text(error.payload().to_json()));
            return ExitCode::FAILURE;
        }
    };
    lines.install(during_init);

    let cx = Context::with_deadline(local_context(entry.spec), deadline);
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
    code
}

fn parse(arguments: impl Iterator<Item = String>, handlers: &[&str]) -> Result<Command, String> {
    let mut positional = Vec::new();
    let mut deadline = None;
    let mut arguments = arguments.peekable();
    while let Some(argument) = arguments.next() {
        let (flag, attached) = match argument.split_once('=') {
            Some((flag, value)) if flag.starts_with("--") => (flag, Some(value.to_owned())),
            _ => (argument.as_str(), None),
        };
        match flag {
            "--help" | "-h" => return Ok(Command::Help),
            "--deadline" => {
                let value = attached.or_else(|| arguments.next());
                let value = value.ok_or("`--deadline` needs a duration, as in `--deadline 3s`")?;
                let limit = humantime::parse_duration(&value)
                    .map_err(|error| format!("`--deadline {value}`: {error}; write `3s` or `500ms`"))?;
                deadline = Some(limit);
            }
            flag if flag.starts_with('-') && flag != "-" => return Err(format!("unknown option `{flag}`")),
            _ => positional.push(argument),
        }
    }
    let mut positional = positional.into_iter().peekable();
    match positional.peek().map(String::as_str) {
        Some("help") => return Ok(Command::Help),
        Some("manifest") => return Ok(Command::Manifest),
        _ => {}
    }
    // With one handler its name can be left out.
    let names_handler = |word: &String| handlers.contains(&word.as_str()) || handlers.len() > 1;
    let handler = positional.next_if(names_handler);
    let event = match positional.next() {
        None => Source::StandardInput,
        Some(dash) if dash == "-" => Source::StandardInput,
        Some(path) => Source::File(path.into()),
    };
    if let Some(extra) = positional.next() {
        return Err(format!("one event at a time: `{extra}` is one argument too many"));
    }
    Ok(Command::Invoke { handler, event, deadline })
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

fn local_context(spec: &FunctionSpec) -> lambda_runtime::Context {
    let config = lambda_runtime::Config {
        function_name: spec.name.to_owned(),
        version: "$LATEST".to_owned(),
        memory: spec.memory.and_then(|mb| i32::try_from(mb).ok()).unwrap_or(128),
        ..lambda_runtime::Config::default()
    };
    let mut context = lambda_runtime::Context::default();
    context.request_id = "local".to_owned();
    context.invoked_function_arn = format!("arn:aws:lambda:local:000000000000:function:{}", spec.name);
    context.env_config = config.into();
    context
}

/// Whether the one answer has been given: by the handler, or by the time limit.
static ANSWERED: AtomicBool = AtomicBool::new(false);

/// Ends the process at the limit, with the payload that Lambda answers a timeout with. A thread, because
/// a handler that never yields would keep the async runtime's timers from firing.
fn end_at(limit: Duration, cx: &Context) {
    let seconds = limit.as_secs_f64();
    let message = format!("RequestId: {} Error: Task timed out after {seconds:.2} seconds", cx.request_id());
    let payload = InvocationError::new("Sandbox.Timedout", message);
    std::thread::spawn(move || {
        std::thread::sleep(limit);
        if !ANSWERED.swap(true, Ordering::SeqCst) {
            print(&text(payload.to_json()));
            std::process::exit(1);
        }
    });
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
        "Runs one event through a handler and prints the response.\n\n\
         Usage: [HANDLER] [EVENT] [--deadline DURATION]\n\
         \x20      manifest\n\n\
         EVENT is a file of JSON; `-` or nothing reads standard input. With one handler its name can be\n\
         left out. `--deadline 3s` ends the run after that time, as Lambda's timeout does. `manifest` prints\n\
         what the attributes say, as JSON.\n\n\
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
}

fn manifest<A>(handlers: &[Entry<A>]) -> String {
    let functions = handlers.iter().map(|entry| ManifestEntry { spec: entry.spec, init: Needs::names(entry.needs) });
    let manifest = Manifest { version: 1, functions: functions.collect() };
    serde_json::to_string_pretty(&manifest).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(arguments: &[&str], handlers: &[&str]) -> Result<Command, String> {
        parse(arguments.iter().map(|a| (*a).to_owned()), handlers)
    }

    fn invoke(handler: Option<&str>, event: Source, deadline: Option<u64>) -> Result<Command, String> {
        Ok(Command::Invoke { handler: handler.map(str::to_owned), event, deadline: deadline.map(Duration::from_secs) })
    }

    #[test]
    fn the_command_line_is_read() {
        let file = || Source::File("e.json".into());
        let (one, two) = (&["fulfil"][..], &["fulfil", "report"][..]);
        assert_eq!(parsed(&["fulfil", "e.json"], one), invoke(Some("fulfil"), file(), None));
        assert_eq!(parsed(&["e.json"], one), invoke(None, file(), None));
        assert_eq!(parsed(&[], one), invoke(None, Source::StandardInput, None));
        assert_eq!(parsed(&["fulfil", "-"], one), invoke(Some("fulfil"), Source::StandardInput, None));
        assert_eq!(parsed(&["--deadline", "3s", "e.json"], one), invoke(None, file(), Some(3)));
        assert_eq!(parsed(&["report", "e.json", "--deadline=3s"], two), invoke(Some("report"), file(), Some(3)));
        assert_eq!(parsed(&["refund"], two), invoke(Some("refund"), Source::StandardInput, None));
        assert_eq!(parsed(&["manifest"], one), Ok(Command::Manifest));
        assert_eq!(parsed(&["fulfil", "--help"], one), Ok(Command::Help));
        assert!(parsed(&["--deadline", "3 apples"], one).unwrap_err().contains("write `3s`"));
        assert!(parsed(&["--deadline"], one).unwrap_err().contains("needs a duration"));
        assert!(parsed(&["--verbose"], one).unwrap_err().contains("unknown option `--verbose`"));
        assert!(parsed(&["a.json", "b.json"], one).unwrap_err().contains("`b.json` is one argument too many"));
    }
}
