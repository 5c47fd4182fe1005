//! Any manifest that the attributes allow.

use proptest::prelude::*;
use saphyr::LoadableYamlNode as _;
use serde_json::{Value, json};

use super::{deployment, rendered};
use crate::manifest::Manifest;
use crate::template::args::Format;

/// Texts with everything that some syntax takes for its own.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z][a-z0-9_-]{0,12}",
        "[a-zA-Z0-9 ${}%!'\"\\\\#:,*&|>\\-\\[\\]\n\t]{1,16}",
        any::<String>().prop_filter("not empty", |text| !text.is_empty() && text.len() < 60),
        Just("# <<< lambkin".to_owned()),
        Just("yes".to_owned()),
    ]
}

fn optional(
    name: &'static str,
    value: impl Strategy<Value = Value> + 'static,
) -> BoxedStrategy<Vec<(&'static str, Value)>> {
    prop::option::of(value).prop_map(move |value| value.map(|value| (name, value)).into_iter().collect()).boxed()
}

fn number(name: &'static str, from: u32, to: u32) -> BoxedStrategy<Vec<(&'static str, Value)>> {
    optional(name, (from..=to).prop_map(Value::from))
}

fn named(name: &'static str) -> BoxedStrategy<Vec<(&'static str, Value)>> {
    optional(name, text().prop_map(Value::from))
}

fn texts(name: &'static str) -> BoxedStrategy<Vec<(&'static str, Value)>> {
    optional(name, prop::collection::vec(text(), 1..3).prop_map(Value::from))
}

fn position() -> BoxedStrategy<Vec<(&'static str, Value)>> {
    optional("starting_position", prop_oneof![Just(json!("LATEST")), Just(json!("TRIM_HORIZON"))])
}

fn source(name: &'static str, settings: Vec<BoxedStrategy<Vec<(&'static str, Value)>>>) -> BoxedStrategy<Value> {
    let settings = settings.prop_map(|settings| {
        settings.into_iter().flatten().map(|(name, value)| (name.to_owned(), value)).collect::<serde_json::Map<_, _>>()
    });
    settings.prop_map(move |settings| json!({"source": name, "settings": settings})).boxed()
}

/// Filters that Lambda takes, with whatever in their keys and values.
fn filters() -> BoxedStrategy<Vec<(&'static str, Value)>> {
    let scalar = prop_oneof![
        6 => text().prop_map(Value::from),
        3 => any::<i32>().prop_map(Value::from),
        2 => any::<bool>().prop_map(Value::from),
        2 => Just(Value::Null),
        2 => text().prop_map(|text| json!({"prefix": text})),
        2 => (-100..100).prop_map(|number| json!({"numeric": [">=", number, "<", 100]})),
        1 => Just(json!({"anything-but": ["<a>", "&"]})),
        // What only a text has as it is.
        1 => (-1e6..1e6).prop_map(|number: f64| json!(number)),
        1 => any::<i64>().prop_map(Value::from),
    ];
    let wanted = prop::collection::vec(scalar, 1..3).prop_map(Value::from);
    let fields = wanted.prop_recursive(3, 8, 3, |inner| {
        let key = prop_oneof![4 => text(), 1 => Just("__proto__".to_owned()), 1 => Just("1".to_owned())];
        let either = inner.clone().prop_map(|inner| json!({"$or": [{"a": inner}, {"b": [1]}]}));
        let fields = prop::collection::vec((key, inner), 1..3)
            .prop_map(|fields| fields.into_iter().collect::<serde_json::Map<_, _>>().into());
        prop_oneof![4 => fields, 1 => either]
    });
    let filter = fields.prop_map(|fields| json!({"body": fields}).to_string());
    optional("filters", prop::collection::vec(filter, 1..7).prop_map(Value::from))
}

/// Each source, with settings within their bounds.
fn trigger() -> impl Strategy<Value = Value> {
    let batch = || vec![number("batch_size", 1, 10_000), number("window", 0, 300), filters()];
    let retries = || {
        vec![
            position(),
            number("maximum_retry_attempts", 0, 10_000),
            number("maximum_record_age", 60, 604_800),
            optional("bisect_batch_on_function_error", any::<bool>().prop_map(Value::from)),
        ]
    };
    let events = || vec![number("maximum_retry_attempts", 0, 2), number("maximum_event_age", 60, 21_600)];
    let shards = || vec![number("parallelization_factor", 1, 10), number("tumbling_window", 1, 900)];
    let queue = optional("queue", "[a-zA-Z0-9_-]{1,60}([.]fifo)?".prop_map(Value::from));
    let resource = prop_oneof![
        text().prop_map(Value::from),
        Just(json!("arn:aws:kinesis:eu-west-1:123456789012:stream/s/consumer/c:1")),
        Just(json!("arn:aws:kafka:eu-west-1:123456789012:cluster/c/u")),
    ];
    prop_oneof![
        source("invoke", vec![]),
        source("event", vec![]),
        source("http", vec![named("prefix"), named("trailing_slash")]),
        source(
            "sqs",
            [vec![queue, number("maximum_concurrency", 2, 1000), number("max_receive_count", 1, 1000)], batch()]
                .concat()
        ),
        source("kinesis", [vec![optional("stream", resource.clone())], batch(), retries(), shards()].concat()),
        source("dynamodb", [vec![named("table"), named("view")], batch(), retries(), shards()].concat()),
        source(
            "kafka",
            [
                vec![
                    named("topic"),
                    optional("cluster", resource),
                    named("consumer_group"),
                    number("minimum_pollers", 1, 200),
                    number("maximum_pollers", 200, 2000)
                ],
                batch(),
                retries()
            ]
            .concat()
        ),
        source("activemq", [vec![named("queue"), named("broker")], batch()].concat()),
        source("sns", [vec![named("topic")], events()].concat()),
        source("s3", [vec![named("bucket"), texts("events"), named("prefix"), named("suffix")], events()].concat()),
        source("eventbridge", [vec![named("bus"), texts("source"), texts("detail_type")], events()].concat()),
        source("schedule", [vec![named("expression"), named("timezone")], events()].concat()),
        source("cloudwatch_logs", [vec![named("log_group"), named("filter")], events()].concat()),
        source("ses", vec![texts("recipients")]),
        source("iot", [vec![named("sql")], events()].concat()),
    ]
}

fn cors() -> impl Strategy<Value = Value> {
    let list = || prop::collection::vec(text(), 0..3);
    (list(), prop::option::of(list()), prop::option::of(list()), list(), any::<bool>(), prop::option::of(any::<u32>()))
        .prop_map(|(origins, methods, headers, expose, credentials, max_age)| {
            json!({"origins": origins, "methods": methods, "headers": headers, "expose": expose,
                   "credentials": credentials, "max_age": max_age})
        })
}

fn routes() -> impl Strategy<Value = Value> {
    let method = prop_oneof![Just("GET"), Just("POST"), Just("ANY")];
    let route = (prop::collection::vec(method, 1..3), "(/[a-z{}*]{0,6}){1,3}", prop::option::of(cors()), any::<bool>())
        .prop_map(|(methods, path, cors, own)| {
            json!({"methods": methods, "path": path, "cors": cors, "idempotency": {"has_own_store": own}})
        });
    prop::collection::vec(route, 0..4).prop_map(Value::from)
}

fn config() -> impl Strategy<Value = Value> {
    let name = prop_oneof!["[A-Z][A-Z_]{1,8}", Just("STAGE".to_owned()), Just("AWS_REGION".to_owned()), text()];
    let variable = (name, any::<bool>(), prop::option::of(text())).prop_map(|(name, required, default)| {
        json!({"name": name, "required": required && default.is_none(), "default": default})
    });
    let stored = (prop_oneof![text(), Just("{STAGE}/x".to_owned())], any::<bool>())
        .prop_map(|(name, by_path)| json!({"name": name, "by_path": by_path, "required": true}));
    let list = || prop::collection::vec(stored.clone(), 0..3);
    (prop::collection::vec(variable, 0..4), list(), list()).prop_map(|(variables, secrets, parameters)| {
        json!({"variables": variables, "secrets": secrets, "parameters": parameters})
    })
}

fn function() -> impl Strategy<Value = Value> {
    let numbers = (
        prop::option::of(1u32..=900),
        prop::option::of(128u32..=10_240),
        prop::option::of(1u32..100),
        prop::option::of(1u32..100),
    );
    let parts = (text(), trigger(), numbers, any::<bool>(), prop::option::of(any::<bool>()));
    (parts, prop::option::of(cors()), routes(), config()).prop_map(
        |((name, trigger, (timeout, memory, reserved, provisioned), reports, own), cors, routes, config)| {
            json!({
                "name": name, "package": "p\u{e9} $x", "trigger": trigger, "timeout": timeout, "memory": memory,
                "report_batch_item_failures": reports, "cors": cors, "routes": routes, "config": config,
                "idempotency": own.map(|own| json!({"has_own_store": own})),
                "reserved_concurrency": reserved, "unknown": [1],
                // More is refused.
                "provisioned_concurrency": provisioned.map(|number| number.min(reserved.unwrap_or(number))),
            })
        },
    )
}

pub(crate) fn manifest() -> impl Strategy<Value = Manifest> {
    prop::collection::vec(function(), 1..5).prop_map(|functions| {
        let text = json!({"version": 1, "functions": functions}).to_string();
        Manifest::parse(&text, "it").unwrap_or_else(|error| panic!("{error}\n{text}"))
    })
}

pub(crate) fn options() -> impl Strategy<Value = Vec<&'static str>> {
    let front_end = prop_oneof![
        Just("--front-end=http-api"),
        Just("--front-end=rest-api"),
        Just("--front-end=function-url"),
        Just("--front-end=alb"),
    ];
    let others =
        prop::sample::subsequence(vec!["--tracing", "--extension", "--stage=prod", "--architecture=x86_64"], 0..=4);
    (front_end, others).prop_map(|(front_end, others)| [vec![front_end], others].concat())
}

/// A map in a document, by its keys.
fn entry<'y, 'i>(of: &'y saphyr::Yaml<'i>, keys: &[&str]) -> &'y saphyr::Yaml<'i> {
    keys.iter().fold(of, |of, key| of.as_mapping_get(key).unwrap_or_else(|| panic!("no `{key}` in {of:?}")))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn each_format_can_be_read_back_and_is_the_same_each_time(manifest in manifest(), options in options()) {
        let planned = deployment(&manifest, &options);
        let again = deployment(&manifest, &options);
        for format in [Format::Sam, Format::CloudFormation, Format::Serverless, Format::Terraform, Format::Json] {
            let written = rendered(&planned, format);
            prop_assert_eq!(&written, &rendered(&again, format));
            let marks = written.lines().filter(|line| line.trim_end() == "# <<< lambkin").count();
            match format {
                Format::Json => prop_assert!(serde_json::from_str::<Value>(&written).is_ok()),
                Format::Terraform => {
                    prop_assert_eq!(marks, 1);
                    let body: Result<hcl::Body, _> = hcl::parse(&written);
                    prop_assert!(body.is_ok(), "{:?}\n{}", body, written);
                }
                Format::Sam | Format::CloudFormation | Format::Serverless => {
                    prop_assert_eq!(marks, 1);
                    let read = saphyr::Yaml::load_from_str(&written);
                    prop_assert!(read.is_ok(), "{:?}\n{}", read, written);
                    let read = read.unwrap();
                    prop_assert_eq!(read.len(), 1);
                    // No two of one name: what is there has been counted.
                    let functions = planned.functions.len();
                    match format {
                        Format::Serverless => {
                            prop_assert_eq!(entry(&read[0], &["functions"]).as_mapping().unwrap().len(), functions);
                        }
                        _ => {
                            let resources = entry(&read[0], &["Resources"]).as_mapping().unwrap();
                            let lines = written.lines().skip_while(|line| *line != "Resources:").skip(1);
                            let keys = lines.filter(|line| line.starts_with("  ") && !line.starts_with("   ") && !line.starts_with("  #"));
                            prop_assert_eq!(resources.len(), keys.count());
                        }
                    }
                }
            }
        }
    }

    /// A handler's name comes back out of each format as it went in.
    #[test]
    fn a_text_is_read_back_as_it_is(sql in text()) {
        let text = json!({"version": 1, "functions": [{"name": "f", "package": "p",
            "trigger": {"source": "iot", "settings": {"sql": sql}}}]}).to_string();
        let planned = deployment(&Manifest::parse(&text, "it").unwrap(), &[]);
        let written = rendered(&planned, Format::CloudFormation);
        let read = saphyr::Yaml::load_from_str(&written).unwrap();
        let back = entry(&read[0], &["Resources", "FDeviceRule", "Properties", "TopicRulePayload", "Sql"]);
        prop_assert_eq!(back.as_str(), Some(sql.as_str()));
        let written = rendered(&planned, Format::Terraform);
        let body: hcl::Body = hcl::parse(&written).unwrap();
        let rule = body.blocks().find(|block| block.labels().first().is_some_and(|ty| ty.as_str() == "aws_iot_topic_rule")).unwrap();
        let back = rule.body().attributes().find(|attribute| attribute.key() == "sql").unwrap().expr().clone();
        let back = match back {
            hcl::Expression::String(text) => text,
            hcl::Expression::TemplateExpr(template) => {
                let template = hcl::template::Template::from_expr(&template).unwrap();
                let literal = template.elements().iter().map(|element| match element {
                    hcl::template::Element::Literal(text) => text.clone(),
                    other => panic!("{other:?}"),
                });
                literal.collect()
            }
            other => panic!("{other:?}"),
        };
        prop_assert_eq!(back.replace("$${", "${").replace("%%{", "%{"), sql);
    }
}
