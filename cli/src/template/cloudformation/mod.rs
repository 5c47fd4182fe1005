//! CloudFormation, and what its dialects share: `text` for references, `resources`, `events` and `http` for what functions
//! need.

mod events;
mod http;
mod resources;
pub(crate) mod text;

pub(crate) use crate::template::cloudformation::events::SQL_VERSION;
pub(crate) use crate::template::cloudformation::http::{BINARY_MEDIA_TYPES, key};
pub(crate) use crate::template::cloudformation::resources::DEAD_LETTER_RETENTION;
use crate::template::cloudformation::resources::resource;
use crate::template::cloudformation::text::{Dialect, Writer, get_att};
use crate::template::model::{Deployment, Function, Setting};
use crate::template::text::Kind;
use crate::template::yaml::{Map, Node};

/// The runtime of binaries.
pub(crate) const RUNTIME: &str = "provided.al2023";

/// The alias whose environments are provisioned.
pub(crate) const ALIAS: &str = "live";

/// Where the bundle of code is.
const CODE_PARAMETERS: [(&str, &str); 2] = [
    ("CodeBucket", "The bucket that holds the functions' code"),
    ("CodeKey", "The key of the code in it: the bootstrap.zip that cargo lambda build --output-format zip makes"),
];

/// The template.
pub(crate) fn render(deployment: &Deployment) -> String {
    let writer = Writer { dialect: Dialect::CloudFormation, of: deployment };
    let mut parameters = writer.parameters();
    for (id, description) in CODE_PARAMETERS {
        parameters.set(id, Map::new().with("Type", "String").with("Description", description));
    }
    let mut resources = Map::new();
    for function in &deployment.functions {
        writer.function(function, &mut resources);
    }
    resources.extend(writer.shared());
    let description = format!("The functions of {}", deployment.service);
    Map::new()
        .with("AWSTemplateFormatVersion", "2010-09-09")
        .with("Description", description)
        .with("Parameters", parameters)
        .unless_empty("Conditions", writer.conditions())
        .unless_empty("Outputs", writer.outputs())
        .with("Resources", resources)
        .to_yaml()
}

impl Writer<'_> {
    fn function(&self, function: &Function, resources: &mut Map) {
        let code = Map::new().with("S3Bucket", Map::of("Ref", "CodeBucket")).with("S3Key", Map::of("Ref", "CodeKey"));
        let mut properties = Map::new()
            .with("FunctionName", self.text(&function.name))
            .with("Runtime", RUNTIME)
            .with("Architectures", vec![self.of.architecture.name()])
            .with("Code", code);
        properties.extend(self.common(function));
        let reserved = function.reserved_concurrency;
        properties = properties
            .maybe("ReservedConcurrentExecutions", reserved)
            .maybe("TracingConfig", self.of.tracing.then(|| Map::of("Mode", "Active")));
        let id = self.logical_id(&Kind::Target.of(&function.id));
        resources.comments(&function.notes);
        resources.set(&id, resource("AWS::Lambda::Function", properties));
        if let Some(environments) = function.provisioned_concurrency {
            let version = format!("{}Version", function.id);
            let name = || Map::of("Ref", &id);
            let published = resource("AWS::Lambda::Version", Map::of("FunctionName", name()));
            resources.set(&version, published);
            let properties = Map::new()
                .with("Name", ALIAS)
                .with("FunctionName", name())
                .with("FunctionVersion", get_att(&version, "Version"))
                .with("ProvisionedConcurrencyConfig", Map::of("ProvisionedConcurrentExecutions", environments));
            resources.set(&format!("{}Alias", function.id), resource("AWS::Lambda::Alias", properties));
        }
        self.event_invoke_config(function, resources);
        self.role(function, resources);
        self.log_group(function, resources);
        self.events(function, resources);
    }

    /// What SAM and CloudFormation call the same.
    pub(crate) fn common(&self, function: &Function) -> Map {
        let group = self.logical_id(&Kind::LogGroup.of(&function.id));
        let logging = Map::new().with("LogFormat", "JSON").with("LogGroup", Map::of("Ref", group));
        let variables = function
            .environment
            .iter()
            .fold(Map::new(), |variables, (name, value)| variables.with(name, self.text(value)));
        let layers: Vec<Node> = function.layers.iter().map(|layer| self.text(layer)).collect();
        numbers(function)
            .with("Role", self.text(&Kind::Role.of(&function.id).arn()))
            .with("LoggingConfig", logging)
            .maybe("Environment", (!variables.is_empty()).then(|| Map::of("Variables", variables)))
            .maybe("Layers", (!layers.is_empty()).then_some(layers))
    }

    pub(crate) fn log_group(&self, function: &Function, resources: &mut Map) {
        let name = crate::template::text::Text::from("/aws/lambda/").then(function.name.clone());
        let properties =
            Map::new().with("LogGroupName", self.text(&name)).with("RetentionInDays", self.of.log_retention);
        let id = self.logical_id(&Kind::LogGroup.of(&function.id));
        resources.set(&id, resource("AWS::Logs::LogGroup", properties));
    }
}

/// What `_HANDLER` selects, and the numbers of a function.
fn numbers(function: &Function) -> Map {
    let with = |map: Map, key: &str, setting: Setting, name: &str| {
        let map = match setting.is_default {
            true => map.comment(format!("Lambda's own default: the attribute has no `{name}`.")),
            false => map,
        };
        map.with(key, setting.value)
    };
    let map = Map::of("Handler", function.entry_point());
    let map = with(map, "MemorySize", function.memory, "memory");
    with(map, "Timeout", function.timeout, "timeout")
}
