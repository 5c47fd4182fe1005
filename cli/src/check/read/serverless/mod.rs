//! `serverless.yml` of the Serverless Framework, and of its open fork: <https://github.com/oss-serverless/serverless>.
//!
//! The framework makes CloudFormation of it, and so does this reader: what stands in `resources` is read as it is, and a
//! function's events become what they would there.

mod events;
mod function;
mod http;
mod polled;
mod role;
mod syntax;
mod variables;

use std::collections::HashSet;

use crate::check::observed::{Observed, Target, Text};
use crate::check::read::cloudformation::{Named, Reader, Template, named, names_of};
use crate::check::read::document::{self, Node, Value};
use crate::check::read::{Given, Source, text};
use crate::error::CliError;

use variables::Variables;

/// The role that functions have which name none.
const ROLE: &str = "IamRoleLambdaExecution";

const READ: [&str; 5] = ["service", "provider", "package", "functions", "resources"];

/// Reads one file.
pub(crate) fn read(source: &Source, given: &[Given]) -> Result<Observed, CliError> {
    let written = document::parse(source)?;
    if written.get("service").is_none() || written.get("provider").is_none() {
        let what = "this is no `serverless.yml`: it has no `service` or no `provider`";
        return Err(CliError::new(format!("`{}`: {what}", source.name)));
    }
    let provider = written.get("provider").and_then(|provider| provider.get("name").unwrap_or(provider).known());
    if let Some(other) = provider.filter(|provider| *provider != "aws" && !provider.contains("${")) {
        return Err(CliError::new(format!("`{}`: its provider is `{other}`, and what is checked is AWS", source.name)));
    }
    let variables = Variables::new(&written, given, &source.name);
    // What else stands there is only looked at where a variable asks for it.
    let read = |(key, _): &&(String, Node)| READ.contains(&key.as_str());
    let read = written.entries().iter().filter(read).cloned().collect();
    let document = variables.resolve(&written.with(Value::Map(read)));
    let functions = functions(&document);
    let resources = resources(&document);
    let section = resources.get("Resources");
    let mut names = named(section, str::to_owned);
    for (key, _) in &functions {
        let kind = "AWS::Lambda::Function".to_owned();
        names.insert(logical_id(key), Named { kind, address: address(key) });
        let kind = "AWS::Lambda::Alias".to_owned();
        names.insert(alias_id(key), Named { kind, address: alias(key) });
    }
    for (id, kind) in [
        (ROLE, "AWS::IAM::Role"),
        ("HttpApi", "AWS::ApiGatewayV2::Api"),
        ("ApiGatewayRestApi", "AWS::ApiGateway::RestApi"),
        ("WebsocketsApi", "AWS::ApiGatewayV2::Api"),
    ] {
        names.entry(id.to_owned()).or_insert_with(|| Named { kind: kind.to_owned(), address: id.to_owned() });
    }
    let template = Template::new(&resources, given, names);
    note_unread(&template, &document, &variables);
    let empty = document.with(Value::Map(Vec::new()));
    let own = own_resources(&template, section.unwrap_or(&empty), &functions);
    let all = template.resources(&own);
    let mut reader = Reader::new(&template, &all);
    // A map with a name is how it was written once.
    let name = document.get("service").map(|service| service.get("name").unwrap_or(service));
    let service = Service {
        stage: variables.stage(),
        name: name.and_then(Node::text).cloned().unwrap_or_default(),
        provider: document.get("provider").and_then(|provider| template.resolve(provider)).unwrap_or(empty),
        artifact: document.at(&["package", "artifact"]).and_then(|artifact| template.resolve(artifact)),
    };
    let functions: Vec<(String, Node)> =
        functions.into_iter().filter_map(|(key, node)| Some((key, template.resolve(&node)?))).collect();
    for (key, function) in &functions {
        reader.know_function(&address(key), function.get("name"));
        if function.get("provisionedConcurrency").is_some_and(|number| number.value != Value::Null) {
            reader.know_alias(&alias(key), &address(key), Some(text::literal(ALIAS)));
        }
    }
    reader.read();
    service.read(&mut reader, &functions);
    Ok(reader.done())
}

/// The names of a file's parameters: those of variables, and of the templates in `resources`.
pub(crate) fn parameters(source: &Source) -> Result<Vec<String>, CliError> {
    let document = document::parse(source)?;
    let mut names = names_of(resources(&document).get("Parameters"));
    let stages = document.get("params").map(Node::entries).unwrap_or_default();
    names.extend(stages.iter().flat_map(|(_, params)| names_of(Some(params))));
    // A variable may stand within another one, so all of the text is looked through.
    for kind in ["${opt:", "${param:"] {
        for after in source.text.split(kind).skip(1) {
            names.extend(after.split(['}', ',', '$']).next().map(|name| name.trim().to_owned()));
        }
    }
    names.extend(["stage", "region"].map(str::to_owned));
    Ok(names)
}

/// What all functions have in common.
struct Service {
    stage: Text,
    name: Text,
    provider: Node,
    /// The archive of all functions that have none of their own.
    artifact: Option<Node>,
}

impl Service {
    /// `SERVICE-STAGE`, which names begin with that nobody chose.
    fn prefix(&self) -> Text {
        let mut prefix = self.name.clone();
        text::add(&mut prefix, "-");
        text::append(&mut prefix, self.stage.clone());
        prefix
    }
}

fn address(key: &str) -> String {
    format!("{FUNCTIONS}{key}")
}

/// The alias that the framework makes of a function with provisioned concurrency; all its events are the alias's then.
const ALIAS: &str = "provisioned";

fn alias(key: &str) -> String {
    format!("{FUNCTIONS}{key}.{ALIAS}")
}

/// What an event of a function invokes.
fn target(reader: &Reader<'_>, key: &str) -> Target {
    reader.alias_or(&alias(key), &address(key))
}

/// What the addresses of functions begin with.
pub(crate) const FUNCTIONS: &str = "functions.";

/// The logical identifier of a function in CloudFormation.
pub(crate) fn logical_id(key: &str) -> String {
    format!("{}LambdaFunction", normalized(key))
}

/// That of its alias.
fn alias_id(key: &str) -> String {
    format!("{}ProvConcLambdaAlias", normalized(key))
}

fn normalized(key: &str) -> String {
    let key = key.replace('-', "Dash").replace('_', "Underscore");
    let mut letters = key.chars();
    let first: String = letters.next().map(char::to_uppercase).into_iter().flatten().collect();
    format!("{first}{}", letters.as_str())
}

/// The functions, which may be several maps in a list.
fn functions(document: &Node) -> Vec<(String, Node)> {
    let all = document.get("functions").map(Node::one_or_many).unwrap_or_default();
    all.iter().flat_map(Node::entries).cloned().collect()
}

/// `resources` as one template; a list of them is put together, section by section.
fn resources(document: &Node) -> Node {
    let mut sections: Vec<(String, Node)> = Vec::new();
    for part in document.get("resources").map(Node::one_or_many).unwrap_or_default() {
        for (name, section) in part.entries() {
            let known = sections.iter_mut().find(|(known, _)| known == name).map(|(_, known)| known);
            match (known, &section.value) {
                (Some(Node { value: Value::Map(entries), .. }), Value::Map(more)) => {
                    // The later one stands, as the framework merges them.
                    let later: HashSet<&str> = more.iter().map(|(key, _)| key.as_str()).collect();
                    entries.retain(|(key, _)| !later.contains(key.as_str()));
                    entries.extend(more.iter().cloned());
                }
                (Some(_), _) => {}
                (None, _) => sections.push((name.clone(), section.clone())),
            }
        }
    }
    document.with(Value::Map(sections))
}

/// The resources that are the file's alone. One by the name of what the framework makes changes that, which is not read.
fn own_resources(template: &Template, section: &Node, functions: &[(String, Node)]) -> Node {
    let made: HashSet<String> = functions.iter().map(|(key, _)| logical_id(key)).chain([ROLE.to_owned()]).collect();
    let (changed, own): (Vec<_>, Vec<_>) = section.entries().iter().partition(|(id, _)| made.contains(id));
    for (id, change) in changed {
        template.cannot_read(format!("what `resources` changes of {id}"), change);
    }
    section.with(Value::Map(own.into_iter().cloned().collect()))
}

/// Notes what may hold anything: files that are not read, and changes to what the framework makes.
fn note_unread(template: &Template, document: &Node, variables: &Variables<'_>) {
    for key in ["functions", "resources"] {
        for part in document.get(key).map(Node::one_or_many).unwrap_or_default() {
            if part.is_unknown() {
                template.cannot_read(format!("a part of `{key}` that is in another file or known only later"), part);
            }
            if let Some(extensions) = part.get("extensions").filter(|_| key == "resources") {
                template.cannot_read("what `resources.extensions` changes", extensions);
            }
        }
    }
    for (key, function) in functions(document) {
        if function.is_unknown() {
            template.cannot_read(format!("the function {key}"), &function);
        }
    }
    for node in variables.too_much() {
        template.cannot_read("what comes to more than a service can hold", &node);
    }
}

#[cfg(test)]
mod tests;
