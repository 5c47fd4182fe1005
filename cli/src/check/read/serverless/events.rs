//! Events that are neither polled nor of HTTP.

use super::{Service, target};
use crate::check::observed::{AllowedBy, Field, Part, Text, Trigger};
use crate::check::read::cloudformation::Reader;
use crate::check::read::document::{Node, Value};
use crate::check::read::{field, text, trigger};

impl Service {
    /// Reads one of a function's events: a map of its kind and its settings.
    pub(super) fn event(&self, reader: &mut Reader<'_>, key: &str, event: &Node, functions: &[(String, Node)]) {
        if event.is_unknown() {
            reader.template.cannot_read(format!("an event of {key}"), event);
        }
        for (kind, config) in event.entries() {
            if self.polled_event(reader, key, kind, config) || self.http_event(reader, key, kind, config, functions) {
                continue;
            }
            for by in self.triggers(reader, kind, config) {
                let function = target(reader, key);
                reader.triggered(&config.place, function, by, AllowedBy::Generated);
            }
        }
    }

    /// What an event comes to; kinds that no handler is described by come to nothing.
    fn triggers(&self, reader: &Reader<'_>, kind: &str, config: &Node) -> Vec<Trigger> {
        let enabled = || field::boolean(config.get("enabled"), Field::Default(true));
        // An event may be no more than one word.
        let either = |key: &str| config.get(key).or(config.text().map(|_| config));
        match kind {
            "sns" => vec![Trigger::Topic { topic: topic(config) }],
            "s3" => vec![self.bucket(reader, config)],
            "schedule" => {
                let rates = either("rate").map(Node::one_or_many).unwrap_or_default();
                let of = |rate| trigger::schedule(Some(rate), config.get("timezone"), enabled());
                rates.iter().map(of).collect()
            }
            "eventBridge" => {
                let schedule = config.get("schedule").map(|rate| trigger::schedule(Some(rate), None, enabled()));
                let rule = config.get("pattern").map(|pattern| trigger::rule(pattern, config.get("eventBus")));
                schedule.into_iter().chain(rule).collect()
            }
            "cloudwatchEvent" => config.get("event").map(|pattern| trigger::rule(pattern, None)).into_iter().collect(),
            "cloudwatchLog" => vec![Trigger::LogGroup {
                group: field::text(either("logGroup"), Field::Absent),
                filter: field::word(config.get("filter"), Field::Default(String::new())),
            }],
            "iot" => vec![Trigger::Devices { sql: field::word(config.get("sql"), Field::Absent) }],
            _ => Vec::new(),
        }
    }

    /// A name is that of a bucket which the framework makes, or of one in `provider.s3`, or of one that exists.
    fn bucket(&self, reader: &Reader<'_>, config: &Node) -> Trigger {
        let named = config.get("bucket").or(config.text().map(|_| config));
        let configured = named.and_then(Node::known).and_then(|key| self.provider.at(&["s3", key, "name"]));
        let bucket = field::text(configured.or(named), Field::Absent);
        let default = config.scalar(text::literal("s3:ObjectCreated:*"));
        let events = config.get("event").unwrap_or(&default);
        let rules = config.get("rules").map(pairs);
        let bucket = match bucket {
            Field::Known(name, place) => Field::Known(reader.bucket_of(name), place),
            other => other,
        };
        match trigger::bucket(bucket, Some(events), rules.as_ref()) {
            Trigger::Bucket { bucket, prefix, suffix, .. } if config.get("event").is_none() => Trigger::Bucket {
                bucket,
                events: vec![Field::Default("s3:ObjectCreated:*".to_owned())],
                prefix,
                suffix,
            },
            other => other,
        }
    }
}

/// `- prefix: a` as a pair of a name and a value.
fn pairs(rules: &Node) -> Node {
    let pair = |(name, value): &(String, Node)| {
        let name = ("Name".to_owned(), value.scalar(text::literal(name.as_str())));
        value.with(Value::Map(vec![name, ("Value".to_owned(), value.clone())]))
    };
    rules.with(Value::List(rules.items().iter().flat_map(Node::entries).map(pair).collect()))
}

/// A topic by its ARN, or by the name of one that the framework makes.
fn topic(config: &Node) -> Field<Text> {
    if let Some(arn) = config.get("arn") {
        return field::text(Some(arn), Field::Absent);
    }
    match field::text(config.get("topicName").or(config.text().map(|_| config)), Field::Absent) {
        Field::Known(name, place) if !is_arn(&name) => Field::Known(text::own_arn("sns", name), place),
        other => other,
    }
}

fn is_arn(text: &Text) -> bool {
    match text.0.first() {
        Some(Part::Literal(literal)) => literal.starts_with("arn:"),
        Some(Part::Of { .. } | Part::Unknown(_)) => true,
        _ => false,
    }
}
