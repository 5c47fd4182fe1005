//! `cargo lambkin check`: whether a template gives the crate's functions what they need.
//!
//! `read` turns files into what they say, which is data (`observed`), and `matching` finds the function of each handler,
//! with `binary`, which tells those of other binaries.
//! `rules` compare the two; each rule has a code (`codes`), and what it finds (`finding`) is written by `report`.
//! `texts` compares names and ARNs as far as they are known, `words` knows what settings are called in each format.

mod args;
mod binary;
mod codes;
mod finding;
mod matching;
mod needs;
pub(crate) mod observed;
pub(crate) mod read;
mod report;
mod rules;
mod texts;
mod words;

use std::path::{Path, PathBuf};
use std::rc::Rc;

pub(crate) use crate::check::args::Args;
use crate::check::args::{Deny, find};
use crate::check::binary::{Asked, Binary, Own};
use crate::check::codes::Severity;
use crate::check::finding::count;
use crate::check::observed::{Observed, Place};
use crate::check::report::Report;
use crate::check::rules::Checked;
use crate::error::CliError;
use crate::manifest::Manifest;
use crate::manifest::place::Place as CratePlace;
use crate::template::plan;

/// Checks the templates, writes what was found, and says whether that is an error.
pub(crate) fn run(args: &Args) -> Result<bool, CliError> {
    let templates = match args.templates.as_slice() {
        [] => {
            let found = find(Path::new("."))?;
            let names: Vec<String> = found.iter().map(|path| format!("`{}`", path.display())).collect();
            crate::output::note(&format!("no template is named: taking {}", names.join(", ")));
            found
        }
        named => named.to_vec(),
    };
    let is_input = |path: &PathBuf| path == Path::new(read::STANDARD_INPUT);
    if templates.iter().any(is_input) && args.from.manifest.as_ref().is_some_and(is_input) {
        return Err(CliError::new("`-`: standard input is the template or the manifest, and can't be both"));
    }
    // What can't be read is known before a crate is built.
    let observed = read::read(&templates, &args.parameter)?;
    let manifest = args.from.load()?;
    let handlers = chosen(&manifest, &args.handler)?;
    let own = own(&manifest, &observed, args)?;
    // All of them, since who runs which is a matter of the whole binary.
    let Checked { mut findings, handlers: found } = rules::check(&manifest, &observed, &whole(&templates), &own);
    findings.retain(|finding| {
        let is_asked = args.handler.is_empty() || finding.function.as_ref().is_some_and(|name| handlers.contains(name));
        is_asked && !args.allow.iter().any(|allowed| allowed.code == finding.rule.code)
    });
    let denies_warnings = args.deny.contains(&Deny::Warnings);
    let is_wrong =
        count(&findings, Severity::Error) > 0 || (denies_warnings && count(&findings, Severity::Warning) > 0);
    let unchecked: Vec<String> = handlers.iter().filter(|name| !found.contains(name)).cloned().collect();
    let report = Report {
        templates: &templates,
        handlers: &handlers,
        unchecked: &unchecked,
        observed: &observed,
        findings: &findings,
    };
    report.print(args.format)?;
    Ok(is_wrong)
}

/// The handlers that are asked for, or all.
fn chosen(manifest: &Manifest, asked: &[String]) -> Result<Vec<String>, CliError> {
    let names: Vec<String> = manifest.functions.iter().map(|function| function.name.clone()).collect();
    if let Some(unknown) = asked.iter().find(|handler| !names.contains(handler)) {
        return Err(CliError::new(format!("`--handler {unknown}`: there is only {}", names.join(", "))));
    }
    Ok(if asked.is_empty() { names } else { asked.to_vec() })
}

/// The binary that the manifest is of, and what its functions are said to run.
fn own(manifest: &Manifest, observed: &Observed, args: &Args) -> Result<Own, CliError> {
    for Asked { address, handler } in &args.function {
        if !observed.functions.iter().any(|function| function.address == *address) {
            let names: Vec<&str> = observed.functions.iter().map(|function| function.address.as_str()).collect();
            let names = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
            return Err(CliError::new(format!("`--function {address}={handler}`: of functions there is only {names}")));
        }
        if !manifest.functions.iter().any(|function| function.name == *handler) {
            let names: Vec<&str> = manifest.functions.iter().map(|function| function.name.as_str()).collect();
            let names = names.join(", ");
            return Err(CliError::new(format!("`--function {address}={handler}`: of handlers there is only {names}")));
        }
    }
    let name = match &args.from.bin {
        Some(name) => Some(name.clone()),
        None => CratePlace::find(&args.from)?.binary,
    };
    let binary = Binary { name, package: plan::package(manifest).to_owned() };
    Ok(Own { binary, asked: args.function.clone() })
}

/// What stands for a place where there is none: the first template as a whole.
fn whole(templates: &[PathBuf]) -> Place {
    let file = templates.first().map_or_else(String::new, |path| path.display().to_string());
    Place { file: Rc::from(file), line: None, column: None, path: String::new() }
}

#[cfg(test)]
mod tests;
