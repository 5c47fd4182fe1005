//! `#[handler(…)]` and `#[deadline(…)]`: raw arguments become a checked [`Handler`].

use proc_macro2::TokenStream;
use syn::Path;

use crate::args::concurrency::Concurrency;
use crate::args::idempotent::{self, Idempotent, Place};
use crate::args::value::{At, Function as Hook};
use crate::args::{self, Arg, Options, Value};
use crate::diag::{Code, Errors, list, unknown};
use crate::source::options::Settings;
use crate::source::{self, Kind, Source};
use crate::{companion, expand, signature};

/// Names that the local tool uses for itself, now or in what is planned.
const RESERVED: [&str; 8] = ["manifest", "help", "serve", "event", "invoke", "version", "template", "check"];

/// What holds for every source.
const OPTIONS: &[&str] = &["name", "timeout", "memory", "reserved_concurrency", "provisioned_concurrency", "crate"];

/// What holds for sources whose events have records; each says which of them it takes.
const BATCH_OPTIONS: &[&str] =
    &["concurrency", "partial", "all_failed", "malformed", "on_last_attempt", "on_window_end"];

/// A handler as its attributes describe it, checked.
pub(crate) struct Handler {
    pub(crate) krate: Path,
    pub(crate) source: &'static Source,
    pub(crate) settings: Settings,
    pub(crate) name: String,
    pub(crate) concurrency: Option<u64>,
    pub(crate) timeout: Option<u64>,
    pub(crate) memory: Option<u64>,
    pub(crate) environments: Concurrency,
    pub(crate) partial: bool,
    pub(crate) report_all_failed: bool,
    pub(crate) discard_malformed: bool,
    pub(crate) on_last_attempt: Option<Hook>,
    pub(crate) on_window_end: Option<Hook>,
    pub(crate) deadline: Option<Deadline>,
    pub(crate) idempotent: Option<Idempotent>,
}

/// `#[deadline(…)]`.
pub(crate) struct Deadline {
    pub(crate) margin_ms: u64,
    pub(crate) on_exceeded: Option<Hook>,
}

/// The path of this crate, needed even where all else is wrong.
pub(crate) fn krate(tokens: TokenStream) -> Path {
    let mut quiet = Errors::default();
    companion::krate(&mut args::parse(tokens, &mut quiet), &mut Errors::default())
}

impl Handler {
    /// Reads the attribute, and the companions off the function. `None` where what is wrong leaves
    /// nothing to generate code from.
    pub(crate) fn read(tokens: TokenStream, function: &mut signature::Function, errors: &mut Errors) -> Option<Self> {
        let before = errors.count();
        let mut args = args::parse(tokens, errors);
        let is_whole = errors.count() == before;
        let krate = companion::krate(&mut args, errors);
        let picked = pick_source(&mut args, is_whole, &function.sig.ident, errors);
        let span = function.sig.ident.span();
        let mut options = Options::new(args, errors);

        let (source, settings) = match picked {
            Some((source, group)) => (Some(source), read_source(source, group, errors)),
            None => (None, Settings::default()),
        };
        let name = options.take("name").and_then(|arg| arg.text(errors));
        let (name, name_span) = match name {
            Some(At { value, span }) => (value, span),
            None => (ident_text(&function.sig.ident), span),
        };
        if RESERVED.contains(&name.as_str()) {
            let message = format!("`{name}` is a word of the local tool: rename the function, or add `name = \"…\"`");
            errors.at_span(name_span, Code::ReservedName, message);
        } else if name.is_empty() || name.starts_with('-') {
            errors.at_span(name_span, Code::ReservedName, "a handler's name is not empty and does not start with `-`");
        }
        let timeout = options
            .take("timeout")
            .and_then(|arg| arg.seconds_in(1, 900, "Lambda runs a function for up to 15 minutes", errors));
        let memory = options.take("memory").and_then(|arg| arg.number_in(128, 10_240, "MB of memory", errors));
        let environments = Concurrency::read(&settings, &mut options, errors);
        let batch = BatchOptions::read(source, &settings, &mut options, errors);
        options.finish(&valid(source), |name| misplaced(name, source), errors);
        let deadline = read_deadline(function, timeout, errors);
        let is_http = source.is_some_and(|source| source.name == "http");
        let idempotent = read_idempotent(function, &settings, is_http, errors);

        Some(Self {
            krate,
            source: source?,
            settings,
            name,
            concurrency: batch.concurrency,
            timeout: timeout.map(|at| at.value),
            memory: memory.map(|at| at.value),
            environments,
            partial: batch.partial,
            report_all_failed: batch.report_all_failed,
            discard_malformed: batch.discard_malformed,
            on_last_attempt: batch.on_last_attempt,
            on_window_end: batch.on_window_end,
            deadline,
            idempotent,
        })
    }
}

/// A raw identifier without its `r#`.
fn ident_text(ident: &proc_macro2::Ident) -> String {
    let text = ident.to_string();
    text.strip_prefix("r#").map(str::to_owned).unwrap_or(text)
}

/// The event source, which is the argument without a `=`. One that is missing is reported only if the
/// arguments are whole: it may be in what was reported already.
fn pick_source(
    args: &mut Vec<Arg>,
    is_whole: bool,
    function: &proc_macro2::Ident,
    errors: &mut Errors,
) -> Option<(&'static Source, Option<proc_macro2::Group>)> {
    let is_source = |arg: &Arg| matches!(arg.value, Value::Word | Value::Group(_));
    let Some(index) = args.iter().position(is_source) else {
        if let Some(index) = args.iter().position(|arg| source::named(&arg.name.to_string()).is_some()) {
            let name = args.remove(index).name;
            errors.at(&name, Code::Source, format_args!("`{name}` takes its options in parentheses: `{name}(…)`"));
            return None;
        }
        if !is_whole {
            return None;
        }
        let message = format!("say where events come from: `#[handler(sqs)]`; there are: {}", list(&source::names()));
        errors.at(function, Code::Source, message);
        return None;
    };
    let first = args.remove(index);
    while let Some(index) = args.iter().position(is_source) {
        let second = args.remove(index);
        let message = match source::named(&second.name.to_string()) {
            Some(_) => "a handler has one event source: write a second function for this one".to_owned(),
            None => format!("`{}` needs a value: `{0} = …`", second.name),
        };
        errors.at(&second.name, Code::Source, message);
    }
    let name = first.name.to_string();
    let Some(found) = source::named(&name) else {
        errors.at(&first.name, Code::Source, unknown("event source", &name, &source::names()));
        return None;
    };
    let group = match first.value {
        Value::Group(group) => Some(group),
        _ => None,
    };
    Some((found, group))
}

fn read_source(source: &'static Source, group: Option<proc_macro2::Group>, errors: &mut Errors) -> Settings {
    let tokens = group.map(|group| group.stream()).unwrap_or_default();
    let first = source.options.first().map(|option| option.name);
    let args = args::parse_after(first, source.first_is_unnamed, tokens, errors);
    let mut options = Options::new(args, errors);
    let settings = Settings::read(source.options, &mut options, errors);
    (source.check)(&settings, errors);
    let elsewhere = |name: &str| {
        if OPTIONS.contains(&name) || source.outside.contains(&name) {
            let parentheses = if source.options.is_empty() { "" } else { "(…)" };
            let source = source.name;
            return Some(format!(
                "`{name}` stands outside of the parentheses: `#[handler({source}{parentheses}, {name} = …)]`"
            ));
        }
        of_others(name, source)
    };
    options.finish(&names(source), elsewhere, errors);
    settings
}

fn names(source: &Source) -> Vec<&'static str> {
    source.options.iter().map(|option| option.name).collect()
}

fn valid(source: Option<&Source>) -> Vec<&'static str> {
    let batch = source.map_or(BATCH_OPTIONS, |source| source.outside);
    batch.iter().chain(OPTIONS).copied().collect()
}

/// An option that is known, but not here.
fn misplaced(name: &str, source: Option<&Source>) -> Option<String> {
    if idempotent::OPTIONS.contains(&name) {
        return Some(format!("`{name}` is an option of `#[idempotent]`"));
    }
    let source = source?;
    if names(source).contains(&name) {
        return Some(format!("`{name}` stands inside of the parentheses: `#[handler({}({name} = …))]`", source.name));
    }
    of_others(name, source)
}

/// Whether it is an option of `#[handler]`, of whatever source.
pub(crate) fn is_option(name: &str) -> bool {
    OPTIONS.contains(&name)
        || BATCH_OPTIONS.contains(&name)
        || source::SOURCES.iter().any(|of| names(of).contains(&name))
}

/// An option that other sources know.
fn of_others(name: &str, source: &Source) -> Option<String> {
    let others: Vec<&str> = source::SOURCES
        .iter()
        .filter(|other| names(other).contains(&name) || other.outside.contains(&name))
        .map(|other| other.name)
        .collect();
    if others.is_empty() {
        return None;
    }
    let is_about_records = BATCH_OPTIONS.contains(&name);
    match source.kind {
        Kind::Call if is_about_records => {
            Some(format!("`{name}` is about the records of a batch, and an event of `{}` has none", source.name))
        }
        Kind::Notice if matches!(name, "partial" | "all_failed") => Some(format!(
            "`{name}` is about partial batch responses, and `{}` looks at no response: one record that fails fails the \
             invocation, after all had their turn",
            source.name
        )),
        _ => {
            let is_alike = |own: &&str| own.strip_suffix('s') == Some(name) || name.strip_suffix('s') == Some(*own);
            let own = names(source).into_iter().find(is_alike);
            let own = own.map(|own| format!(": did you mean `{own}`?")).unwrap_or_default();
            Some(format!("`{name}` is an option of {}, not of `{}`{own}", list(&others), source.name))
        }
    }
}

/// What an attribute says about the records of a batch.
#[derive(Default)]
struct BatchOptions {
    concurrency: Option<u64>,
    partial: bool,
    report_all_failed: bool,
    discard_malformed: bool,
    on_last_attempt: Option<Hook>,
    on_window_end: Option<Hook>,
}

impl BatchOptions {
    fn read(source: Option<&Source>, settings: &Settings, options: &mut Options, errors: &mut Errors) -> Self {
        let outside = source.map_or(BATCH_OPTIONS, |source| source.outside);
        let mut take = |name: &str| outside.contains(&name).then(|| options.take(name)).flatten();
        let mut read = Self { partial: true, ..Self::default() };

        let concurrency = take("concurrency")
            .and_then(|arg| arg.number_in(1, 10_000, "records of one batch at the same time", errors));
        read.concurrency = concurrency.map(|at| at.value);
        if let Some(At { value: 2.., span }) = concurrency
            && settings.is_given("tumbling_window")
        {
            let message = "`concurrency` does not go with `tumbling_window`: a window's state goes through the records \
                           one by one";
            errors.at_span(span, Code::Conflict, message);
        }
        read.partial = take("partial").and_then(|arg| arg.boolean(errors)).unwrap_or(true);
        let all_failed = take("all_failed");
        let all_failed_name = all_failed.as_ref().map(|arg| arg.name.clone());
        let all_failed = all_failed.and_then(|arg| arg.word_of(&["error", "report"], errors));
        read.report_all_failed = all_failed == Some(1);
        let malformed = take("malformed").and_then(|arg| arg.word_of(&["fail", "discard"], errors));
        read.discard_malformed = malformed == Some(1);
        if let (false, true, Some(name)) = (read.partial, read.report_all_failed, all_failed_name) {
            let message = "`all_failed = \"report\"` needs a partial batch response, which `partial = false` turns off";
            errors.at(&name, Code::Conflict, message);
        }
        if let Some(arg) = take("on_last_attempt") {
            if settings.number("max_receive_count").is_none() {
                let message = "`on_last_attempt` needs to know which attempt is the last: add the queue's \
                               `max_receive_count = …` to the source's parentheses";
                errors.at(&arg.name, Code::Requires, message);
            }
            read.on_last_attempt = arg.function(errors);
        }
        if let Some(arg) = take("on_window_end") {
            if !settings.is_given("tumbling_window") {
                let message =
                    "`on_window_end` needs a window: add `tumbling_window = \"…\"` to the source's parentheses";
                errors.at(&arg.name, Code::Requires, message);
            }
            read.on_window_end = arg.function(errors);
        }
        read
    }
}

/// Reads `#[idempotent]` off the function, be it one of HTTP.
pub(crate) fn read_idempotent(
    function: &mut signature::Function,
    settings: &Settings,
    is_http: bool,
    errors: &mut Errors,
) -> Option<Idempotent> {
    let before = errors.count();
    let (path, mut args) = companion::take(function, "idempotent", errors)?;
    let is_whole = errors.count() == before;
    companion::krate(&mut args, errors);
    expand::idempotent::allow_unused(function, &args);
    if settings.is_given("tumbling_window") {
        let message = "`#[idempotent]` does not go with `tumbling_window`: a record that is replayed would be missing in the \
                       window's state";
        errors.at(&path, Code::Conflict, message);
    }
    let place = if is_http { Place::Http } else { Place::Handler };
    Idempotent::read(&path, args, is_whole, place, &expand::idempotent::names(function), errors)
}

/// Reads `#[deadline]` off the function.
pub(crate) fn read_deadline(
    function: &mut signature::Function,
    timeout: Option<At<u64>>,
    errors: &mut Errors,
) -> Option<Deadline> {
    let before = errors.count();
    let (path, mut args) = companion::take(function, "deadline", errors)?;
    let is_whole = errors.count() == before;
    companion::krate(&mut args, errors);
    let mut options = Options::new(args, errors);
    let given = options.take("margin");
    if given.is_none() && is_whole {
        errors.at(&path, Code::NoMargin, "`#[deadline]` needs a margin: `#[deadline(margin = \"5s\")]`");
    }
    let margin = given.and_then(|arg| arg.duration(errors));
    let on_exceeded = options.take("on_exceeded").and_then(|arg| arg.function(errors));
    options.finish(&["margin", "on_exceeded", "crate"], |_| None, errors);

    let margin = margin?;
    let given = humantime::format_duration(margin.value);
    let Some(margin_ms) = u64::try_from(margin.value.as_millis()).ok().filter(|ms| *ms > 0) else {
        errors.at_span(margin.span, Code::DurationRange, "a margin is at least 1 ms");
        return None;
    };
    if margin.value.as_secs() >= 900 {
        let message = format!("`margin = \"{given}\"` leaves no time: Lambda runs a function for up to 15 minutes");
        errors.at_span(margin.span, Code::DurationRange, message);
    } else if let Some(timeout) = timeout
        && margin.value.as_secs() >= timeout.value
    {
        let message = format!(
            "`margin = \"{given}\"` leaves no time: it has to be shorter than `timeout = \"{}s\"`",
            timeout.value
        );
        errors.at_span(margin.span, Code::MarginOverTimeout, message);
    }
    Some(Deadline { margin_ms, on_exceeded })
}
