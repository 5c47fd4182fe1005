//! `cargo lambkin template`: what the functions of a crate need to be deployed.
//!
//! `plan` turns the crate's manifest into a deployment, which is data (`model`, whose texts are in `text`). Each format
//! writes that: `sam`, `cloudformation` and `serverless`, which share most of it, as `yaml`, and `terraform` as `hcl`.
//! `limits` says what one of them can't; `block` keeps what the user wrote.

pub(crate) mod args;
pub(crate) mod block;
mod cloudformation;
mod json;
mod limits;
pub(crate) mod model;
pub(crate) mod plan;
pub(crate) mod principals;
mod sam;
mod serverless;
mod terraform;
pub(crate) mod text;
mod yaml;

use std::ffi::OsString;
use std::io::Write as _;

use crate::error::CliError;
use crate::manifest::place::Place;
use crate::output;
use crate::shell::quoted;
pub(crate) use crate::template::args::Args;
use crate::template::args::Format;
use crate::template::model::Deployment;

/// Writes the template to its file, or to standard output.
pub(crate) fn run(args: &Args) -> Result<(), CliError> {
    let format = args.format();
    if format == Format::Json && args.output.is_some() {
        // JSON has no comments for marks, so nothing would tell whose a file is.
        return Err(CliError::new("`--format json` goes to standard output: leave `-o` out and write `> FILE`"));
    }
    let manifest = args.from.load()?;
    let place = Place::find(&args.from)?;
    let mut deployment = plan::plan(&manifest, &place, args)?;
    limits::note(&mut deployment, format);
    tell(&deployment);
    let template = render(&deployment, format, &command(std::env::args_os()))?;
    match &args.output {
        Some(path) => block::write(path, &template),
        None => print(&template),
    }
}

/// What the deployment is in this format.
fn render(deployment: &Deployment, format: Format, command: &str) -> Result<String, CliError> {
    let body = match format {
        Format::Sam => sam::render(deployment),
        Format::CloudFormation => cloudformation::render(deployment),
        Format::Serverless => serverless::render(deployment),
        Format::Terraform => terraform::render(deployment),
        Format::Json => {
            let json = serde_json::to_string_pretty(deployment);
            return json.map(|json| json + "\n").map_err(|error| CliError::new(error.to_string()));
        }
    };
    Ok(block::marked(command, &deployment.notes, &body))
}

/// What nothing in a template can say, on standard error.
fn tell(deployment: &Deployment) {
    let of_functions = deployment
        .functions
        .iter()
        .flat_map(|function| function.notes.iter().map(|note| format!("{}: {note}", function.handler)));
    for note in of_functions.chain(deployment.notes.iter().cloned()) {
        output::note(&note);
    }
}

/// The command as it was given, without where the program is and without passwords.
fn command(arguments: impl Iterator<Item = OsString>) -> String {
    let mut words = arguments.skip(1).map(|word| word.to_string_lossy().into_owned()).peekable();
    if words.peek().is_some_and(|word| word == "lambkin") {
        words.next();
    }
    let words: Vec<String> = words.map(|word| quoted(&plan::config::without_password(&word))).collect();
    format!("cargo lambkin {}", words.join(" "))
}

fn print(template: &str) -> Result<(), CliError> {
    let mut out = std::io::stdout().lock();
    let written = out.write_all(template.as_bytes());
    output::finish(written, &mut out)
}

#[cfg(test)]
pub(crate) mod tests;
