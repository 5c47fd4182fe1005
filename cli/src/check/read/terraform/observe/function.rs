//! Functions: their settings, and the variables they are given.

use super::or;
use super::permissions::permissions;
use super::target::target;
use crate::check::observed::{Code, Environment, Field, Function, Variable};
use crate::check::read::terraform::resources::{Resource, Resources, argument, items};
use crate::check::read::terraform::value::{Kind, Value};

/// Lambda's own values: <https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html>; the provider has the same.
const MEMORY: u64 = 128;
const TIMEOUT: u64 = 3;

pub(super) fn function(resource: &Resource, resources: &Resources) -> Function {
    let block = |name: &str, key: &str| match resource.block(name) {
        Some(block) => argument(&block, key).field(Value::as_str),
        None => Field::Absent,
    };
    // One architecture at a time, in a list.
    let architecture = match items(&resource.get("architectures")).first() {
        Some(first) => first.field(Value::as_str),
        None => Field::Absent,
    };
    // -1 is none reserved, the provider's default.
    let reserved = resource.get("reserved_concurrent_executions");
    let reserved_concurrency = match reserved.as_number() {
        Some(number) if number < 0.0 => Field::Absent,
        _ => reserved.field(Value::unsigned),
    };
    Function {
        address: resource.address.clone(),
        place: resource.place(),
        name: resources.text(&resource.get("function_name")),
        handler: resource.get("handler").field(Value::as_str),
        code: code(resource),
        runtime: resource.get("runtime").field(Value::as_str),
        architecture: or(architecture, "x86_64".to_owned()),
        memory: or(resource.get("memory_size").field(Value::unsigned), MEMORY),
        timeout: or(resource.get("timeout").field(Value::unsigned), TIMEOUT),
        environment: environment(resource, resources),
        layers: items(&resource.get("layers")).iter().map(|layer| resources.text(layer)).collect(),
        permissions: permissions(resource, resources),
        reserved_concurrency,
        provisioned_concurrency: provisioned(resource, resources),
        tracing: or(block("tracing_config", "mode"), "PassThrough".to_owned()),
        log_format: or(block("logging_config", "log_format"), "Text".to_owned()),
        dead_letters: match resource.block("dead_letter_config") {
            Some(config) => resources.text(&argument(&config, "target_arn")),
            None => Field::Absent,
        },
    }
}

fn code(resource: &Resource) -> Code {
    let path = ["filename", "s3_key", "image_uri"].into_iter().find_map(|name| resource.get(name).text());
    Code { path, binary: None }
}

/// What is provisioned for a version or an alias of it.
fn provisioned(function: &Resource, resources: &Resources) -> Field<u64> {
    let is_of = |config: &&Resource| match target(&config.get("function_name"), resources) {
        Some(target) => target.address() == Some(&function.address),
        None => false,
    };
    let mut configs = resources.of("aws_lambda_provisioned_concurrency_config");
    match configs.find(is_of) {
        Some(config) => config.get("provisioned_concurrent_executions").field(Value::unsigned),
        None => Field::Absent,
    }
}

fn environment(resource: &Resource, resources: &Resources) -> Environment {
    let Some(block) = resource.block("environment") else { return Environment::default() };
    let variables = argument(&block, "variables");
    let place = Some((*block.place).clone());
    match &variables.of {
        Kind::Null => Environment { place, ..Environment::default() },
        Kind::Map(map) => {
            let variable = |(name, value): &(String, Value)| Variable {
                name: name.clone(),
                value: resources.text(value),
                place: (*value.place).clone(),
            };
            let variables = map.entries.iter().filter(|(_, value)| !value.is_null()).map(variable).collect();
            Environment { variables, place, is_open: map.is_open }
        }
        _ => Environment { variables: Vec::new(), place, is_open: true },
    }
}
