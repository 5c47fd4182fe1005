//! What invokes functions besides mappings and HTTP requests.

use super::invokers::{allowed_by, arn, arn_of};
use super::or;
use super::target::target;
use crate::check::observed::{AllowedBy, Field, Part, Place, Text, Trigger, Triggered};
use crate::check::read::terraform::json;
use crate::check::read::terraform::resources::{Resource, Resources, argument, blocks, items, strings};
use crate::check::read::terraform::value::{Kind, Value, append, known};

pub(super) fn triggers(resources: &Resources) -> Vec<Triggered> {
    let mut found = Vec::new();
    for resource in &resources.all {
        let one = Found { resource, resources, found: &mut found };
        match resource.ty.as_str() {
            "aws_sns_topic_subscription" => one.topic(),
            "aws_s3_bucket_notification" => one.bucket(),
            "aws_cloudwatch_event_target" => one.rule(),
            "aws_scheduler_schedule" => one.schedule(),
            "aws_cloudwatch_log_subscription_filter" => one.log_group(),
            "aws_ses_receipt_rule" => one.mail(),
            "aws_iot_topic_rule" => one.devices(),
            _ => {}
        }
    }
    found
}

struct Found<'r> {
    resource: &'r Resource,
    resources: &'r Resources,
    found: &'r mut Vec<Triggered>,
}

impl Found<'_> {
    /// Notes it, unless what is invoked is no function.
    fn add(&mut self, function: &Value, place: Place, by: Trigger, allowed_by: AllowedBy) {
        if let Some(function) = target(function, self.resources) {
            self.found.push(Triggered { place, function, by, allowed_by });
        }
    }

    fn topic(mut self) {
        let get = |name: &str| self.resource.get(name);
        if get("protocol").as_str().is_some_and(|protocol| protocol != "lambda") {
            return;
        }
        let topic = self.resources.text(&get("topic_arn"));
        let endpoint = get("endpoint");
        let allowed_by = AllowedBy::Permission { source: topic.value().cloned() };
        self.add(&endpoint, self.resource.place(), Trigger::Topic { topic }, allowed_by);
    }

    fn bucket(mut self) {
        let bucket = self.resources.text(&self.resource.get("bucket"));
        let source = arn_of(&bucket, "aws_s3_bucket", self.resources);
        for block in blocks(&self.resource.body, "lambda_function") {
            let by = Trigger::Bucket {
                bucket: bucket.clone(),
                events: strings(&argument(&block, "events")),
                prefix: argument(&block, "filter_prefix").field(Value::as_str),
                suffix: argument(&block, "filter_suffix").field(Value::as_str),
            };
            let allowed_by = AllowedBy::Permission { source: source.clone() };
            self.add(&argument(&block, "lambda_function_arn"), (*block.place).clone(), by, allowed_by);
        }
    }

    /// A target, and the rule that it is of.
    fn rule(mut self) {
        let to = self.resource.get("arn");
        let named = self.resource.get("rule");
        let rule = named.text().and_then(|name| self.resources.meant("aws_cloudwatch_event_rule", &name));
        let place = self.resource.place();
        let Some(rule) = rule else {
            let unknown = || Field::Unknown((*named.place).clone());
            let bus = self.bus(&self.resource.get("event_bus_name"));
            let by = Trigger::Rule { bus, sources: unknown(), detail_types: unknown(), has_more: true };
            // The rule is elsewhere, and may have a role.
            return self.add(&to, place, by, AllowedBy::Role);
        };
        let own_role = self.resource.get("role_arn");
        let role = if own_role.is_null() { rule.get("role_arn") } else { own_role };
        let allowed_by = allowed_by(&role, Some(arn(rule)));
        let schedule = rule.get("schedule_expression");
        if !schedule.is_null() {
            let expression = schedule.field(Value::as_str);
            let enabled = enabled(rule);
            // Rules know no other.
            let timezone = Field::Default("UTC".to_owned());
            let by = Trigger::Schedule { expression, timezone, enabled };
            self.add(&to, place.clone(), by, allowed_by.clone());
        }
        let pattern = rule.get("event_pattern");
        if !pattern.is_null() {
            let bus = self.bus(&rule.get("event_bus_name"));
            let by = match json::decoded(&pattern) {
                Some(pattern) => Trigger::Rule {
                    bus,
                    sources: names(&argument(&pattern, "source")),
                    detail_types: names(&argument(&pattern, "detail-type")),
                    has_more: has_more(&pattern),
                },
                None => {
                    let unknown = || Field::Unknown((*pattern.place).clone());
                    Trigger::Rule { bus, sources: unknown(), detail_types: unknown(), has_more: true }
                }
            };
            self.add(&to, place, by, allowed_by);
        }
    }

    fn bus(&self, value: &Value) -> Field<Text> {
        or(self.resources.text(value), known("default"))
    }

    fn schedule(mut self) {
        let get = |name: &str| self.resource.get(name);
        let enabled = match get("state").field(Value::as_str) {
            Field::Known(state, place) => Field::Known(state == "ENABLED", place),
            Field::Unknown(place) => Field::Unknown(place),
            Field::Absent | Field::Default(_) => Field::Default(true),
        };
        let expression = get("schedule_expression").field(Value::as_str);
        let timezone = or(get("schedule_expression_timezone").field(Value::as_str), "UTC".to_owned());
        for block in blocks(&self.resource.body, "target") {
            let by = Trigger::Schedule {
                expression: expression.clone(),
                timezone: timezone.clone(),
                enabled: enabled.clone(),
            };
            self.add(&argument(&block, "arn"), self.resource.place(), by, AllowedBy::Role);
        }
    }

    fn log_group(mut self) {
        let group = self.resources.text(&self.resource.get("log_group_name"));
        let filter = self.resource.get("filter_pattern").field(Value::as_str);
        let to = self.resource.get("destination_arn");
        let source = arn_of(&group, "aws_cloudwatch_log_group", self.resources).map(|mut streams| {
            append(&mut streams, Part::Literal(":*".to_owned()));
            streams
        });
        let allowed_by = AllowedBy::Permission { source };
        self.add(&to, self.resource.place(), Trigger::LogGroup { group, filter }, allowed_by);
    }

    fn mail(mut self) {
        for block in blocks(&self.resource.body, "lambda_action") {
            let by = Trigger::Mail {
                recipients: strings(&self.resource.get("recipients")),
                invocation: or(argument(&block, "invocation_type").field(Value::as_str), "Event".to_owned()),
            };
            // SES asks for the permission when the rule is made, whose ARN it so can't have.
            let allowed_by = AllowedBy::Permission { source: None };
            self.add(&argument(&block, "function_arn"), self.resource.place(), by, allowed_by);
        }
    }

    fn devices(mut self) {
        for block in blocks(&self.resource.body, "lambda") {
            let sql = self.resource.get("sql").field(Value::as_str);
            let allowed_by = AllowedBy::Permission { source: Some(arn(self.resource)) };
            self.add(&argument(&block, "function_arn"), self.resource.place(), Trigger::Devices { sql }, allowed_by);
        }
    }
}

/// `state` of newer versions of the provider, `is_enabled` of older ones.
fn enabled(rule: &Resource) -> Field<bool> {
    match rule.get("state").field(Value::as_str) {
        Field::Known(state, place) => Field::Known(state.starts_with("ENABLED"), place),
        Field::Unknown(place) => Field::Unknown(place),
        Field::Absent | Field::Default(_) => or(rule.get("is_enabled").field(Value::as_bool), true),
    }
}

/// The names that a pattern asks for; other matchers than names are not known.
fn names(value: &Value) -> Field<Vec<String>> {
    if is_anything(value) {
        return Field::Absent;
    }
    value.field(|value| match value.of {
        Kind::List(_) => items(value).iter().map(Value::as_str).collect(),
        _ => None,
    })
}

/// `[{"prefix": ""}]`, which each event fits.
fn is_anything(value: &Value) -> bool {
    let [one] = items(value).try_into().unwrap_or_else(|_| [value.clone()]);
    one.as_map().is_some_and(|map| map.entries.len() == 1)
        && argument(&one, "prefix").as_str().is_some_and(|prefix| prefix.is_empty())
}

fn has_more(pattern: &Value) -> bool {
    let is_other = |name: &str| !["source", "detail-type"].contains(&name);
    pattern.as_map().is_none_or(|map| map.is_open || map.entries.iter().any(|(name, _)| is_other(name)))
}
