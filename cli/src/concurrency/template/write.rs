//! A number into a template: the digits that stand there give way to others, and nothing else in the file changes.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Serialize;

use crate::check::observed::{Field, Function, Observed, Place};
use crate::concurrency::rule::{Decision, Plan, Planned};
use crate::concurrency::template::of;
use crate::error::CliError;
use crate::file;
use crate::template::block;

/// What is to be written, each as a line; nothing is written yet.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Edits {
    pub(crate) replaced: Vec<String>,
    pub(crate) unchanged: Vec<String>,
    /// What can't be written, and what to do.
    pub(crate) left: Vec<String>,
    /// Files with what they are to hold.
    #[serde(skip)]
    files: BTreeMap<String, String>,
}

impl Edits {
    pub(crate) fn write(&self) -> Result<(), CliError> {
        self.files.iter().try_for_each(|(name, text)| file::replace(Path::new(name), text))
    }
}

/// The plan's numbers, where the templates set them.
pub(crate) fn edits(plan: &Plan, observed: &Observed) -> Edits {
    let mut edits = Edits::default();
    for (planned, number) in numbers(plan) {
        let handler = &planned.handler;
        let functions: Vec<&Function> = of(observed, handler, planned.function.as_deref()).collect();
        let place = match functions.as_slice() {
            [] => Err("no function of the templates is this handler's".to_owned()),
            [function] => place(function, observed, number),
            several => {
                let addresses: Vec<&str> = several.iter().map(|function| function.address.as_str()).collect();
                Err(format!("several functions of the templates are this handler's: {}", addresses.join(", ")))
            }
        };
        let replaced = place.and_then(|place| Ok((place, replace(place, handler, number, &mut edits.files)?)));
        match replaced {
            Ok((place, old)) if old == number.to_string() => {
                edits.unchanged.push(format!("{handler}: {} is {number} already", shown(place)));
            }
            Ok((place, old)) => edits.replaced.push(format!("{handler}: {}: {old} -> {number}", shown(place))),
            Err(why) => edits.left.push(format!("{handler}: {why}")),
        }
    }
    edits
}

fn numbers(plan: &Plan) -> impl Iterator<Item = (&Planned, u32)> {
    plan.functions.iter().filter_map(|planned| match planned.decision {
        Decision::Reserve { number, .. } => Some((planned, number)),
        Decision::Refused(_) => None,
    })
}

/// Where the number stands, if it stands there for this function alone.
fn place<'o>(function: &'o Function, observed: &'o Observed, number: u32) -> Result<&'o Place, String> {
    let key = key(&function.address);
    let here = &function.place;
    let Some(place) = function.reserved_concurrency.place() else {
        let line = here.line.map(|line| format!(":{line}")).unwrap_or_default();
        return Err(format!(
            "nothing is set yet: add `{key}{number}` to `{}` (`{}{line}`)",
            function.address, here.file
        ));
    };
    if matches!(function.reserved_concurrency, Field::Unknown(_)) {
        return Err(format!(
            "{} is an expression that only the deployment knows: write {number} into what it takes",
            shown(place)
        ));
    }
    let is_shared =
        |other: &&Function| other.address != function.address && other.reserved_concurrency.place() == Some(place);
    match observed.functions.iter().find(is_shared) {
        Some(other) => {
            Err(format!("{} sets it for `{}` too: set {number} at the function itself", shown(place), other.address))
        }
        None => Ok(place),
    }
}

/// How the formats write it, up to the number.
fn key(address: &str) -> &'static str {
    if address.starts_with("functions.") {
        "reservedConcurrency: "
    } else if address.contains("aws_lambda_function.") {
        "reserved_concurrent_executions = "
    } else {
        "ReservedConcurrentExecutions: "
    }
}

/// Puts the number there; what stood there before.
fn replace(place: &Place, handler: &str, number: u32, files: &mut BTreeMap<String, String>) -> Result<String, String> {
    let file = place.file.to_string();
    let Some(line) = place.line else {
        return Err(format!("`{file}` is a plan: write {number} into what it was made of"));
    };
    let text = match files.get(&file) {
        Some(text) => text.clone(),
        None => std::fs::read_to_string(&file).map_err(|error| format!("`{file}`: {error}"))?,
    };
    if block::holds(&text, line) {
        return Err(format!(
            "{} is in lambkin's own block: say `reserved_concurrency = {number}` in the handler's attribute, or \
             `--reserved-concurrency {handler}={number}`, and run the `cargo lambkin template` that stands at its top again",
            shown(place)
        ));
    }
    let (new, old) = with_number(&text, line, number)
        .ok_or_else(|| format!("{} is no plain number there: write {number} by hand", shown(place)))?;
    if new != text {
        files.insert(file, new);
    }
    Ok(old)
}

/// The text with this number in this line, and the number that stood there.
fn with_number(text: &str, line: usize, number: u32) -> Option<(String, String)> {
    let start: usize = text.split_inclusive('\n').take(line.checked_sub(1)?).map(str::len).sum();
    let (before, rest) = text.split_at_checked(start)?;
    let end = rest.find('\n').unwrap_or(rest.len());
    let content = rest.get(..end)?;
    let range = digits(content)?;
    let old = content.get(range.clone())?.to_owned();
    let (head, tail) = (rest.get(..range.start)?, rest.get(range.end..)?);
    Some((format!("{before}{head}{number}{tail}"), old))
}

/// Where the digits of the only number are that a line sets under one of the keys.
fn digits(line: &str) -> Option<std::ops::Range<usize>> {
    const KEYS: [&str; 3] = ["ReservedConcurrentExecutions", "reservedConcurrency", "reserved_concurrent_executions"];
    let mut found = KEYS.iter().flat_map(|key| line.match_indices(key).map(|(at, key)| at + key.len()));
    let (after, None) = (found.next()?, found.next()) else { return None };
    let rest = line.get(after..)?;
    let value = rest.trim_start_matches(['"', '\'']).trim_start();
    let value = value.strip_prefix([':', '='])?.trim_start();
    let start = line.len() - value.len();
    let length = value.bytes().take_while(u8::is_ascii_digit).count();
    // What follows has to end the number: nothing, a comment, or the next part of an object in braces.
    let ends = value.get(length..)?.trim_start_matches([' ', '\t', '\r']);
    let is_apart = value.get(length..)?.starts_with([' ', '\t', '\r']) && ends.starts_with('#');
    let is_end = ends.is_empty() || ends.starts_with([',', '}']) || is_apart;
    (length > 0 && is_end).then_some(start..start + length)
}

fn shown(place: &Place) -> String {
    let Place { file, line, path, .. } = place;
    let line = line.map(|line| format!(":{line}")).unwrap_or_default();
    format!("`{file}{line}` (`{path}`)")
}

#[cfg(test)]
mod tests;
