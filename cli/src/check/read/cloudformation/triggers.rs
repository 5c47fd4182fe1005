//! What invokes functions without HTTP: topics, buckets, rules, schedules, log groups, mail, devices.

use super::{Reader, Resource};
use crate::check::observed::{AllowedBy, Field, Invoker, Part, Place, Target, Text, Trigger, Triggered};
use crate::check::read::document::Node;
use crate::check::read::{field, text, trigger};

impl Reader<'_> {
    pub(crate) fn triggered(&mut self, place: &Place, function: Target, by: Trigger, allowed_by: AllowedBy) {
        self.observed.triggers.push(Triggered { place: place.clone(), function, by, allowed_by });
    }

    /// Who may invoke a function. What comes through a function's URL is no event of another service.
    pub(super) fn permission(&mut self, properties: &Node, place: &Place) {
        let through_url = field::boolean(properties.get("InvokedViaFunctionUrl"), Field::Default(false));
        if through_url.value() != Some(&true) {
            self.observed.invokers.push(Invoker {
                place: place.clone(),
                function: self.target(properties.get("FunctionName")),
                principal: field::text(properties.get("Principal"), Field::Absent),
                action: field::word(properties.get("Action"), Field::Absent),
            });
        }
    }

    /// The function that is invoked, and nothing where something else is, as a queue.
    pub(super) fn invoked(&self, node: Option<&Node>) -> Option<Target> {
        let text = node?.text()?;
        let target = self.target_of(text);
        let may_be_one = |part: &Part| match part {
            Part::Unknown(_) => true,
            Part::Literal(literal) => literal.contains(":function:"),
            _ => false,
        };
        let is_one = target.address().is_some() || text.0.iter().any(may_be_one);
        is_one.then_some(target)
    }

    /// Reads a resource of these kinds.
    pub(super) fn trigger(&mut self, resource: &Resource) {
        let place = &resource.node.place;
        let properties = &resource.properties;
        match resource.kind.as_str() {
            "AWS::SNS::Subscription" => self.subscription(properties, properties.get("TopicArn"), place),
            "AWS::SNS::Topic" => {
                for subscription in properties.get("Subscription").map(Node::items).unwrap_or_default() {
                    let topic = resource.arn();
                    if let Some(function) = self.lambda_endpoint(subscription) {
                        let allowed_by = AllowedBy::Permission { source: Some(topic.clone()) };
                        let by = Trigger::Topic { topic: Field::Known(topic, place.clone()) };
                        self.triggered(&subscription.place, function, by, allowed_by);
                    }
                }
            }
            "AWS::S3::Bucket" => self.bucket(resource),
            "AWS::Events::Rule" => self.rule(resource),
            "AWS::Scheduler::Schedule" => {
                if let Some(function) = self.invoked(properties.at(&["Target", "Arn"])) {
                    let timezone = properties.get("ScheduleExpressionTimezone");
                    let state = trigger::state(properties.get("State"));
                    let by = trigger::schedule(properties.get("ScheduleExpression"), timezone, state);
                    self.triggered(place, function, by, AllowedBy::Role);
                }
            }
            "AWS::Logs::SubscriptionFilter" => {
                if let Some(function) = self.invoked(properties.get("DestinationArn")) {
                    let group = field::text(properties.get("LogGroupName"), Field::Absent);
                    let filter = field::word(properties.get("FilterPattern"), Field::Absent);
                    let allowed_by = AllowedBy::Permission { source: group.value().map(streams) };
                    self.triggered(place, function, Trigger::LogGroup { group, filter }, allowed_by);
                }
            }
            "AWS::SES::ReceiptRule" => self.receipt_rule(properties),
            "AWS::IoT::TopicRule" => {
                let rule = properties.get("TopicRulePayload");
                let actions = rule.and_then(|rule| rule.get("Actions")).map(Node::items).unwrap_or_default();
                for action in actions {
                    if let Some(function) = self.invoked(action.at(&["Lambda", "FunctionArn"])) {
                        let sql = field::word(rule.and_then(|rule| rule.get("Sql")), Field::Absent);
                        let allowed_by = AllowedBy::Permission { source: Some(resource.arn()) };
                        self.triggered(place, function, Trigger::Devices { sql }, allowed_by);
                    }
                }
            }
            _ => {}
        }
    }

    fn lambda_endpoint(&self, subscription: &Node) -> Option<Target> {
        let is_lambda = subscription.get("Protocol").and_then(Node::known).is_none_or(|protocol| protocol == "lambda");
        is_lambda.then(|| self.invoked(subscription.get("Endpoint"))).flatten()
    }

    fn subscription(&mut self, subscription: &Node, topic: Option<&Node>, place: &Place) {
        if let Some(function) = self.lambda_endpoint(subscription) {
            let topic = field::text(topic, Field::Absent);
            let allowed_by = AllowedBy::Permission { source: topic.value().cloned() };
            self.triggered(place, function, Trigger::Topic { topic }, allowed_by);
        }
    }

    fn bucket(&mut self, resource: &Resource) {
        let configurations = resource.properties.at(&["NotificationConfiguration", "LambdaConfigurations"]);
        if resource.properties.get("NotificationConfiguration").is_some_and(Node::is_unknown) {
            self.template.cannot_read(format!("what the bucket {} tells of", resource.address), &resource.node);
        }
        for configuration in configurations.map(Node::items).unwrap_or_default() {
            if configuration.is_unknown() {
                self.template.cannot_read(format!("what the bucket {} tells of", resource.address), configuration);
            }
            let Some(function) = self.invoked(configuration.get("Function")) else { continue };
            let bucket = Field::Known(resource.named(), resource.node.place.clone());
            let rules = configuration.at(&["Filter", "S3Key", "Rules"]);
            let by = trigger::bucket(bucket, configuration.get("Event"), rules);
            // The bucket comes after the permission, which so can't have its ARN.
            self.triggered(&configuration.place, function, by, AllowedBy::Permission { source: None });
        }
    }

    fn rule(&mut self, rule: &Resource) {
        let (properties, place) = (&rule.properties, &rule.node.place);
        for target in properties.get("Targets").map(Node::items).unwrap_or_default() {
            let Some(function) = self.invoked(target.get("Arn")) else { continue };
            let role = target.get("RoleArn").or(properties.get("RoleArn"));
            let allowed_by = allowed_by(role, Some(rule.arn()));
            if let Some(expression) = properties.get("ScheduleExpression") {
                let by = trigger::schedule(Some(expression), None, trigger::state(properties.get("State")));
                self.triggered(place, function.clone(), by, allowed_by.clone());
            }
            if let Some(pattern) = properties.get("EventPattern") {
                let by = trigger::rule(pattern, properties.get("EventBusName"));
                self.triggered(place, function, by, allowed_by);
            }
        }
    }

    fn receipt_rule(&mut self, properties: &Node) {
        let Some(rule) = properties.get("Rule") else { return };
        for action in rule.get("Actions").map(Node::items).unwrap_or_default() {
            let Some(action) = action.get("LambdaAction") else { continue };
            let Some(function) = self.invoked(action.get("FunctionArn")) else { continue };
            let recipients = field::words(rule.get("Recipients"));
            // <https://docs.aws.amazon.com/ses/latest/APIReference/API_LambdaAction.html>
            let invocation = field::word(action.get("InvocationType"), Field::Default("Event".to_owned()));
            let by = Trigger::Mail { recipients, invocation };
            self.triggered(&action.place, function, by, AllowedBy::Permission { source: None });
        }
    }
}

/// With a role it needs no permission.
pub(super) fn allowed_by(role: Option<&Node>, source: Option<Text>) -> AllowedBy {
    if role.is_some() { AllowedBy::Role } else { AllowedBy::Permission { source } }
}

/// The ARN of the streams of a log group.
fn streams(group: &Text) -> Text {
    let mut name = text::literal("log-group:");
    text::append(&mut name, group.clone());
    text::add(&mut name, ":*");
    text::own_arn("logs", name)
}
