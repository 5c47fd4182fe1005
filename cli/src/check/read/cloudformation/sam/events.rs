//! `Events` of a function: <https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-function-eventsource.html>.

use crate::check::observed::{AllowedBy, Field, Place, Polled, Target, Text, Trigger};
use crate::check::read::cloudformation::template::Resource;
use crate::check::read::cloudformation::{Reader, storage};
use crate::check::read::document::{Node, Value};
use crate::check::read::mapping::{broker, mapping};
use crate::check::read::policy::{anything, generated};
use crate::check::read::{field, managed, text, trigger};

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
        let target = self.alias_or(&super::alias(&function.address), &function.address);
        let Some((_, source, polled, policy)) = POLLED.iter().find(|(known, ..)| *known == kind) else {
            self.pushed(kind, properties, target, event);
            return;
        };
        let polled = polled.or_else(|| Some(broker(properties)));
        let mapping = mapping(properties, &event.place, target, properties.get(source), polled);
        self.observed.mappings.push(mapping);
        if makes_role {
            self.allow_polling(&function.address, kind, *policy, properties, &event.place);
        }
    }

    /// What is no mapping. Events that no handler of lambkin's is described by are left out.
    fn pushed(&mut self, kind: &str, properties: &Node, function: Target, event: &Node) {
        let place = &event.place;
        let get = |key: &str| properties.get(key);
        let by = match kind {
            "Api" | "HttpApi" => return self.api_event(kind, properties, function, place),
            "SNS" => match get("SqsSubscription") {
                Some(queue) if field::boolean(Some(queue), Field::Absent).value() != Some(&false) => {
                    return self.subscribed_queue(queue, function, event);
                }
                _ => Trigger::Topic { topic: field::text(get("Topic"), Field::Absent) },
            },
            "S3" => {
                let rules = properties.at(&["Filter", "S3Key", "Rules"]);
                trigger::bucket(field::text(get("Bucket"), Field::Absent), get("Events"), rules)
            }
            "EventBridgeRule" | "CloudWatchEvent" => match get("Pattern") {
                Some(pattern) => trigger::rule(pattern, get("EventBusName")),
                None => return,
            },
            "Schedule" => trigger::schedule(get("Schedule"), None, enabled(properties)),
            "ScheduleV2" => {
                trigger::schedule(get("ScheduleExpression"), get("ScheduleExpressionTimezone"), enabled(properties))
            }
            "CloudWatchLogs" => Trigger::LogGroup {
                group: field::text(get("LogGroupName"), Field::Absent),
                filter: field::word(get("FilterPattern"), Field::Absent),
            },
            "IoTRule" => Trigger::Devices { sql: field::word(get("Sql"), Field::Absent) },
            _ => return,
        };
        // The scheduler has a role.
        let allowed_by = if kind == "ScheduleV2" { AllowedBy::Role } else { AllowedBy::Generated };
        self.triggered(place, function, by, allowed_by);
    }

    /// A topic's messages through a queue, which SAM makes if none is named; its batches are of ten.
    fn subscribed_queue(&mut self, config: &Node, function: Target, event: &Node) {
        let place = &event.place;
        let mut mapping = mapping(config, place, function.clone(), config.get("QueueArn"), Some(Polled::Sqs));
        let Some(address) = function.address() else { return };
        if matches!(mapping.source, Field::Absent) {
            let id = place.path.rsplit('.').next().unwrap_or_default();
            let queue = Resource {
                kind: "AWS::SQS::Queue".to_owned(),
                address: format!("{address}{id}Queue"),
                node: event.clone(),
                properties: config.with(Value::Map(Vec::new())),
            };
            mapping.source = Field::Default(queue.arn());
            self.observed.queues.push(storage::queue(&queue));
        }
        self.observed.mappings.push(mapping);
        let own = self.observed.functions.iter_mut().find(|function| function.address == address);
        if let Some(function) = own {
            managed::add(&mut function.permissions, &text::literal("AWSLambdaSQSQueueExecutionRole"), place);
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
        let registries = properties.at(&["SchemaRegistryConfig", "AccessConfigs"]).map(Node::items).unwrap_or_default();
        secrets.extend(registries.iter().filter_map(|access| access.get("URI")?.text().cloned()));
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
        if let Some(end) = properties.at(&["DestinationConfig", "OnFailure"]) {
            permissions.statements.extend(super::destination(end));
        }
        if let Some(id) = properties.get("SecretsManagerKmsKeyId").and_then(Node::text) {
            let mut key = text::literal("key/");
            text::append(&mut key, id.clone());
            permissions.statements.push(generated(&["kms:Decrypt"], vec![text::own_arn("kms", key)], place));
        }
        let registry = properties.get("SchemaRegistryConfig");
        if let Some(uri) = registry.and_then(|registry| registry.get("SchemaRegistryURI")?.text()) {
            permissions.statements.push(generated(&["glue:GetRegistry"], vec![uri.clone()], place));
            permissions.statements.push(generated(&["glue:GetSchemaVersion"], anything(), place));
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

/// SAM has a switch and CloudFormation's own word for it.
fn enabled(properties: &Node) -> Field<bool> {
    match properties.get("Enabled") {
        Some(enabled) => field::boolean(Some(enabled), Field::Absent),
        None => trigger::state(properties.get("State")),
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
