//! What invokes functions without HTTP: topics, buckets, rules, schedules, log groups, mail, devices.

use super::{Reader, Resource};
use crate::check::observed::{Field, Part, Place, Target, Trigger, Triggered};
use crate::check::read::document::Node;
use crate::check::read::{field, trigger};

impl Reader<'_> {
    pub(crate) fn triggered(&mut self, place: &Place, function: Target, by: Trigger) {
        self.observed.triggers.push(Triggered { place: place.clone(), function, by });
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
        let is_one = matches!(target, Target::Function(_)) || text.0.iter().any(may_be_one);
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
                        self.triggered(
                            &subscription.place,
                            function,
                            Trigger::Topic { topic: Field::Known(topic, place.clone()) },
                        );
                    }
                }
            }
            "AWS::S3::Bucket" => self.bucket(resource),
            "AWS::Events::Rule" => self.rule(properties, place),
            "AWS::Scheduler::Schedule" => {
                if let Some(function) = self.invoked(properties.at(&["Target", "Arn"])) {
                    let timezone = properties.get("ScheduleExpressionTimezone");
                    let state = trigger::state(properties.get("State"));
                    let by = trigger::schedule(properties.get("ScheduleExpression"), timezone, state);
                    self.triggered(place, function, by);
                }
            }
            "AWS::Logs::SubscriptionFilter" => {
                if let Some(function) = self.invoked(properties.get("DestinationArn")) {
                    let group = field::text(properties.get("LogGroupName"), Field::Absent);
                    let filter = field::word(properties.get("FilterPattern"), Field::Absent);
                    self.triggered(place, function, Trigger::LogGroup { group, filter });
                }
            }
            "AWS::SES::ReceiptRule" => self.receipt_rule(properties),
            "AWS::IoT::TopicRule" => {
                let rule = properties.get("TopicRulePayload");
                let actions = rule.and_then(|rule| rule.get("Actions")).map(Node::items).unwrap_or_default();
                for action in actions {
                    if let Some(function) = self.invoked(action.at(&["Lambda", "FunctionArn"])) {
                        let sql = field::word(rule.and_then(|rule| rule.get("Sql")), Field::Absent);
                        self.triggered(place, function, Trigger::Devices { sql });
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
            self.triggered(place, function, Trigger::Topic { topic: field::text(topic, Field::Absent) });
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
            self.triggered(&configuration.place, function, by);
        }
    }

    fn rule(&mut self, properties: &Node, place: &Place) {
        for target in properties.get("Targets").map(Node::items).unwrap_or_default() {
            let Some(function) = self.invoked(target.get("Arn")) else { continue };
            if let Some(expression) = properties.get("ScheduleExpression") {
                let by = trigger::schedule(Some(expression), None, trigger::state(properties.get("State")));
                self.triggered(place, function.clone(), by);
            }
            if let Some(pattern) = properties.get("EventPattern") {
                self.triggered(place, function, trigger::rule(pattern, properties.get("EventBusName")));
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
            self.triggered(&action.place, function, Trigger::Mail { recipients, invocation });
        }
    }
}
