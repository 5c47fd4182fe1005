//! The environment: what the code's configs read, and what should not be in it.

use crate::check::codes;
use crate::check::finding::Findings;
use crate::check::matching::{Pair, nearest};
use crate::check::observed::{Part, Place, Text, Variable};
use crate::check::rules::Whole;
use crate::check::words;
use crate::manifest::Stored;
use crate::template::plan::config::{HANDLER, RESERVED, STORE, is_name, needs_store};

/// <https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html>
const LARGEST: usize = 4096;

pub(super) fn check(pair: &Pair<'_>, whole: &Whole<'_>, findings: &mut Findings) {
    missing(pair, findings);
    for variable in &pair.function.environment.variables {
        refused(variable, findings);
        if !is_shared(pair, variable, whole) {
            unused(pair, variable, findings);
        }
        secret(pair, variable, findings);
    }
    size(pair, findings);
}

fn missing(pair: &Pair<'_>, findings: &mut Findings) {
    let (handler, function) = (pair.handler, pair.function);
    let environment = &function.environment;
    let known: Vec<&str> = handler.config.variables.iter().map(|variable| variable.name.as_str()).collect();
    for wanted in handler.config.variables.iter().filter(|variable| variable.required) {
        let name = wanted.name.as_str();
        // Lambda's own are always there, and the store has rules of its own.
        if RESERVED.contains(&name) || !is_name(name) || (name == STORE && needs_store(handler)) {
            continue;
        }
        let there = environment.variables.iter().find(|variable| variable.name == name);
        let place = environment.place.as_ref().unwrap_or(&function.place);
        match there {
            None if !environment.is_open => {
                let others = environment.variables.iter().map(|variable| variable.name.as_str());
                let free: Vec<&str> = others.filter(|other| !known.contains(other)).collect();
                let near = nearest(name, &free).map_or_else(String::new, |near| format!("; there is `{near}`"));
                let message = format!("the variable {name} is missing{near}");
                findings.add(&codes::VARIABLE_MISSING, place, message, words::variable(place, name, "…"));
            }
            Some(variable) if variable.value.value().and_then(Text::known) == Some("") => {
                let message = format!("the variable {name} is empty, which counts as missing");
                let fix = words::variable(&variable.place, name, "…");
                findings.add(&codes::VARIABLE_MISSING, &variable.place, message, fix);
            }
            _ => {}
        }
    }
}

fn refused(variable: &Variable, findings: &mut Findings) {
    let Variable { name, place, .. } = variable;
    if RESERVED.contains(&name.as_str()) {
        let message = format!("{name} is Lambda's own, and Lambda sets it");
        findings.add(&codes::RESERVED_VARIABLE, place, message, "another name, or none".to_owned());
    } else if !is_name(name) {
        let message = format!("Lambda takes no variable of the name `{name}`");
        let fix = "a letter first, then letters, digits and `_`; two of them at least".to_owned();
        findings.add(&codes::RESERVED_VARIABLE, place, message, fix);
    }
}

/// What begins like this is read by lambkin, Lambda, the SDKs, or what collects telemetry.
const READ_BY_OTHERS: [&str; 9] =
    ["AWS_", "LAMBKIN_", "OTEL_", "RUST_", "SSM_", "SECRETS_MANAGER_", "PARAMETERS_SECRETS_", "POWERTOOLS_", "DD_"];
const OTHERS: [&str; 7] = ["STAGE", "TZ", "HOME", "PATH", "LD_LIBRARY_PATH", "SSL_CERT_FILE", "NO_COLOR"];

/// Whether it is written once for several functions, one of which is to read it.
fn is_shared(pair: &Pair<'_>, variable: &Variable, whole: &Whole<'_>) -> bool {
    let at = |variable: &Variable| {
        let Place { file, line, column, .. } = &variable.place;
        (line.is_some()).then(|| (file.clone(), *line, *column))
    };
    let mut others = whole.observed.functions.iter().filter(|other| other.address != pair.function.address);
    let is_there = |variables: &[Variable]| variables.iter().any(|other| at(other) == at(variable));
    at(variable).is_some() && others.any(|other| is_there(&other.environment.variables))
}

fn unused(pair: &Pair<'_>, variable: &Variable, findings: &mut Findings) {
    let name = variable.name.as_str();
    let variables = &pair.handler.config.variables;
    let is_read = variables.iter().any(|read| read.name == name)
        || READ_BY_OTHERS.iter().any(|start| name.starts_with(start))
        || OTHERS.contains(&name);
    // Code without configs reads its environment by itself.
    if is_read || variables.is_empty() || RESERVED.contains(&name) || name == HANDLER || !is_name(name) {
        return;
    }
    let known: Vec<&str> = variables.iter().map(|read| read.name.as_str()).collect();
    let fix = match nearest(name, &known) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "leave it out, or add a field to the config".to_owned(),
    };
    findings.add(&codes::VARIABLE_UNUSED, &variable.place, format!("no config reads the variable {name}"), fix);
}

/// Words in the names of what is secret.
const SECRET_WORDS: [&str; 9] =
    ["PASSWORD", "PASSWD", "SECRET", "TOKEN", "APIKEY", "API_KEY", "PRIVATE_KEY", "ACCESS_KEY", "CREDENTIALS"];
/// And at the ends of names of what only says where a secret is.
const POINTERS: [&str; 10] =
    ["_ARN", "_NAME", "_ID", "_PATH", "_URL", "_TTL", "_HEADER", "_TIMEOUT", "_FILE", "_PARAMETER"];

/// Something secret, written out: by its name, or because the code reads the same from where secrets are.
fn secret(pair: &Pair<'_>, variable: &Variable, findings: &mut Findings) {
    let name = variable.name.to_ascii_uppercase();
    let Some(value) = variable.value.value().and_then(Text::known) else { return };
    let is_reference = value.starts_with("arn:") || value.starts_with("{{resolve:") || value.starts_with('/');
    if value.is_empty() || is_reference {
        return;
    }
    let config = &pair.handler.config;
    let is_read = config.variables.iter().any(|read| read.name == variable.name);
    let stored = config.secrets.iter().find(|stored| !is_read && is_same(&name, stored));
    let sounds = SECRET_WORDS.iter().any(|word| name.contains(word)) && !POINTERS.iter().any(|end| name.ends_with(end));
    let has_credentials = value.split_once("://").is_some_and(|(_, rest)| {
        let authority = rest.split('/').next().unwrap_or_default();
        authority
            .rsplit_once('@')
            .is_some_and(|(user, _)| user.split_once(':').is_some_and(|(_, word)| !word.is_empty()))
    });
    if stored.is_none() && !sounds && !has_credentials {
        return;
    }
    let message = match stored {
        Some(stored) => {
            format!("the value of {} is written out, and the code reads the secret `{}`", variable.name, stored.name)
        }
        None => format!("the value of {} looks like a secret, and is written out", variable.name),
    };
    let fix = match stored {
        Some(_) => "leave the variable out".to_owned(),
        None => "keep it in Secrets Manager, and read it with `#[secret(\"…\")]`".to_owned(),
    };
    findings.add(&codes::PLAIN_SECRET, &variable.place, message, fix);
}

/// Whether a variable is called like a secret: `prod/db/password` is `PASSWORD` or `DB_PASSWORD`.
fn is_same(variable: &str, stored: &Stored) -> bool {
    let name = stored.name.to_ascii_uppercase().replace(['-', '.', ' '], "_");
    let segments: Vec<&str> = name.split('/').filter(|segment| !segment.is_empty() && !segment.contains('{')).collect();
    let ends = (0..segments.len()).filter_map(|from| segments.get(from..)).map(|rest| rest.join("_"));
    ends.into_iter().any(|end| end == variable && end.len() > 2)
}

fn size(pair: &Pair<'_>, findings: &mut Findings) {
    let environment = &pair.function.environment;
    let known = |text: &Text| -> usize {
        let literals = text.0.iter().map(|part| if let Part::Literal(text) = part { text.len() } else { 0 });
        literals.sum()
    };
    let of = environment.variables.iter();
    let bytes: usize = of.map(|variable| variable.name.len() + variable.value.value().map_or(0, known)).sum();
    if bytes > LARGEST {
        let place: &Place = environment.place.as_ref().unwrap_or(&pair.function.place);
        let message = format!("its variables take {bytes} bytes and more");
        let fix = "keep what is long in Parameter Store, and read it with `#[parameter(\"…\")]`".to_owned();
        findings.add(&codes::ENVIRONMENT_TOO_LARGE, place, message, fix);
    }
}
