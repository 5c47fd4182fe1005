//! The AWS Serverless Application Model: functions with their events, and what SAM has no word for as CloudFormation.
//!
//! The events have the roles and names of this deployment, so that SAM grants nothing of its own: it would give logs on
//! everything.

use crate::template::cloudformation::text::{Dialect, Writer};
use crate::template::cloudformation::{ALIAS, RUNTIME, SQL_VERSION};
use crate::template::model::{Deployment, FrontEnd, Function, Http, Mapping, Source, Trigger};
use crate::template::text::Kind;
use crate::template::yaml::Map;

/// The template.
pub(crate) fn render(deployment: &Deployment) -> String {
    let writer = Writer { dialect: Dialect::Sam, of: deployment };
    let mut globals = Map::new()
        .with("Runtime", RUNTIME)
        .with("Architectures", vec![deployment.architecture.name()])
        .with("CodeUri", &deployment.code.folder);
    if deployment.tracing {
        globals.set("Tracing", "Active");
    }
    let mut resources = Map::new();
    for function in &deployment.functions {
        writer.sam_function(function, &mut resources);
    }
    resources.extend(writer.shared());
    Map::new()
        .with("AWSTemplateFormatVersion", "2010-09-09")
        .with("Transform", "AWS::Serverless-2016-10-31")
        .with("Description", format!("The functions of {}", deployment.service))
        .with("Globals", Map::of("Function", globals))
        .unless_empty("Parameters", writer.parameters())
        .unless_empty("Conditions", writer.conditions())
        .unless_empty("Outputs", writer.outputs())
        .with("Resources", resources)
        .to_yaml()
}

impl Writer<'_> {
    fn sam_function(&self, function: &Function, resources: &mut Map) {
        let mut properties = Map::of("FunctionName", self.text(&function.name));
        properties.extend(self.common(function));
        let provisioned =
            function.provisioned_concurrency.map(|number| Map::of("ProvisionedConcurrentExecutions", number));
        let url = matches!(&function.trigger, Trigger::Http(http) if http.front_end == FrontEnd::FunctionUrl);
        let publishes = provisioned.is_some();
        properties = properties
            // SAM has it for the alias, if there is one.
            .maybe("EventInvokeConfig", function.given_up.as_ref().map(|given_up| self.given_up(given_up)))
            .maybe("ReservedConcurrentExecutions", function.reserved_concurrency)
            .maybe("AutoPublishAlias", publishes.then_some(ALIAS))
            // Else a timeout that changes would stay out of the version that is invoked.
            .maybe("AutoPublishAliasAllProperties", publishes.then_some(true))
            .maybe("ProvisionedConcurrencyConfig", provisioned)
            .maybe("FunctionUrlConfig", url.then(|| Map::of("AuthType", "NONE")));
        let mut beside = Map::new();
        if let Some(event) = self.event(function, &mut beside) {
            properties.set("Events", Map::of("Lambkin", event));
        }
        // `sam build` runs `cargo lambda build` in the folder of the crate.
        let build = Map::of("Binary", &self.of.code.binary);
        let metadata = Map::new().with("BuildMethod", "rust-cargolambda").with("BuildProperties", build);
        let made = Map::new()
            .with("Type", "AWS::Serverless::Function")
            .with("Metadata", metadata)
            .with("Properties", properties);
        resources.comments(&function.notes);
        resources.set(&self.logical_id(&Kind::Target.of(&function.id)), made);
        self.role(function, resources);
        self.log_group(function, resources);
        resources.extend(beside);
    }

    /// The event as SAM has it; what it has not is put beside the function.
    fn event(&self, function: &Function, beside: &mut Map) -> Option<Map> {
        let event = |ty: &str, properties: Map| Some(Map::new().with("Type", ty).with("Properties", properties));
        match &function.trigger {
            Trigger::None(_) => None,
            Trigger::Mapping(mapping) => Some(self.polled(mapping)),
            Trigger::Topic { topic } => event("SNS", Map::of("Topic", self.text(topic))),
            // SAM's own event names no source in its permission.
            Trigger::Bucket { .. } => {
                self.permission(function, beside);
                None
            }
            Trigger::Rule { bus, .. } => {
                let bus = bus.as_ref().map(|bus| self.text(bus));
                event("EventBridgeRule", Map::new().maybe("EventBusName", bus).with("Pattern", self.pattern(function)))
            }
            Trigger::Schedule { expression, timezone } => {
                self.invoker_role(function, beside);
                // SAM's own name has no stage in it, so a second stack could not have it too.
                let properties = Map::new()
                    .with("Name", self.text(&function.name))
                    .with("ScheduleExpression", expression)
                    .maybe("ScheduleExpressionTimezone", timezone.as_ref())
                    .with("FlexibleTimeWindow", Map::of("Mode", "OFF"))
                    .with("RoleArn", self.text(&Kind::Invoker.of(&function.id).arn()));
                event("ScheduleV2", properties)
            }
            Trigger::LogGroup { group, filter } => event(
                "CloudWatchLogs",
                Map::new().with("LogGroupName", self.text(group)).with("FilterPattern", self.literal(filter)),
            ),
            Trigger::Devices { sql } => {
                event("IoTRule", Map::new().with("Sql", self.literal(sql)).with("AwsIotSqlVersion", SQL_VERSION))
            }
            Trigger::Http(Http { front_end: FrontEnd::FunctionUrl, .. }) => {
                self.open_url(function, beside);
                None
            }
            Trigger::Mail { .. } | Trigger::Http(_) => {
                self.events(function, beside);
                None
            }
        }
    }

    fn polled(&self, mapping: &Mapping) -> Map {
        let (ty, mut properties) = match &mapping.source {
            Source::Queue(queue) => ("SQS", Map::of("Queue", self.text(queue))),
            Source::Stream(stream) => ("Kinesis", Map::of("Stream", self.text(stream))),
            Source::TableStream(stream) => ("DynamoDB", Map::of("Stream", self.stream_of(stream))),
            Source::Msk { cluster, topic, consumer_group } => {
                let properties = Map::new()
                    .with("Stream", self.text(cluster))
                    .with("Topics", vec![self.literal(topic)])
                    .maybe("ConsumerGroupId", consumer_group.as_ref());
                ("MSK", properties)
            }
            Source::Kafka { credentials, topic, consumer_group, .. } => {
                let properties = Map::new()
                    .with("KafkaBootstrapServers", self.servers(mapping))
                    .with("Topics", vec![self.literal(topic)])
                    .maybe("ConsumerGroupId", consumer_group.as_ref())
                    .with("SourceAccessConfigurations", self.access("SASL_SCRAM_512_AUTH", credentials));
                ("SelfManagedKafka", properties)
            }
            Source::Broker { broker, credentials, queue } => {
                let properties = Map::new()
                    .with("Broker", self.text(broker))
                    .with("Queues", vec![self.literal(queue)])
                    .with("SourceAccessConfigurations", self.access("BASIC_AUTH", credentials));
                ("MQ", properties)
            }
        };
        properties.extend(self.settings(mapping));
        Map::new().with("Type", ty).with("Properties", properties)
    }
}
