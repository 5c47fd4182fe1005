//! Files of all formats together.

use std::path::Path;

use proptest::prelude::{Just, Strategy, prop_oneof};

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
    let target = |target: &Target| target.address().map_or("elsewhere".to_owned(), short);
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

/// What stands at a place: the line from its column on.
fn written<'a>(lines: &[&'a str], place: &Place) -> &'a str {
    let line = lines[place.line.unwrap() - 1];
    let start = line.char_indices().nth(place.column.unwrap() - 1).unwrap().0;
    &line[start..]
}

#[test]
fn places_point_at_what_they_are_of() {
    for (example, file) in EXAMPLES
        .iter()
        .flat_map(|example| ["template.yaml", "cloudformation.yaml", "serverless.yml"].map(|file| (*example, file)))
    {
        let path = snapshot(example, file);
        let text = std::fs::read_to_string(&path).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        let observed = observed(&path);
        let begins = |place: Option<&Place>, key: &str| {
            let place = place.unwrap_or_else(|| panic!("{example}/{file}: {key} has no place"));
            let found = written(&lines, place);
            let is_it = found.to_ascii_lowercase().starts_with(&format!("{}:", key.to_ascii_lowercase()));
            assert!(is_it, "{example}/{file}:{:?} {key}: {found}", place.line);
            let last = place.path.rsplit('.').next().unwrap().to_owned();
            assert!(last.eq_ignore_ascii_case(key), "{example}/{file}: {last} and {key}");
        };
        for function in &observed.functions {
            begins(Some(&function.place), function.address.trim_start_matches("functions."));
            begins(function.timeout.place(), "timeout");
            begins(function.memory.place(), "memorySize");
            begins(function.handler.place(), "handler");
            function.environment.variables.iter().for_each(|variable| begins(Some(&variable.place), &variable.name));
            for statement in &function.permissions.statements {
                let found = written(&lines, &statement.place);
                assert!(found.starts_with("Sid:") || found.starts_with("- Sid:"), "{example}/{file}: {found}");
            }
        }
        for queue in &observed.queues {
            begins(Some(&queue.place), &queue.address);
            if queue.visibility_timeout.place().is_some() {
                begins(queue.visibility_timeout.place(), "VisibilityTimeout");
            }
        }
        observed.tables.iter().for_each(|table| begins(Some(&table.place), &table.address));
    }
}

#[test]
fn some_places_by_their_numbers() {
    let orders = observed(&snapshot("orders", "template.yaml"));
    let timeout = orders.functions[0].timeout.place().unwrap();
    assert_eq!((timeout.line, timeout.column), (Some(31), Some(7)));
    assert_eq!(timeout.path, "Resources.FulfilFunction.Properties.Timeout");
    let readings = observed(&snapshot("readings", "serverless.yml"));
    let retries = readings.mappings[1].maximum_retry_attempts.place().unwrap();
    assert_eq!((retries.line, retries.column), (Some(67), Some(11)));
    assert_eq!(retries.path, "functions.Store.events[0].stream.maximumRetryAttempts");
}

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

fn refused(files: &[PathBuf], given: &[Given]) -> String {
    read(files, given).unwrap_err().to_string()
}

fn parameter(name: &str, value: &str) -> Given {
    Given { name: name.to_owned(), value: value.to_owned() }
}

const QUEUE: &str = "Parameters: {Seconds: {Type: Number}}\nResources: {Queue: {Type: AWS::SQS::Queue, Properties: \
                     {VisibilityTimeout: !Ref Seconds}}}\n";
const TABLE: &str = "Parameters: {Name: {Type: String}}\nResources: {Table: {Type: AWS::DynamoDB::Table}}\n";

#[test]
fn several_files_are_one_deployment() {
    let folder = folder(&[("a.yaml", QUEUE), ("b.json", "{\"Resources\": {\"B\": {\"Type\": \"AWS::SQS::Queue\"}}}")]);
    let files = ["a.yaml", "b.json"].map(|name| folder.path().join(name));
    let observed = read(&files, &[]).unwrap_or_else(|error| panic!("{error}"));
    let addresses: Vec<&str> = observed.queues.iter().map(|queue| queue.address.as_str()).collect();
    assert_eq!(addresses, ["Queue", "B"]);
    let twice = read(&[files[0].clone(), files[0].clone()], &[]);
    assert_eq!(twice.unwrap_or_else(|error| panic!("{error}")).queues.len(), 1);
    let copy = folder.path().join("c.yaml");
    std::fs::copy(&files[0], &copy).unwrap();
    assert!(refused(&[files[0].clone(), copy], &[]).contains("`Queue` is in `"));
}

#[test]
fn a_parameter_is_one_of_some_file() {
    let folder = folder(&[("a.yaml", QUEUE), ("b.yaml", TABLE)]);
    let files = ["a.yaml", "b.yaml"].map(|name| folder.path().join(name));
    let observed = read(&files, &[parameter("Seconds", "90")]).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(observed.queues[0].visibility_timeout.value(), Some(&90));
    assert_eq!(
        refused(&files, &[parameter("Secnods", "90")]),
        "`--parameter Secnods=…`: no template has such a parameter; there are `Name`, `Seconds`"
    );
}

#[test]
fn a_format_is_told_by_name_and_contents() {
    let format = |name: &str, text: &str| {
        detect::format(&Source { name: name.into(), text: text.to_owned() }).map_err(|error| error.to_string())
    };
    assert_eq!(format("main.tf", "anything"), Ok(Format::Terraform));
    assert_eq!(format("x.yml", QUEUE), Ok(Format::CloudFormation));
    assert_eq!(format("x.yml", "service: a\nprovider: {name: aws}\n"), Ok(Format::Serverless));
    assert_eq!(format("plan.json", "{\"format_version\": \"1.2\", \"planned_values\": {}}"), Ok(Format::TerraformPlan));
    assert!(format("x.yml", "a: b\n").unwrap_err().contains("no template that is known here"));
    assert!(format("x.yml", "a: [b\n").unwrap_err().starts_with("`x.yml`, line "));
    assert!(format("serverless.ts", "export default {}").unwrap_err().contains("serverless package"));
}

#[test]
fn files_that_cannot_be_read_say_why() {
    let folder = folder(&[("plan", "PK\u{3}\u{4}rest"), ("latin", "")]);
    let at = |name: &str| folder.path().join(name);
    std::fs::write(at("latin"), b"a: \xe9\n").unwrap();
    assert!(refused(&[at("plan")], &[]).contains("terraform show -json"));
    assert!(refused(&[at("latin")], &[]).contains("byte 3 is not of UTF-8"));
    assert!(refused(&[at("missing.yaml")], &[]).contains("missing.yaml"));
    assert!(refused(&[folder.path().to_path_buf()], &[]).contains("a folder stands for its `.tf` files"));
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(400))]
    /// A template with a part cut out, doubled or replaced is read or refused, and that comes to an end.
    #[test]
    fn a_damaged_template_is_read_or_refused(
        example in 0..EXAMPLES.len(),
        file in 0_usize..3,
        from in 0.0..1.0_f64,
        length in 0_usize..60,
        put in r"[-a-zA-Z0-9:{}\[\], \n!&*|>'\x22$#.]{0,20}",
    ) {
        let file = ["template.yaml", "cloudformation.yaml", "serverless.yml"][file];
        let text: Vec<char> = std::fs::read_to_string(snapshot(EXAMPLES[example], file)).unwrap().chars().collect();
        let start = (from * text.len() as f64) as usize;
        let end = (start + length).min(text.len());
        let damaged: String = text[..start].iter().copied().chain(put.chars()).chain(text[end..].iter().copied()).collect();
        let source = Source { name: file.into(), text: damaged };
        let _ = match file {
            "serverless.yml" => serverless::read(&source, &[]),
            _ => cloudformation::read(&source, &[]),
        };
    }
}

/// Documents of the words that the readers look for, in any order: what nobody would write and what no reader may
/// stumble over.
fn any_document() -> impl Strategy<Value = serde_json::Value> {
    let words = proptest::sample::select(vec![
        "AWS::Serverless::Function",
        "AWS::Lambda::Function",
        "AWS::Lambda::EventSourceMapping",
        "AWS::SQS::Queue",
        "AWS::IAM::Role",
        "AWS::ApiGatewayV2::Route",
        "A",
        "B.Arn",
        "${A}-${B.Arn}${!c}${",
        "${self:custom.a, ${opt:b, 'c'}}",
        "${file(a.yml):b}${",
        "SQS",
        "HttpApi",
        "GET /a",
        "arn:aws:sqs:a:b:c",
        "{{resolve:a}}",
        "*",
        "",
    ]);
    let keys = proptest::sample::select(vec![
        "Resources",
        "Properties",
        "Type",
        "Ref",
        "Fn::Sub",
        "Fn::GetAtt",
        "Fn::If",
        "Fn::Join",
        "Fn::Select",
        "Fn::FindInMap",
        "Fn::Equals",
        "Condition",
        "Conditions",
        "Globals",
        "Function",
        "Events",
        "Policies",
        "Statement",
        "Role",
        "A",
        "B",
        "service",
        "provider",
        "functions",
        "resources",
        "custom",
        "events",
        "sqs",
        "httpApi",
        "environment",
    ]);
    let leaf = prop_oneof![
        words.prop_map(serde_json::Value::from),
        (0..40_u8).prop_map(serde_json::Value::from),
        Just(serde_json::Value::Null),
        Just(serde_json::Value::Bool(true)),
    ];
    leaf.prop_recursive(7, 60, 5, move |inner| {
        prop_oneof![
            1 => proptest::collection::vec(inner.clone(), 0..4).prop_map(serde_json::Value::from),
            3 => proptest::collection::hash_map(keys.clone().prop_map(str::to_owned), inner, 0..5)
                .prop_map(|entries| entries.into_iter().collect()),
        ]
    })
}

proptest::proptest! {
    #[test]
    fn any_shape_of_known_words_is_read_or_refused(inner in any_document(), other in any_document()) {
        let template = serde_json::json!({"Transform": "AWS::Serverless-2016-10-31", "Globals": other, "Conditions": other,
            "Resources": {"A": {"Type": "AWS::Serverless::Function", "Properties": inner}, "B": other}});
        let service = serde_json::json!({"service": "a", "provider": other, "custom": other,
            "functions": {"f": inner}, "resources": {"Resources": inner}});
        let whole = |value: &serde_json::Value| Source { name: "a.json".into(), text: value.to_string() };
        let _ = cloudformation::read(&whole(&template), &[]);
        let _ = cloudformation::read(&whole(&inner), &[]);
        let _ = serverless::read(&whole(&service), &[]);
        let _ = detect::format(&whole(&inner));
    }
}
