//! What invokes a function: mappings, rules, schedules, permissions.

use crate::template::cloudformation::ALIAS;
use crate::template::cloudformation::resources::{document, permission_id, resource, trust};
use crate::template::cloudformation::text::{Dialect, Writer};
use crate::template::model::{Function, GivenUp, Mapping, Source, Trigger};
use crate::template::text::{Kind, Text};
use crate::template::yaml::{Map, Node};

/// The version of SQL that device rules are in, the newest,
/// <https://docs.aws.amazon.com/iot/latest/developerguide/iot-rule-sql-version.html>.
pub(crate) const SQL_VERSION: &str = "2016-03-23";

/// What is invoked without an alias.
const LATEST: &str = "$LATEST";

impl Writer<'_> {
    /// All that invokes the function, as resources of their own.
    pub(crate) fn events(&self, function: &Function, resources: &mut Map) {
        match &function.trigger {
            Trigger::None(_) => {}
            Trigger::Mapping(mapping) => self.mapping(function, mapping, resources),
            Trigger::Topic { topic } => self.subscription(function, topic, resources),
            // The bucket's own business.
            Trigger::Bucket { .. } => {}
            Trigger::Rule { .. } => self.rule(function, resources),
            Trigger::Schedule { .. } => self.schedule(function, resources),
            Trigger::LogGroup { group, filter } => {
                let properties = Map::new()
                    .with("LogGroupName", self.text(group))
                    .with("FilterPattern", self.literal(filter))
                    .with("DestinationArn", self.target(function));
                // CloudWatch Logs tries the permission when it makes the filter.
                let filter =
                    resource("AWS::Logs::SubscriptionFilter", properties).with("DependsOn", permission_id(function));
                resources.set(&format!("{}Subscription", function.id), filter);
            }
            Trigger::Mail { rule_set, recipients } => self.receipt_rule(function, rule_set, recipients, resources),
            Trigger::Devices { sql } => {
                let action = Map::of("Lambda", Map::of("FunctionArn", self.target(function)));
                let payload = Map::new()
                    .with("AwsIotSqlVersion", SQL_VERSION)
                    .with("Sql", self.literal(sql))
                    .with("Actions", vec![action]);
                let properties = Map::of("TopicRulePayload", payload);
                let id = self.logical_id(&Kind::TopicRule.of(&function.id));
                resources.set(&id, resource("AWS::IoT::TopicRule", properties));
            }
            Trigger::Http(http) => self.front_end(function, http, resources),
        }
        self.permission(function, resources);
    }

    pub(crate) fn target(&self, function: &Function) -> Node {
        self.text(&Kind::Target.of(&function.id).arn())
    }

    /// Who may invoke the function, where that is not Lambda itself.
    pub(crate) fn permission(&self, function: &Function, resources: &mut Map) {
        let Some((principal, source)) = function.invoker() else { return };
        let is_bucket = matches!(function.trigger, Trigger::Bucket { .. });
        let properties = Map::new()
            .with("Action", "lambda:InvokeFunction")
            .with("FunctionName", self.target(function))
            .with("Principal", principal)
            .with("SourceArn", self.text(&source))
            // A bucket's ARN does not say whose it is.
            .maybe("SourceAccount", is_bucket.then(|| Map::of("Ref", "AWS::AccountId")));
        resources.set(&permission_id(function), resource("AWS::Lambda::Permission", properties));
    }

    pub(crate) fn mapping(&self, function: &Function, mapping: &Mapping, resources: &mut Map) {
        let (source, after) = match &mapping.source {
            Source::Queue(arn) | Source::Stream(arn) => (Map::of("EventSourceArn", self.text(arn)), Map::new()),
            Source::TableStream(arn) => (Map::of("EventSourceArn", self.stream_of(arn)), Map::new()),
            Source::Msk { cluster, topic, consumer_group } => (
                Map::of("EventSourceArn", self.text(cluster)).with("Topics", vec![self.literal(topic)]),
                group("AmazonManagedKafkaEventSourceConfig", consumer_group.as_deref()),
            ),
            Source::Kafka { topic, credentials, consumer_group, .. } => {
                let endpoints = Map::of("KafkaBootstrapServers", self.servers(mapping));
                (
                    Map::of("SelfManagedEventSource", Map::of("Endpoints", endpoints))
                        .with("Topics", vec![self.literal(topic)])
                        .with("SourceAccessConfigurations", self.access("SASL_SCRAM_512_AUTH", credentials)),
                    group("SelfManagedKafkaEventSourceConfig", consumer_group.as_deref()),
                )
            }
            Source::Broker { broker, credentials, queue } => (
                Map::of("EventSourceArn", self.text(broker))
                    .with("Queues", vec![self.literal(queue)])
                    .with("SourceAccessConfigurations", self.access("BASIC_AUTH", credentials)),
                Map::new(),
            ),
        };
        let mut properties = Map::of("FunctionName", self.target(function));
        properties.extend(source);
        properties.extend(self.settings(mapping));
        properties.extend(after);
        resources.set(&format!("{}Mapping", function.id), resource("AWS::Lambda::EventSourceMapping", properties));
    }

    /// The bootstrap servers of a cluster of one's own.
    pub(crate) fn servers(&self, mapping: &Mapping) -> Node {
        let Source::Kafka { servers_parameter, .. } = &mapping.source else { return Node::List(Vec::new()) };
        let parameter = self.text(&Text::parameter(servers_parameter));
        match self.dialect {
            // A parameter that is a list already.
            Dialect::Serverless => Map::of("Fn::Split", vec![Node::from(","), parameter]).into(),
            _ => parameter,
        }
    }

    pub(crate) fn access(&self, ty: &str, credentials: &Text) -> Vec<Map> {
        vec![Map::new().with("Type", ty).with("URI", self.text(credentials))]
    }

    /// The ARN of a table's stream: what it is, or the attribute of a table that is made.
    pub(crate) fn stream_of(&self, arn: &Text) -> Node {
        match arn.resource() {
            Some(table) => crate::template::cloudformation::text::get_att(&self.logical_id(table), "StreamArn"),
            None => self.text(arn),
        }
    }

    /// What is said of a mapping, whatever it polls. SAM has the same names.
    pub(crate) fn settings(&self, mapping: &Mapping) -> Map {
        let pollers = mapping.pollers.map(|pollers| {
            Map::new().maybe("MinimumPollers", pollers.minimum).maybe("MaximumPollers", pollers.maximum)
        });
        let destination =
            mapping.on_failure.as_ref().map(|queue| Map::of("OnFailure", Map::of("Destination", self.text(queue))));
        let scaling = mapping.maximum_concurrency.map(|most| Map::of("MaximumConcurrency", most));
        let filters: Vec<Map> =
            mapping.filters.iter().map(|filter| Map::of("Pattern", without_references(filter))).collect();
        Map::new()
            .maybe("StartingPosition", mapping.starting_position.as_ref())
            .maybe("BatchSize", mapping.batch_size)
            .maybe("MaximumBatchingWindowInSeconds", mapping.window)
            .maybe("ParallelizationFactor", mapping.parallelization_factor)
            .maybe_comment(mapping.is_endless())
            .maybe("MaximumRetryAttempts", mapping.maximum_retry_attempts)
            .maybe("MaximumRecordAgeInSeconds", mapping.maximum_record_age)
            .maybe("BisectBatchOnFunctionError", mapping.bisect)
            .maybe("DestinationConfig", destination)
            .maybe("TumblingWindowInSeconds", mapping.tumbling_window)
            .maybe("FunctionResponseTypes", mapping.reports_failures.then(|| vec!["ReportBatchItemFailures"]))
            .maybe("ScalingConfig", scaling)
            .maybe("ProvisionedPollerConfig", pollers)
            .maybe("FilterCriteria", (!filters.is_empty()).then(|| Map::of("Filters", filters)))
    }

    /// What becomes of events that fail, for what is invoked: each alias has a configuration of its own,
    /// <https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-configuring.html>.
    pub(crate) fn event_invoke_config(&self, function: &Function, resources: &mut Map) {
        let Some(given_up) = &function.given_up else { return };
        let is_provisioned = function.provisioned_concurrency.is_some();
        let mut properties = Map::new()
            .with("FunctionName", Map::of("Ref", self.logical_id(&Kind::Target.of(&function.id))))
            .with("Qualifier", if is_provisioned { ALIAS } else { LATEST });
        properties.extend(self.given_up(given_up));
        let config = resource("AWS::Lambda::EventInvokeConfig", properties)
            .maybe("DependsOn", is_provisioned.then(|| format!("{}Alias", function.id)));
        resources.set(&format!("{}EventInvokeConfig", function.id), config);
    }

    /// What is said of events that fail. SAM has the same names, and asks what the destination is.
    pub(crate) fn given_up(&self, given_up: &GivenUp) -> Map {
        let GivenUp { maximum_retry_attempts, maximum_event_age, on_failure } = given_up;
        let is_sam = self.dialect == Dialect::Sam;
        let destination = Map::new().maybe("Type", is_sam.then_some("SQS")).with("Destination", self.text(on_failure));
        Map::new()
            .maybe("MaximumRetryAttempts", *maximum_retry_attempts)
            .maybe("MaximumEventAgeInSeconds", *maximum_event_age)
            .with("DestinationConfig", Map::of("OnFailure", destination))
    }

    fn subscription(&self, function: &Function, topic: &Text, resources: &mut Map) {
        let properties = Map::new()
            .with("TopicArn", self.text(topic))
            .with("Protocol", "lambda")
            .with("Endpoint", self.target(function));
        resources.set(&format!("{}Subscription", function.id), resource("AWS::SNS::Subscription", properties));
    }

    fn rule(&self, function: &Function, resources: &mut Map) {
        let Trigger::Rule { bus, .. } = &function.trigger else { return };
        let target = Map::new().with("Id", "lambkin").with("Arn", self.target(function));
        let properties = Map::new()
            .maybe("EventBusName", bus.as_ref().map(|bus| self.text(bus)))
            .with("EventPattern", self.pattern(function))
            .with("Targets", vec![target]);
        let id = self.logical_id(&Kind::Rule.of(&function.id));
        resources.set(&id, resource("AWS::Events::Rule", properties));
    }

    /// Which events a rule is about.
    pub(crate) fn pattern(&self, function: &Function) -> Map {
        let Trigger::Rule { sources, detail_types, .. } = &function.trigger else { return Map::new() };
        let texts = |texts: &[String]| -> Vec<String> { texts.iter().map(|text| self.literal(text)).collect() };
        if sources.is_empty() && detail_types.is_empty() {
            // A pattern has to say something, and each event has a source.
            return Map::of("source", vec![Map::of("prefix", "")]);
        }
        Map::new()
            .maybe("source", (!sources.is_empty()).then(|| texts(sources)))
            .maybe("detail-type", (!detail_types.is_empty()).then(|| texts(detail_types)))
    }

    fn schedule(&self, function: &Function, resources: &mut Map) {
        let Trigger::Schedule { expression, timezone } = &function.trigger else { return };
        let role = Kind::Invoker.of(&function.id);
        self.invoker_role(function, resources);
        let target = Map::new().with("Arn", self.target(function)).with("RoleArn", self.text(&role.arn()));
        let properties = Map::new()
            .with("ScheduleExpression", expression)
            .maybe("ScheduleExpressionTimezone", timezone.as_ref())
            .with("FlexibleTimeWindow", Map::of("Mode", "OFF"))
            .with("Target", target);
        resources.set(&format!("{}Schedule", function.id), resource("AWS::Scheduler::Schedule", properties));
    }

    /// What EventBridge Scheduler is while it invokes the function.
    pub(crate) fn invoker_role(&self, function: &Function, resources: &mut Map) {
        let invoke = Map::new()
            .with("Effect", "Allow")
            .with("Action", vec!["lambda:InvokeFunction"])
            .with("Resource", self.target(function));
        let policy = Map::new().with("PolicyName", "lambkin").with("PolicyDocument", document(vec![invoke]));
        let properties = Map::new()
            .with("AssumeRolePolicyDocument", document(vec![trust("scheduler.amazonaws.com")]))
            .with("Policies", vec![policy]);
        let id = self.logical_id(&Kind::Invoker.of(&function.id));
        resources.set(&id, resource("AWS::IAM::Role", properties));
    }

    fn receipt_rule(&self, function: &Function, rule_set: &Text, recipients: &[String], resources: &mut Map) {
        let action = Map::new().with("FunctionArn", self.target(function)).with("InvocationType", "RequestResponse");
        let recipients: Vec<String> = recipients.iter().map(|one| self.literal(one)).collect();
        let rule = Map::new()
            .with("Name", self.text(&function.name))
            .with("Enabled", true)
            .maybe("Recipients", (!recipients.is_empty()).then_some(recipients))
            .with("Actions", vec![Map::of("LambdaAction", action)]);
        let properties = Map::new().with("RuleSetName", self.text(rule_set)).with("Rule", rule);
        // SES tries the permission when it makes the rule.
        let rule = resource("AWS::SES::ReceiptRule", properties).with("DependsOn", permission_id(function));
        resources.set(&format!("{}ReceiptRule", function.id), rule);
    }
}

/// JSON without what a deployer may take for a reference, whichever rules it has for backslashes before one.
fn without_references(json: &str) -> String {
    json.replace("${", "\\u0024{").replace("{{resolve:", "{\\u007bresolve:")
}

/// A consumer group, in the part of a mapping that has it.
fn group(config: &str, group: Option<&str>) -> Map {
    match group {
        Some(group) => Map::of(config, Map::of("ConsumerGroupId", group)),
        None => Map::new(),
    }
}
