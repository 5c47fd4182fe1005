//! `Events` of a function: <https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-function-eventsource.html>.

use crate::check::observed::{Place, Polled, Target, Text};
use crate::check::read::cloudformation::Reader;
use crate::check::read::cloudformation::template::Resource;
use crate::check::read::document::{Node, Value};
use crate::check::read::mapping::{broker, mapping};
use crate::check::read::policy::{anything, generated};
use crate::check::read::{managed, text};

/// The kinds that are polled: what names the source, and what SAM adds to a role that it makes.
const POLLED: [(&str, &str, Option<Polled>, Option<&str>); 7] = [
    ("SQS", "Queue", Some(Polled::Sqs), Some("AWSLambdaSQSQueueExecutionRole")),
    ("Kinesis", "Stream", Some(Polled::Kinesis), Some("AWSLambdaKinesisExecutionRole")),
    ("DynamoDB", "Stream", Some(Polled::DynamoDb), Some("AWSLambdaDynamoDBExecutionRole")),
    ("MSK", "Stream", Some(Polled::Kafka), Some("AWSLambdaMSKExecutionRole")),
    ("SelfManagedKafka", "", Some(Polled::Kafka), None),
    ("MQ", "Broker", None, None),
    ("DocumentDB", "Cluster", Some(Polled::Other), None),
];

impl Reader<'_> {
    pub(super) fn event(&mut self, function: &Resource, id: &str, event: &Node, makes_role: bool) {
        let Some(kind) = event.get("Type").and_then(Node::known) else {
            self.template.cannot_read(format!("the event {id} of {}", function.address), event);
            return;
        };
        let empty = event.with(Value::Map(Vec::new()));
        let properties = event.get("Properties").unwrap_or(&empty);
        let Some((_, source, polled, policy)) = POLLED.iter().find(|(known, ..)| *known == kind) else {
            return;
        };
        let target = Target::Function(function.address.clone());
        let polled = polled.or_else(|| Some(broker(properties)));
        let mapping = mapping(properties, &event.place, target, properties.get(source), polled);
        self.observed.mappings.push(mapping);
        if makes_role {
            self.allow_polling(&function.address, kind, *policy, properties, &event.place);
        }
    }

    /// What SAM adds to the role that it makes for a function.
    fn allow_polling(&mut self, address: &str, kind: &str, policy: Option<&str>, properties: &Node, place: &Place) {
        let own = self.observed.functions.iter_mut().find(|function| function.address == address);
        let Some(permissions) = own.map(|function| &mut function.permissions) else { return };
        if let Some(policy) = policy {
            managed::add(permissions, &text::literal(policy), place);
        }
        let accesses = properties.get("SourceAccessConfigurations").map(Node::items).unwrap_or_default();
        let mut secrets: Vec<Text> = Vec::new();
        for access in accesses {
            let is_secret = match access.get("Type").and_then(Node::known) {
                Some("VPC_SUBNET" | "VPC_SECURITY_GROUP" | "VIRTUAL_HOST" | "SERVER_ROOT_CA_CERTIFICATE") => false,
                // Of MSK it is only this one.
                Some(other) => kind != "MSK" || other == "CLIENT_CERTIFICATE_TLS_AUTH",
                None => false,
            };
            secrets.extend(access.get("URI").and_then(Node::text).filter(|_| is_secret).cloned());
        }
        if !secrets.is_empty() {
            permissions.statements.push(generated(&["secretsmanager:GetSecretValue"], secrets, place));
        }
        let has_network = accesses.iter().any(|access| access.get("Type").and_then(Node::known) == Some("VPC_SUBNET"));
        if kind == "SelfManagedKafka" && has_network {
            permissions.statements.push(generated(&NETWORK, anything(), place));
        }
        let cluster = match kind {
            "MQ" => properties.get("Broker").map(|broker| ("mq:DescribeBroker", broker)),
            "DocumentDB" => properties.get("Cluster").map(|cluster| ("rds:DescribeDBClusters", cluster)),
            _ => None,
        };
        if let Some((action, arn)) = cluster.and_then(|(action, node)| Some((action, node.text()?))) {
            permissions.statements.push(generated(&[action], vec![arn.clone()], place));
        }
    }
}

/// For a Kafka cluster in a VPC.
const NETWORK: [&str; 6] = [
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSecurityGroups",
    "ec2:DescribeSubnets",
    "ec2:DescribeVpcs",
];
