//! The settings of a function, which SAM and CloudFormation call the same.

use super::template::Resource;
use crate::check::observed::{Code, Environment, Field, Function, Permissions, Place, Variable};
use crate::check::read::document::Node;
use crate::check::read::field;

/// Lambda's own defaults: <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-function.html>.
const MEMORY: u64 = 128;
const TIMEOUT: u64 = 3;

/// Reads what stands in `Properties`, without what the function's role may do.
pub(super) fn function(resource: &Resource) -> Function {
    let Resource { address, properties, node, .. } = resource;
    let architecture = properties.get("Architectures");
    let architecture = architecture.and_then(|list| list.items().first().or(Some(list)));
    let provisioned = ["ProvisionedConcurrencyConfig", "ProvisionedConcurrentExecutions"];
    // SAM has the mode itself where CloudFormation has a configuration.
    let tracing = properties.at(&["TracingConfig", "Mode"]).or_else(|| properties.get("Tracing"));
    Function {
        address: address.clone(),
        place: node.place.clone(),
        name: field::text(properties.get("FunctionName"), Field::Absent),
        handler: field::word(properties.get("Handler"), Field::Absent),
        code: code(resource),
        runtime: field::word(properties.get("Runtime"), Field::Absent),
        architecture: field::word(architecture, Field::Default("x86_64".to_owned())),
        memory: field::number(properties.get("MemorySize"), Field::Default(MEMORY)),
        timeout: field::number(properties.get("Timeout"), Field::Default(TIMEOUT)),
        environment: environment(properties.get("Environment")),
        layers: field::texts(properties.get("Layers")),
        permissions: Permissions::default(),
        reserved_concurrency: field::number(properties.get("ReservedConcurrentExecutions"), Field::Absent),
        provisioned_concurrency: field::number(properties.at(&provisioned), Field::Absent),
        tracing: field::word(tracing, Field::Default("PassThrough".to_owned())),
        log_format: field::word(properties.at(&["LoggingConfig", "LogFormat"]), Field::Default("Text".to_owned())),
        // SAM calls it what it is.
        dead_letters: match properties.get("DeadLetterConfig").or_else(|| properties.get("DeadLetterQueue")) {
            Some(config) => field::within(config, &["TargetArn"]),
            None => Field::Absent,
        },
    }
}

/// SAM builds with cargo-lambda, which may be told the binary:
/// <https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/building-rust.html>.
fn code(resource: &Resource) -> Code {
    let properties = &resource.properties;
    let code = ["CodeUri", "Code", "ImageUri"].into_iter().find_map(|name| properties.get(name));
    let path = code.and_then(|code| {
        let object = ["S3Key", "Key", "ImageUri"].into_iter().find_map(|name| code.get(name));
        object.unwrap_or(code).text().cloned()
    });
    let binary = resource.node.at(&["Metadata", "BuildProperties", "Binary"]).and_then(Node::known);
    Code { path, binary: binary.map(str::to_owned) }
}

fn environment(node: Option<&Node>) -> Environment {
    let Some(node) = node else { return Environment::default() };
    match node.get("Variables") {
        Some(variables) => variables_of(variables, &node.place),
        None => Environment { is_open: node.is_unknown(), place: Some(node.place.clone()), ..Environment::default() },
    }
}

/// The variables of a map.
pub(crate) fn variables_of(node: &Node, place: &Place) -> Environment {
    let variables = node.entries().iter().map(|(name, value)| Variable {
        name: name.clone(),
        value: field::text(Some(value), Field::Absent),
        place: value.place.clone(),
    });
    Environment { variables: variables.collect(), place: Some(place.clone()), is_open: node.is_unknown() }
}
