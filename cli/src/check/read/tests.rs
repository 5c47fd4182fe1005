//! Files of all formats together.

use std::path::Path;

use super::*;
use crate::check::observed::{Attribute, Field, Part, Target, Text};

const EXAMPLES: [&str; 10] =
    ["clicks", "mailer", "notices", "orders", "payments", "readings", "reports", "shop", "signup", "warehouse"];

fn snapshot(example: &str, file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/snapshots").join(example).join(file)
}

fn observed(path: &Path) -> Observed {
    read(&[path.to_path_buf()], &[]).unwrap_or_else(|error| panic!("{error}"))
}

/// A resource by the part of its address that all formats share.
fn short(address: &str) -> String {
    address.trim_start_matches("functions.").trim_end_matches("Function").to_owned()
}

fn text(text: &Text) -> String {
    let part = |part: &Part| match part {
        Part::Literal(literal) => literal.clone(),
        Part::Of { address, attribute } => {
            let attribute =
                if *attribute == Attribute::StreamArn { "StreamArn".to_owned() } else { format!("{attribute:?}") };
            format!("<{} {attribute}>", short(address))
        }
        // Each format has its own way to name a parameter.
        Part::Unknown(_) => "?".to_owned(),
        other => format!("<{other:?}>"),
    };
    text.0.iter().map(part).collect()
}

fn texts(field: &Field<Text>) -> String {
    match field {
        Field::Known(known, _) | Field::Default(known) => text(known),
        Field::Absent => "-".to_owned(),
        Field::Unknown(_) => "unknown".to_owned(),
    }
}

fn value<T: std::fmt::Debug>(field: &Field<T>) -> String {
    format!("{:?}", field.value())
}

/// What a function may do, sorted.
fn allowed(function: &crate::check::observed::Function) -> Vec<String> {
    let statements = function.permissions.statements.iter().flat_map(|statement| {
        statement.actions.iter().flat_map(|action| {
            statement.resources.iter().map(move |resource| format!("{} on {}", value(action), texts(resource)))
        })
    });
    let mut all: Vec<String> = statements.collect();
    all.sort();
    all.dedup();
    all
}

/// What the files say, without places and without what a format calls things.
fn summary(observed: &Observed) -> Vec<String> {
    let target = |target: &Target| match target {
        Target::Function(address) => short(address),
        Target::Elsewhere => "elsewhere".to_owned(),
    };
    let mut all = Vec::new();
    for function in &observed.functions {
        let variables: Vec<&str> =
            function.environment.variables.iter().map(|variable| variable.name.as_str()).collect();
        all.push(format!(
            "{} {} {} {} {} {} {} {variables:?} {:?} {:?} {} {} {} {}",
            short(&function.address),
            texts(&function.name),
            value(&function.handler),
            value(&function.runtime),
            value(&function.architecture),
            value(&function.memory),
            value(&function.timeout),
            allowed(function),
            function.permissions.unread.is_some(),
            value(&function.reserved_concurrency),
            value(&function.provisioned_concurrency),
            value(&function.tracing),
            value(&function.log_format),
        ));
    }
    for mapping in &observed.mappings {
        let source = texts(&mapping.source);
        // CloudFormation does not say which service the ARN in a parameter is of.
        let kind = if source == "?" { None } else { mapping.kind };
        all.push(format!(
            "{} {kind:?} {source} {} {} {} {} {} {} {} {} {}",
            target(&mapping.function),
            value(&mapping.window),
            value(&mapping.reports_failures),
            value(&mapping.starting_position),
            value(&mapping.maximum_retry_attempts),
            value(&mapping.tumbling_window),
            value(&mapping.maximum_concurrency),
            value(&mapping.minimum_pollers),
            mapping.topics.len(),
            mapping.queues.len(),
        ));
    }
    for trigger in &observed.triggers {
        let by = format!("{:?}", trigger.by);
        let kind: String = by.chars().take_while(char::is_ascii_alphanumeric).collect();
        let route =
            by.split("route: ").nth(1).and_then(|rest| rest.split("cors:").next()).unwrap_or_default().to_owned();
        all.push(format!("{} {kind} {route}", target(&trigger.function)));
    }
    for queue in &observed.queues {
        all.push(format!(
            "{} {} {} {} {} {} {}",
            queue.address,
            texts(&queue.name),
            value(&queue.is_fifo),
            value(&queue.visibility_timeout),
            value(&queue.retention),
            texts(&queue.dead_letters),
            value(&queue.max_receive_count),
        ));
    }
    for table in &observed.tables {
        let keys = [&table.partition_key, &table.sort_key, &table.ttl, &table.stream].map(value);
        all.push(format!("{} {} {keys:?}", table.address, texts(&table.name)));
    }
    all.sort();
    all
}

#[test]
fn an_example_says_the_same_in_each_format() {
    for example in EXAMPLES {
        let [sam, cloudformation, serverless] =
            ["template.yaml", "cloudformation.yaml", "serverless.yml"].map(|file| {
                let observed = observed(&snapshot(example, file));
                assert!(observed.unread.is_empty(), "{example}/{file} {:?}", observed.unread);
                summary(&observed)
            });
        assert!(!sam.is_empty());
        assert_eq!(sam, cloudformation, "{example}: SAM and CloudFormation");
        assert_eq!(sam, serverless, "{example}: SAM and the Serverless Framework");
    }
}

// TEMPORARY
#[test]
#[ignore]
fn zz_corpus() {
    let mut same = 0;
    let mut diff = 0;
    for entry in std::fs::read_dir("/tmp/sam/tests/translator/input").unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|e| e != "yaml" && e != "yml" && e != "json") {
            continue;
        }
        let stem = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let sam = read(&[path.clone()], &[]);
        let out = Path::new("/tmp/sam/tests/translator/output").join(format!("{stem}.json"));
        match sam {
            Err(e) => eprintln!("ERR {e}"),
            Ok(sam) => {
                if !sam.unread.is_empty() {
                    eprintln!("UNREAD {stem} {:?}", sam.unread.iter().map(|u| &u.what).collect::<Vec<_>>());
                }
                if !out.exists() || stem.starts_with("error") {
                    continue;
                }
                let cfn = match read(&[out], &[]) {
                    Ok(c) => c,
                    Err(e) => {
                        eprintln!("OUTERR {e}");
                        continue;
                    }
                };
                let (a, b) = (summary(&sam), summary(&cfn));
                if a == b {
                    same += 1;
                } else {
                    diff += 1;
                    eprintln!("DIFF {stem}");
                    for x in a.iter().filter(|x| !b.contains(x)) {
                        eprintln!("   S {}", x.chars().take(900).collect::<String>());
                    }
                    for x in b.iter().filter(|x| !a.contains(x)) {
                        eprintln!("   C {}", x.chars().take(900).collect::<String>());
                    }
                }
            }
        }
    }
    eprintln!("same {same} diff {diff}");
}
