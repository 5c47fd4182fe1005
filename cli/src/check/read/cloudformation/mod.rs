//! Templates of CloudFormation, and of SAM, which is CloudFormation with more kinds of resources.

mod conditions;
mod function;
mod http;
mod references;
mod resolve;
mod roles;
mod sam;
mod storage;
mod template;
mod triggers;

use std::collections::HashMap;

use crate::check::observed::{Attribute, Field, Mapping, Observed, Part, Permissions, Place, Polled, Target, Text};
use crate::check::read::document::{self, Node};
use crate::check::read::event_invoke_config::event_invoke_config;
use crate::check::read::mapping::{broker, mapping};
use crate::check::read::{Given, Source, field, text};
use crate::error::CliError;

pub(crate) use function::variables_of;
pub(crate) use http::balanced;
use roles::Roles;
pub(crate) use template::{Named, Resource, Template, named};

/// Reads one file.
pub(crate) fn read(source: &Source, given: &[Given]) -> Result<Observed, CliError> {
    let document = document::parse(source)?;
    let Some(section) = document.get("Resources").filter(|section| section.is_map()) else {
        return Err(CliError::new(format!(
            "`{}`: this is no template of CloudFormation or SAM: it has no map `Resources`",
            source.name
        )));
    };
    let mut named = named(Some(section), str::to_owned);
    sam::name_what_is_made(&document, section, &mut named);
    let template = Template::new(&document, given, named);
    note_macros(&template, &document);
    let mut resources = template.resources(section);
    sam::apply_globals(&template, &document, &mut resources);
    let mut reader = Reader::new(&template, &resources);
    reader.read();
    Ok(reader.done())
}

/// The names of a file's parameters.
pub(crate) fn parameters(source: &Source) -> Result<Vec<String>, CliError> {
    let document = document::parse(source)?;
    Ok(names_of(document.get("Parameters")))
}

pub(crate) fn names_of(section: Option<&Node>) -> Vec<String> {
    section.map(Node::entries).unwrap_or_default().iter().map(|(name, _)| name.clone()).collect()
}

/// SAM's transform is read, and what others make is not known.
fn note_macros(template: &Template, document: &Node) {
    let Some(transform) = document.get("Transform") else { return };
    for item in transform.one_or_many() {
        let name = item.known().or_else(|| item.get("Name").and_then(Node::known));
        if !matches!(name, Some(sam::TRANSFORM | "AWS::LanguageExtensions")) {
            template.cannot_read(format!("what the macro {} makes", name.unwrap_or("of this template")), item);
        }
    }
}

/// From a template's resources to what they say.
pub(crate) struct Reader<'a> {
    pub(crate) template: &'a Template,
    pub(crate) resources: &'a [Resource],
    pub(crate) observed: Observed,
    by_address: HashMap<&'a str, &'a Resource>,
    /// What each address stands for that stands for a function: itself, a version or an alias.
    functions: HashMap<String, Target>,
    /// Functions by the names that they are given.
    names: Vec<(Text, String)>,
    roles: Roles<'a>,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(template: &'a Template, resources: &'a [Resource]) -> Self {
        let mut reader = Self {
            template,
            resources,
            observed: Observed::default(),
            by_address: resources.iter().map(|resource| (resource.address.as_str(), resource)).collect(),
            functions: HashMap::new(),
            names: Vec::new(),
            roles: Roles::of(resources),
        };
        for resource in resources {
            if matches!(resource.kind.as_str(), "AWS::Lambda::Function" | sam::FUNCTION) {
                reader.know_function(&resource.address, resource.properties.get("FunctionName"));
                let alias = resource.properties.get("AutoPublishAlias").and_then(Node::text);
                reader.know_alias(&sam::alias(&resource.address), &resource.address, alias.cloned());
                let version = sam::version(&resource.address);
                reader.know_alias(&version, &resource.address, Some(number_of(&version)));
            }
        }
        for resource in resources {
            let name = match resource.kind.as_str() {
                "AWS::Lambda::Version" => None,
                "AWS::Lambda::Alias" => resource.properties.get("Name").and_then(Node::text).cloned(),
                _ => continue,
            };
            if let Some(function) = reader.target(resource.properties.get("FunctionName")).address() {
                let qualifier = name.unwrap_or_else(|| number_of(&resource.address));
                reader.know_alias(&resource.address, function, Some(qualifier));
            }
        }
        reader
    }

    /// Says that an address is a function's.
    pub(crate) fn know_function(&mut self, address: &str, name: Option<&Node>) {
        self.functions.insert(address.to_owned(), Target::Function(address.to_owned()));
        if let Some(name) = name.and_then(Node::text) {
            self.names.push((name.clone(), address.to_owned()));
        }
    }

    /// Says that an address is a function's alias, if it has one.
    pub(crate) fn know_alias(&mut self, address: &str, function: &str, name: Option<Text>) {
        if name.is_some() {
            let alias = Target::Function(function.to_owned()).qualified(name);
            self.functions.insert(address.to_owned(), alias);
        }
    }

    /// What invokes a function whose deployer may have made this alias of it.
    pub(crate) fn alias_or(&self, alias: &str, function: &str) -> Target {
        self.functions.get(alias).cloned().unwrap_or_else(|| Target::Function(function.to_owned()))
    }

    /// Reads all resources.
    pub(crate) fn read(&mut self) {
        for resource in self.resources {
            self.resource(resource);
        }
        for resource in self.resources {
            self.provision(resource);
        }
        self.connectors();
    }

    /// What a role may do that a function names.
    pub(crate) fn role_permissions(&self, role: &Node, function: &Place) -> Permissions {
        self.roles.permissions(Some(role), function)
    }

    pub(crate) fn add_managed(&self, permissions: &mut Permissions, policy: &Node) {
        self.roles.add_managed(permissions, policy);
    }

    pub(crate) fn add_attached(&self, permissions: &mut Permissions, role: &str) {
        self.roles.add_attached(permissions, role);
    }

    /// The bucket of these files that has this name, else the name.
    pub(crate) fn bucket_of(&self, name: Text) -> Text {
        let is_it = |resource: &&Resource| {
            resource.kind == "AWS::S3::Bucket"
                && resource.properties.get("BucketName").and_then(Node::text) == Some(&name)
        };
        self.resources.iter().find(is_it).map_or(name.clone(), Resource::named)
    }

    /// What was read.
    pub(crate) fn done(mut self) -> Observed {
        self.observed.unread.append(&mut self.template.unread.borrow_mut());
        self.observed
    }

    fn resource(&mut self, resource: &'a Resource) {
        let place = &resource.node.place;
        self.observed.destinations.extend(storage::destination(resource));
        match resource.kind.as_str() {
            "AWS::Lambda::Function" => self.function(resource),
            "AWS::Lambda::EventSourceMapping" => {
                let mapping = self.mapping(&resource.properties, place);
                self.observed.mappings.push(mapping);
            }
            "AWS::Lambda::Permission" => self.permission(&resource.properties, place),
            "AWS::Lambda::EventInvokeConfig" => {
                let function = self.qualified_target(&resource.properties, "FunctionName");
                self.observed.event_invoke_configs.push(event_invoke_config(&resource.properties, place, function));
            }
            "AWS::SQS::Queue" => self.observed.queues.push(storage::queue(resource)),
            "AWS::DynamoDB::Table" | "AWS::DynamoDB::GlobalTable" | "AWS::Serverless::SimpleTable" => {
                self.observed.tables.push(storage::table(resource));
            }
            "AWS::KMS::Key" => self.observed.keys.push(storage::key(resource)),
            "AWS::CloudFormation::Stack" | "AWS::Serverless::Application" => {
                self.template.cannot_read(format!("the nested stack {}", resource.address), &resource.node);
            }
            sam::FUNCTION => self.sam_function(resource),
            "AWS::Serverless::Api" | "AWS::Serverless::HttpApi" => self.sam_api(resource),
            "AWS::Serverless::WebSocketApi" => self.sam_web_socket(resource),
            _ => {
                self.trigger(resource);
                self.front_end(resource);
            }
        }
    }

    fn function(&mut self, resource: &Resource) {
        let mut function = function::function(resource);
        function.permissions = self.roles.permissions(resource.properties.get("Role"), &resource.node.place);
        self.observed.functions.push(function);
    }

    /// What is provisioned is provisioned for an alias or a version, and said to be the function's.
    fn provision(&mut self, resource: &Resource) {
        if !matches!(resource.kind.as_str(), "AWS::Lambda::Alias" | "AWS::Lambda::Version") {
            return;
        }
        let config = ["ProvisionedConcurrencyConfig", "ProvisionedConcurrentExecutions"];
        let Some(number) = resource.properties.at(&config) else { return };
        let Some(address) = self.functions.get(&resource.address).and_then(Target::address) else { return };
        let own = self.observed.functions.iter_mut().find(|function| function.address == address);
        if let Some(function) = own {
            function.provisioned_concurrency = field::number(Some(number), Field::Absent);
        }
    }

    /// An event source mapping of CloudFormation's.
    fn mapping(&self, properties: &Node, place: &Place) -> Mapping {
        let source = properties.get("EventSourceArn");
        let kind = source.and_then(Node::text).and_then(|source| self.polled(source, properties));
        mapping(properties, place, self.target(properties.get("FunctionName")), source, kind)
    }

    /// What a resource is that is polled.
    pub(crate) fn polled(&self, source: &Text, properties: &Node) -> Option<Polled> {
        let address = template::of(source)?;
        let resource = self.by_address.get(address)?;
        match resource.kind.as_str() {
            "AWS::SQS::Queue" => Some(Polled::Sqs),
            "AWS::Kinesis::Stream" | "AWS::Kinesis::StreamConsumer" => Some(Polled::Kinesis),
            "AWS::DynamoDB::Table" | "AWS::DynamoDB::GlobalTable" => Some(Polled::DynamoDb),
            "AWS::MSK::Cluster" | "AWS::MSK::ServerlessCluster" => Some(Polled::Kafka),
            "AWS::AmazonMQ::Broker" => match resource.properties.get("EngineType").and_then(Node::known) {
                Some(engine) if engine.eq_ignore_ascii_case("rabbitmq") => Some(Polled::Other),
                _ => Some(broker(properties)),
            },
            "AWS::DocDB::DBCluster" => Some(Polled::Other),
            _ => None,
        }
    }

    /// The function that a name, an ARN or the address of an integration is of.
    pub(crate) fn target(&self, node: Option<&Node>) -> Target {
        let Some(text) = node.and_then(Node::text) else { return Target::Elsewhere };
        self.target_of(text)
    }

    /// The function that this property names, and its alias or version in `Qualifier`.
    fn qualified_target(&self, properties: &Node, function: &str) -> Target {
        self.target(properties.get(function)).qualified(properties.get("Qualifier").and_then(Node::text).cloned())
    }

    pub(crate) fn target_of(&self, text: &Text) -> Target {
        let of = text.0.iter().enumerate().find_map(|(number, part)| match part {
            Part::Of { address, attribute: Attribute::Arn | Attribute::Name } => {
                let after = Text(text.0.iter().skip(number + 1).cloned().collect());
                Some(self.functions.get(address)?.clone().qualified(split(after).1))
            }
            _ => None,
        });
        of.or_else(|| {
            let (name, qualifier) = split(function_name(text));
            let (_, address) = self.names.iter().find(|(known, _)| *known == name)?;
            Some(Target::Function(address.clone()).qualified(qualifier))
        })
        .unwrap_or(Target::Elsewhere)
    }
}

/// The number that a version has, which is known only when it is published.
fn number_of(version: &str) -> Text {
    Text(vec![Part::Of { address: version.to_owned(), attribute: Attribute::Other("Version".to_owned()) }])
}

/// What stands behind `:function:`, or all of it.
fn function_name(text: &Text) -> Text {
    let mut name = text.clone();
    let found = text.0.iter().enumerate().find_map(|(number, part)| match part {
        Part::Literal(literal) => {
            let after = literal.find(":function:").map(|start| start + ":function:".len())?;
            Some((number, literal.get(after..)?.to_owned()))
        }
        _ => None,
    });
    if let Some((number, first)) = found {
        name = text::literal(first);
        text.0.iter().skip(number + 1).for_each(|part| text::push(&mut name, part.clone()));
    }
    name
}

/// A name, and the alias or version behind it.
fn split(whole: Text) -> (Text, Option<Text>) {
    let (mut name, mut qualifier) = (Text::default(), None);
    for part in whole.0 {
        let of = qualifier.as_mut().unwrap_or(&mut name);
        let Part::Literal(literal) = &part else {
            text::push(of, part);
            continue;
        };
        // The address of an integration goes on after the ARN.
        let (literal, is_end) = match literal.split_once('/') {
            Some((before, _)) => (before, true),
            None => (literal.as_str(), false),
        };
        match (literal.split_once(':'), is_end) {
            (Some((before, after)), _) if qualifier.is_none() => {
                text::add(&mut name, before);
                qualifier = Some(text::literal(after));
            }
            _ => text::add(qualifier.as_mut().unwrap_or(&mut name), literal),
        }
        if is_end {
            break;
        }
    }
    (name, qualifier)
}

#[cfg(test)]
mod tests;
