//! The Serverless Application Model: <https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification.html>.

mod api;
mod connectors;
mod events;
mod globals;
mod policies;
mod templates;

use std::collections::HashMap;

use super::template::{Named, Resource};
use super::{Reader, function};
use crate::check::observed::{AllowedBy, Attribute, Field, Function, Part, Permissions, Statement, Target, Text};
use crate::check::read::document::Node;
use crate::check::read::event_invoke_config::event_invoke_config;
use crate::check::read::policy::generated;
use crate::check::read::{managed, text};

pub(super) use globals::apply as apply_globals;

pub(super) const TRANSFORM: &str = "AWS::Serverless-2016-10-31";
pub(super) const FUNCTION: &str = "AWS::Serverless::Function";

/// The logical identifiers that SAM makes beside those of the template, for what refers to them:
/// <https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-generated-resources.html>.
pub(super) fn name_what_is_made(document: &Node, section: &Node, named: &mut HashMap<String, Named>) {
    let mut made = Vec::new();
    let alias_of_all = document.at(&["Globals", "Function", "AutoPublishAlias"]);
    for (id, resource) in section.entries() {
        if resource.get("Type").and_then(Node::known) != Some(FUNCTION) {
            continue;
        }
        made.push((format!("{id}Role"), "AWS::IAM::Role", format!("{id}Role")));
        made.push((format!("{id}Url"), "AWS::Lambda::Url", format!("{id}Url")));
        made.push((self::alias(id), "AWS::Lambda::Alias", self::alias(id)));
        made.push((version(id), "AWS::Lambda::Version", version(id)));
        for (made_for, kind) in [("Queue", "AWS::SQS::Queue"), ("Topic", "AWS::SNS::Topic")] {
            let destination = destination_of(id, made_for);
            made.push((destination.clone(), kind, destination));
        }
        let alias = resource.at(&["Properties", "AutoPublishAlias"]).or(alias_of_all);
        if let Some(alias) = alias.and_then(Node::known) {
            made.push((format!("{id}Alias{alias}"), "AWS::Lambda::Alias", self::alias(id)));
        }
    }
    for (id, kind) in [("ServerlessRestApi", "AWS::Serverless::Api"), ("ServerlessHttpApi", "AWS::Serverless::HttpApi")]
    {
        made.push((id.to_owned(), kind, id.to_owned()));
    }
    for (id, kind, address) in made {
        named.entry(id).or_insert_with(|| Named { kind: kind.to_owned(), address });
    }
}

/// The alias that SAM makes of a function, as the template refers to it.
pub(super) fn alias(function: &str) -> String {
    format!("{function}.Alias")
}

/// The version that the alias is of.
pub(super) fn version(function: &str) -> String {
    format!("{function}.Version")
}

/// What SAM makes for events that fail, where the template names none.
fn destination_of(function: &str, kind: &str) -> String {
    format!("{function}.Destination{kind}")
}

impl<'a> Reader<'a> {
    pub(super) fn sam_function(&mut self, resource: &'a Resource) {
        let properties = &resource.properties;
        let mut function = function::function(resource);
        function.permissions = match properties.get("Role") {
            Some(role) => self.roles.permissions(Some(role), &resource.node.place),
            None => self.made_role(resource, &function),
        };
        // Of the role, or of what it stands in for.
        let has_own_role = properties.get("Role").is_none();
        self.observed.functions.push(function);
        if let Some(config) = properties.get("EventInvokeConfig") {
            self.sam_event_invoke_config(&resource.address, config);
        }
        if let Some(config) = properties.get("FunctionUrlConfig") {
            let function = Target::Function(resource.address.clone());
            self.url(config, function, &config.place, AllowedBy::Generated);
        }
        for (id, event) in properties.get("Events").map(Node::entries).unwrap_or_default() {
            self.event(resource, id, event, has_own_role);
        }
        if properties.get("Events").is_some_and(Node::is_unknown) {
            self.template.cannot_read(format!("the events of {}", resource.address), properties);
        }
    }

    /// It is the alias's where SAM makes one.
    fn sam_event_invoke_config(&mut self, function: &str, node: &Node) {
        let mut config = event_invoke_config(node, &node.place, self.alias_or(&alias(function), function));
        let end = node.at(&["DestinationConfig", "OnFailure"]);
        if let (Field::Absent, Some(end)) = (&config.on_failure, end) {
            let kind = if end.get("Type").and_then(Node::known) == Some("SNS") { "Topic" } else { "Queue" };
            let address = destination_of(function, kind);
            let arn = Text(vec![Part::Of { address, attribute: Attribute::Arn }]);
            config.on_failure = Field::Known(arn, end.place.clone());
        }
        self.observed.event_invoke_configs.push(config);
    }

    /// The role that SAM makes for a function that has none.
    fn made_role(&self, resource: &Resource, function: &Function) -> Permissions {
        let place = &resource.node.place;
        let properties = &resource.properties;
        let policies = properties.get("Policies");
        let stands_for_it = policies.map_or(place, |policies| &policies.place);
        let mut permissions = Permissions { place: Some(stands_for_it.clone()), ..Permissions::default() };
        let mut add = |policy: &str| managed::add(&mut permissions, &text::literal(policy), place);
        add("AWSLambdaBasicExecutionRole");
        if properties.get("VpcConfig").is_some() {
            add("AWSLambdaVPCAccessExecutionRole");
        }
        let is_off = matches!(&function.tracing, Field::Known(mode, _) if mode == "Disabled");
        if !matches!(function.tracing, Field::Default(_) | Field::Absent) && !is_off {
            add("AWSXrayWriteOnlyAccess");
        }
        if let Some(queue) = properties.get("DeadLetterQueue") {
            let action =
                if queue.get("Type").and_then(Node::known) == Some("SNS") { "sns:Publish" } else { "sqs:SendMessage" };
            let arn: Vec<Text> = queue.get("TargetArn").and_then(Node::text).cloned().into_iter().collect();
            permissions.statements.push(generated(&[action], arn, &queue.place));
        }
        permissions.statements.extend(properties.get("EventInvokeConfig").map(destinations).unwrap_or_default());
        for policy in policies.map(Node::one_or_many).unwrap_or_default() {
            self.policy(&mut permissions, policy);
        }
        self.roles.add_attached(&mut permissions, &format!("{}Role", resource.address));
        permissions
    }
}

/// What SAM allows a role that it makes for where the results of asynchronous invocations go.
fn destinations(config: &Node) -> Vec<Statement> {
    let both = ["OnSuccess", "OnFailure"].into_iter().filter_map(|end| config.at(&["DestinationConfig", end]));
    both.flat_map(destination).collect()
}

/// What SAM allows for a destination whose type is said.
fn destination(end: &Node) -> Vec<Statement> {
    let kind = end.get("Type").and_then(Node::known).unwrap_or_default();
    let Some(arn) = end.get("Destination").and_then(Node::text) else { return Vec::new() };
    let action = match kind {
        "SQS" => "sqs:SendMessage",
        "SNS" => "sns:Publish",
        "Lambda" => "lambda:InvokeFunction",
        "EventBridge" => "events:PutEvents",
        "S3" | "S3Bucket" => {
            let mut objects = arn.clone();
            text::add(&mut objects, "/*");
            let put = generated(&["s3:PutObject"], vec![objects], &end.place);
            return vec![put, generated(&["s3:ListBucket"], vec![arn.clone()], &end.place)];
        }
        _ => return Vec::new(),
    };
    vec![generated(&[action], vec![arn.clone()], &end.place)]
}
