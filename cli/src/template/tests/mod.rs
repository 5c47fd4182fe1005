//! The rules, without a format; and that whatever a manifest holds, each format can be read back.

pub(crate) mod any;
mod config;
mod filters;
mod given_up;
mod http;
mod names;
mod options;
mod queues;
mod roles;
mod sources;
mod streams;

use clap::Parser;

use crate::manifest::Manifest;
use crate::manifest::place::Place;
use crate::template::Args;
use crate::template::args::Format;
use crate::template::model::{Deployment, Function, Scope, Trigger};

#[derive(Parser)]
struct Cli {
    #[command(flatten)]
    args: Args,
}

/// The options as they are given.
fn args(options: &[&str]) -> Args {
    let words = [&["template", "--format=json", "--manifest=-"], options].concat();
    Cli::try_parse_from(words).unwrap_or_else(|error| panic!("{error}")).args
}

pub(crate) fn deployment(manifest: &Manifest, options: &[&str]) -> Deployment {
    let args = args(options);
    let place = Place::find(&args.from).unwrap();
    crate::template::plan::plan(manifest, &place, &args).unwrap_or_else(|error| panic!("{error}"))
}

/// A deployment of these functions; each is what stands beside its name and package.
fn planned(functions: &[&str], options: &[&str]) -> Deployment {
    let functions: Vec<String> = functions
        .iter()
        .enumerate()
        .map(|(number, rest)| format!(r#"{{"name": "f{number}", "package": "p", {rest}}}"#))
        .collect();
    let text = format!(r#"{{"version": 1, "functions": [{}]}}"#, functions.join(", "));
    deployment(&Manifest::parse(&text, "it").unwrap_or_else(|error| panic!("{error}\n{text}")), options)
}

pub(crate) fn rendered(deployment: &Deployment, format: Format) -> String {
    crate::template::render(deployment, format, "cargo lambkin template").unwrap()
}

fn mapping(function: &Function) -> &crate::template::model::Mapping {
    match &function.trigger {
        Trigger::Mapping(mapping) => mapping,
        other => panic!("{other:?}"),
    }
}

/// The actions that a role may take on what, as text.
fn allowed(function: &Function) -> Vec<String> {
    let on = |scope: &Scope| match scope {
        Scope::Resources(resources) => resources.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "),
        Scope::Anything(_) => "*".to_owned(),
    };
    let permissions = function.permissions.iter().filter(|permission| permission.id != "WriteLogs");
    permissions.map(|permission| format!("{} on {}", permission.actions.join(" "), on(&permission.on))).collect()
}

fn environment(deployment: &Deployment) -> Vec<String> {
    deployment.functions[0].environment.iter().map(|(name, value)| format!("{name}={value}")).collect()
}

const SQS: &str = r#""timeout": 30, "report_batch_item_failures": true,
    "trigger": {"source": "sqs", "settings": {"queue": "orders", "batch_size": 100, "window": 20}}"#;
