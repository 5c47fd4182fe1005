//! From files to what they say. Each format has a reader; which one a file is for, its name and its contents tell.

pub(crate) mod cloudformation;
mod detect;
mod document;
pub(crate) mod event_invoke_config;
mod field;
mod managed;
mod mapping;
mod policy;
pub(crate) mod serverless;
pub(crate) mod terraform;
pub(crate) mod text;
mod trigger;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use crate::check::observed::{Observed, Place};
use crate::error::CliError;

/// A file that is read.
#[derive(Clone, Debug)]
pub(crate) struct Source {
    /// As it was named, for places.
    pub(crate) name: Rc<str>,
    pub(crate) text: String,
}

/// A parameter's value, given with `--parameter`; it stands before the default that the template has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Given {
    pub(crate) name: String,
    pub(crate) value: String,
}

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// Of CloudFormation, or of SAM, which is CloudFormation with more kinds of resources.
    CloudFormation,
    Serverless,
    /// A `.tf` file.
    Terraform,
    /// What `terraform show -json PLAN` prints.
    TerraformPlan,
}

/// Reads all files as one deployment; those of Terraform in one folder are one module, and a folder stands for its `.tf` files.
pub(crate) fn read(files: &[PathBuf], given: &[Given]) -> Result<Observed, CliError> {
    let mut sources = Vec::new();
    for path in named_files(files)? {
        let source = source(&path)?;
        sources.push((detect::format(&source)?, path, source));
    }
    refuse_unknown(&sources, given)?;
    let mut modules: BTreeMap<PathBuf, Vec<Source>> = BTreeMap::new();
    let mut parts = Vec::new();
    for (format, path, source) in sources {
        match format {
            Format::CloudFormation => parts.push(cloudformation::read(&source, given)?),
            Format::Serverless => parts.push(serverless::read(&source, given)?),
            Format::TerraformPlan => parts.push(terraform::read_plan(&source)?),
            Format::Terraform => {
                let folder = path.parent().map(Path::to_path_buf).unwrap_or_default();
                modules.entry(folder).or_default().push(source);
            }
        }
    }
    for sources in modules.values() {
        parts.push(terraform::read_module(sources, given)?);
    }
    merge(parts)
}

/// The files to read, each once, in the order in which they are named.
fn named_files(files: &[PathBuf]) -> Result<Vec<PathBuf>, CliError> {
    let mut all: Vec<PathBuf> = Vec::new();
    for path in files {
        let found = if path.is_dir() { files_of_terraform(path)? } else { vec![path.clone()] };
        for path in found {
            if !all.contains(&path) {
                all.push(path);
            }
        }
    }
    Ok(all)
}

fn files_of_terraform(folder: &Path) -> Result<Vec<PathBuf>, CliError> {
    let entries = std::fs::read_dir(folder).map_err(|error| CliError::file(folder, &error))?;
    let mut found = Vec::new();
    for entry in entries {
        let path = entry.map_err(|error| CliError::file(folder, &error))?.path();
        if path.extension().is_some_and(|extension| extension == "tf") && path.is_file() {
            found.push(path);
        }
    }
    found.sort();
    if found.is_empty() {
        let what = "a folder stands for its `.tf` files, and it has none; name the template itself";
        return Err(CliError::new(format!("`{}`: {what}", folder.display())));
    }
    Ok(found)
}

/// What is called like this is standard input: `cdk synth`, `serverless print` and `terraform show` print templates.
pub(crate) const STANDARD_INPUT: &str = "-";

fn source(path: &Path) -> Result<Source, CliError> {
    let bytes = if path == Path::new(STANDARD_INPUT) {
        let mut bytes = Vec::new();
        std::io::stdin().lock().read_to_end(&mut bytes).map(|_| bytes)
    } else {
        std::fs::read(path)
    };
    let bytes = bytes.map_err(|error| CliError::file(path, &error))?;
    if bytes.starts_with(b"PK\x03\x04") {
        return Err(CliError::new(format!(
            "`{0}` is a ZIP archive; if it is a plan of Terraform, check what `terraform show -json {0}` prints",
            path.display()
        )));
    }
    match String::from_utf8(bytes) {
        Ok(text) => Ok(Source { name: path.display().to_string().into(), text }),
        Err(error) => {
            let at = error.utf8_error().valid_up_to();
            Err(CliError::new(format!("`{}` is no text: byte {at} is not of UTF-8", path.display())))
        }
    }
}

/// A parameter that nothing has is a mistake in its name.
fn refuse_unknown(sources: &[(Format, PathBuf, Source)], given: &[Given]) -> Result<(), CliError> {
    if given.is_empty() {
        return Ok(());
    }
    let mut known: BTreeSet<String> = BTreeSet::new();
    for (format, _, source) in sources {
        match format {
            Format::CloudFormation => known.extend(cloudformation::parameters(source)?),
            Format::Serverless => known.extend(serverless::parameters(source)?),
            Format::Terraform => known.extend(terraform::declared(std::slice::from_ref(source))?),
            // All of its values are settled.
            Format::TerraformPlan => {}
        }
    }
    let Some(unknown) = given.iter().find(|given| !known.contains(&given.name)) else { return Ok(()) };
    let names: Vec<String> = known.iter().map(|name| format!("`{name}`")).collect();
    let has = if names.is_empty() { "there are none".to_owned() } else { format!("there are {}", names.join(", ")) };
    Err(CliError::new(format!("`--parameter {}=…`: no template has such a parameter; {has}", unknown.name)))
}

/// What several files say, as one. Addresses are unique, since that is how what refers to them finds them.
fn merge(parts: Vec<Observed>) -> Result<Observed, CliError> {
    let mut all = Observed::default();
    let mut places: HashMap<String, Place> = HashMap::new();
    for part in parts {
        let functions = part.functions.iter().map(|function| (&function.address, &function.place));
        let queues = part.queues.iter().map(|queue| (&queue.address, &queue.place));
        let tables = part.tables.iter().map(|table| (&table.address, &table.place));
        for (address, place) in functions.chain(queues).chain(tables) {
            if let Some(other) = places.insert(address.clone(), place.clone()) {
                return Err(CliError::new(format!(
                    "`{address}` is in `{}` and in `{}`; check the two one after the other",
                    other.file, place.file
                )));
            }
        }
        let Observed {
            functions,
            mappings,
            triggers,
            invokers,
            event_invoke_configs,
            queues,
            tables,
            keys,
            destinations,
            unread,
        } = part;
        all.functions.extend(functions);
        all.mappings.extend(mappings);
        all.triggers.extend(triggers);
        all.invokers.extend(invokers);
        all.event_invoke_configs.extend(event_invoke_configs);
        all.queues.extend(queues);
        all.tables.extend(tables);
        all.keys.extend(keys);
        all.destinations.extend(destinations);
        all.unread.extend(unread);
    }
    Ok(all)
}

#[cfg(test)]
mod tests;
