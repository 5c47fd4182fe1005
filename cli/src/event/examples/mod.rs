//! The envelope of each source, in the form that AWS documents, with values of our own.

mod activemq;
mod cloudwatch_logs;
mod common;
mod dynamodb;
mod eventbridge;
mod http;
mod kafka;
mod kinesis;
mod s3;
mod ses;
mod sns;
mod sqs;

use serde_json::{Value, json};

use crate::event::Wanted;
use crate::source::Source;

/// The event of a source.
pub(super) fn event(source: Source, wanted: &Wanted) -> Value {
    match source {
        // No envelope: the payload is the event.
        Source::Invoke | Source::Event | Source::Iot => wanted.body().map_or_else(|| json!({}), |body| body.value()),
        Source::Http => http::event(wanted),
        Source::Sqs => sqs::event(wanted),
        Source::Kinesis => kinesis::event(wanted),
        Source::DynamoDb => dynamodb::event(wanted),
        Source::Kafka => kafka::event(wanted),
        Source::Sns => sns::event(wanted),
        Source::S3 => s3::event(wanted),
        Source::EventBridge => eventbridge::event(wanted),
        Source::Schedule => eventbridge::schedule(wanted),
        Source::CloudWatchLogs => cloudwatch_logs::event(wanted),
        Source::Ses => ses::event(wanted),
        Source::ActiveMq => activemq::event(wanted),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::io::Read as _;
    use std::path::Path;

    use clap::ValueEnum as _;

    use super::*;
    use crate::event::body::Body;
    use crate::event::details::{Change, Details, FrontEnd, Method};
    use crate::event::placeholder;

    fn wanted(source: Source, details: Details) -> Wanted {
        let bodies = placeholder::payload(source, &details).map(Body::json).into_iter().collect();
        Wanted { details, bodies, count: 1 }
    }

    /// The names that a JSON value holds, each with those around it. What is a sender's own is not looked into.
    fn names(value: &Value, around: &str, all: &mut BTreeSet<String>) {
        const OWN: [&str; 10] = [
            "Keys",
            "NewImage",
            "OldImage",
            "detail",
            "headers",
            "multiValueHeaders",
            "queryStringParameters",
            "multiValueQueryStringParameters",
            "messageAttributes",
            "state",
        ];
        match value {
            Value::Array(values) => values.iter().for_each(|value| names(value, around, all)),
            Value::Object(fields) => {
                for (name, value) in fields {
                    // The partitions of Kafka are called after their topic.
                    let name = if around.ends_with("/records") { "TOPIC" } else { name };
                    let path = format!("{around}/{name}");
                    if !OWN.contains(&name) {
                        names(value, &path, all);
                    }
                    all.insert(path);
                }
            }
            _ => {}
        }
    }

    fn names_of(value: &Value) -> BTreeSet<String> {
        let mut all = BTreeSet::new();
        names(&unpacked(value), "", &mut all);
        all
    }

    /// What CloudWatch Logs packs is looked into.
    fn unpacked(event: &Value) -> Value {
        use base64::Engine as _;

        let Some(data) = event.pointer("/awslogs/data").and_then(Value::as_str) else { return event.clone() };
        let packed = base64::engine::general_purpose::STANDARD.decode(data).unwrap();
        let mut text = String::new();
        flate2::read::GzDecoder::new(&*packed).read_to_string(&mut text).unwrap();
        serde_json::from_str(&text).unwrap()
    }

    /// The names in all example events of a folder.
    fn documented(folder: &str) -> BTreeSet<String> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../runtime/tests").join(folder);
        let mut all = BTreeSet::new();
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|extension| extension == "json") {
                let event: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
                all.extend(names_of(&event));
            }
        }
        all
    }

    /// The events that the runtime is held to are those of the AWS documentation.
    #[test]
    fn an_example_says_nothing_that_the_documentation_does_not() {
        for source in Source::value_variants() {
            if matches!(source, Source::Invoke | Source::Event | Source::Iot | Source::Http) {
                continue;
            }
            let known = documented(&format!("events/{}", source.name()));
            let window = matches!(source, Source::Kinesis | Source::DynamoDb);
            let fifo = (*source == Source::Sqs).then(|| "orders.fifo".to_owned());
            let change = Some(Change::Modify);
            let details = Details { window, queue: fifo, change, scheduler: true, ..Details::default() };
            for details in [Details::default(), details] {
                let made = names_of(&event(*source, &wanted(*source, details)));
                let odd: Vec<&String> = made.difference(&known).collect();
                assert!(odd.is_empty(), "{}: {odd:?}", source.name());
            }
        }
    }

    #[test]
    fn a_request_says_nothing_that_the_documentation_does_not() {
        let known = documented("http/events");
        for front_end in FrontEnd::value_variants() {
            let details = Details {
                front_end: Some(*front_end),
                method: Some(Method::new("POST")),
                path: Some("/a%20b?c=d&e=f".to_owned()),
                header: vec!["cookie: a=b; c=d".parse().unwrap(), "host: example.com".parse().unwrap()],
                ..Details::default()
            };
            let event = event(Source::Http, &wanted(Source::Http, details));
            let made = names_of(&event);
            let odd: Vec<&String> = made.difference(&known).collect();
            assert!(odd.is_empty(), "{front_end:?}: {odd:?}");
            assert!(event.to_string().contains("example.com"), "{front_end:?}: {event}");
        }
    }

    #[test]
    fn what_is_gone_has_an_old_image_alone() {
        let details = Details { change: Some(Change::Remove), ..Details::default() };
        let removed = event(Source::DynamoDb, &wanted(Source::DynamoDb, details));
        let stream = &removed["Records"][0]["dynamodb"];
        assert!(stream.get("NewImage").is_none() && stream.get("OldImage").is_some(), "{stream}");
        let details = Details { view: Some("KEYS_ONLY".to_owned()), ..Details::default() };
        let keys = event(Source::DynamoDb, &wanted(Source::DynamoDb, details));
        let stream = &keys["Records"][0]["dynamodb"];
        assert_eq!((stream.get("NewImage"), stream["Keys"]["id"]["S"].as_str()), (None, Some("s-1")));
    }
}
