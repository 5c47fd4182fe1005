//! Roles: the one that the framework makes for all functions, and those that functions name.

use super::function::destination;
use super::{ROLE, Service, address, polled};
use crate::check::observed::{Attribute, Part, Permissions, Statement, Text};
use crate::check::read::cloudformation::Reader;
use crate::check::read::document::{Node, Value};
use crate::check::read::policy::{add_statements, anything, generated};
use crate::check::read::{managed, text};

/// A statement that the framework writes: actions, on what, and where what asks for it stands.
pub(super) struct Shared<'a> {
    pub(super) actions: Vec<&'static str>,
    pub(super) on: Vec<Text>,
    pub(super) node: &'a Node,
}

impl Service {
    /// What a function's role may do.
    pub(super) fn permissions(&self, reader: &Reader<'_>, function: &Node, shared: &[Shared<'_>]) -> Permissions {
        let iam = self.provider.at(&["iam", "role"]);
        // A map that is no function of CloudFormation's describes the role that is made.
        let existing = iam.filter(|role| !role.is_map());
        let role = function.get("role").or(existing).or_else(|| self.provider.get("role"));
        let Some(role) = role.filter(|role| role.known() != Some(ROLE)) else {
            return self.made_role(reader, function, shared);
        };
        // A word is the logical identifier of a role in `resources`.
        let word = role.known().filter(|word| !word.starts_with("arn:"));
        let named =
            word.map(|id| role.scalar(Text(vec![Part::Of { address: id.to_owned(), attribute: Attribute::Arn }])));
        if role.text().is_some_and(is_made_role) {
            return self.made_role(reader, function, shared);
        }
        reader.role_permissions(named.as_ref().unwrap_or(role), &function.place)
    }

    fn made_role(&self, reader: &Reader<'_>, function: &Node, shared: &[Shared<'_>]) -> Permissions {
        let iam = self.provider.at(&["iam", "role"]);
        let statements = iam.and_then(|role| role.get("statements")).or_else(|| self.provider.get("iamRoleStatements"));
        let place = statements.or(iam).unwrap_or(&self.provider).place.clone();
        let mut permissions = Permissions { place: Some(place.clone()), ..Permissions::default() };
        if let Some(statements) = statements {
            add_statements(&mut permissions, statements, false);
        }
        let policies = iam.and_then(|role| role.get("managedPolicies"));
        let policies = policies.or_else(|| self.provider.get("iamManagedPolicies"));
        for policy in policies.map(Node::one_or_many).unwrap_or_default() {
            reader.add_managed(&mut permissions, policy);
        }
        let mut group = text::literal("log-group:/aws/lambda/*");
        text::add(&mut group, ":*");
        let logs = ["logs:CreateLogStream", "logs:CreateLogGroup", "logs:TagResource", "logs:PutLogEvents"];
        let own = [text::own_arn("logs", group)];
        permissions.statements.push(generated(&logs, own.into(), &function.place));
        permissions.statements.extend(shared.iter().map(Shared::statement));
        if self.provider.get("vpc").is_some() {
            managed::add(&mut permissions, &text::literal("AWSLambdaVPCAccessExecutionRole"), &place);
        }
        // A plugin makes a role of these for the function alone.
        if let Some(own) = function.get("iamRoleStatements") {
            add_statements(&mut permissions, own, false);
            permissions.cannot_read(&own.place);
        }
        reader.add_attached(&mut permissions, ROLE);
        permissions
    }

    /// What the framework adds to the role that it makes: it is one for all functions, so it holds what any of them takes.
    pub(super) fn shared_statements<'a>(&self, functions: &'a [(String, Node)]) -> Vec<Shared<'a>> {
        let mut shared = Vec::new();
        let provider_traces = self.provider.at(&["tracing", "lambda"]).is_some_and(is_on);
        for (key, function) in functions {
            for event in function.get("events").map(Node::items).unwrap_or_default() {
                for (kind, config) in event.entries() {
                    shared.extend(polled::statements(kind, config));
                    if kind == "schedule" && config.get("method").and_then(Node::known) == Some("scheduler") {
                        let on = Text(vec![Part::Of { address: address(key), attribute: Attribute::Arn }]);
                        shared.push(Shared { actions: vec!["lambda:InvokeFunction"], on: vec![on], node: config });
                    }
                }
            }
            if provider_traces || function.get("tracing").is_some_and(is_on) {
                let actions = vec!["xray:PutTraceSegments", "xray:PutTelemetryRecords"];
                shared.push(Shared { actions, on: anything(), node: function });
            }
            if let Some(topic) = function.get("onError").filter(|topic| topic.known().is_some()) {
                let on = topic.text().cloned().into_iter().collect();
                shared.push(Shared { actions: vec!["sns:Publish"], on, node: topic });
            }
            // Whoever brings a role allows it there.
            let is_made = function.get("role").is_none();
            let ends = function.get("destinations").filter(|_| is_made).map(Node::entries).unwrap_or_default();
            for (_, end) in ends {
                let Some((arn, Some(kind))) = destination(end) else { continue };
                let action = match kind {
                    "function" => "lambda:InvokeFunction",
                    "sqs" => "sqs:SendMessage",
                    "sns" => "sns:Publish",
                    "eventBus" => "events:PutEvents",
                    _ => continue,
                };
                shared.push(Shared { actions: vec![action], on: vec![arn], node: end });
            }
            if let Some(key) = function.get("kmsKeyArn").filter(|key| key.known().is_some()) {
                let on = key.text().cloned().into_iter().collect();
                shared.push(Shared { actions: vec!["kms:Decrypt"], on, node: key });
            }
            if function.get("vpc").is_some_and(Node::is_map) {
                shared.push(Shared { actions: polled::NETWORK.to_vec(), on: anything(), node: function });
            }
        }
        shared
    }
}

impl Shared<'_> {
    fn statement(&self) -> Statement {
        generated(&self.actions, self.on.clone(), &self.node.place)
    }
}

fn is_made_role(role: &Text) -> bool {
    matches!(role.0.as_slice(), [Part::Of { address, .. }] if address == ROLE)
}

fn is_on(node: &Node) -> bool {
    !matches!(&node.value, Value::Null) && node.known() != Some("false")
}
