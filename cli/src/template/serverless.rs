//! The Serverless Framework: functions with their events, and what its events can't say as CloudFormation.
//!
//! The framework reads the `arn` of an event itself, and some forms of it end in an error of its own, so an event is
//! written as one only where it is known to be understood.

use crate::template::cloudformation::text::{Dialect, Writer};
use crate::template::cloudformation::{BINARY_MEDIA_TYPES, RUNTIME, SQL_VERSION};
use crate::template::model::{
    BucketOf, Cors, Deployment, FrontEnd, Function, Http, Mapping, Route, Setting, Source, Trigger,
};
use crate::template::plan::http::with_preflights;
use crate::template::plan::names::kebab;
use crate::template::text::{Kind, Text};
use crate::template::yaml::{Map, Node};

/// The `serverless.yml`.
pub(crate) fn render(deployment: &Deployment) -> String {
    let writer = Writer { dialect: Dialect::Serverless, of: deployment };
    let (mut functions, mut resources) = (Map::new(), Map::new());
    for function in &deployment.functions {
        functions.comments(&function.notes);
        let made = writer.serverless_function(function, &mut resources);
        functions.set(&function.id, made);
    }
    resources.extend(writer.shared());
    let (mut params, mut asked) = (Map::new(), Vec::new());
    for parameter in &deployment.parameters {
        let name = kebab(&parameter.id);
        match &parameter.default {
            Some(default) => {
                params.comments(&[format!("{}.", parameter.description)]);
                params.set(&name, writer.literal(default));
            }
            None => asked.push(format!("To be given with `--param=\"{name}=…\"`: {}.", parameter.description)),
        }
    }
    let params = if params.is_empty() { params } else { Map::of("default", params) };
    let own = Map::new().unless_empty("Conditions", writer.conditions()).with("Resources", resources);
    let mut head = Map::new().with("service", &deployment.service).with("configValidationMode", "error");
    head.comments(&asked);
    head.with("provider", provider(deployment))
        .comment("Made by `cargo lambda build --release --output-format zip`, with `--arm64` for that architecture.")
        .with("package", Map::of("artifact", &deployment.code.artifact))
        .unless_empty("params", params)
        .with("functions", functions)
        .with("resources", own)
        .to_yaml()
}

/// What the API answers preflights with. It is one for all functions, so it does if all of them say the same.
fn shared_cors(deployment: &Deployment) -> Option<&Cors> {
    let mut all = deployment.functions.iter().filter_map(|function| match &function.trigger {
        Trigger::Http(http) if http.front_end == FrontEnd::HttpApi => Some(http.cors.as_ref()),
        _ => None,
    });
    let first = all.next()?;
    first.filter(|_| all.all(|other| other == first))
}

fn provider(deployment: &Deployment) -> Map {
    let http_api = shared_cors(deployment).map(|cors| Map::of("cors", self::cors(cors)));
    let is_rest =
        |function: &Function| matches!(&function.trigger, Trigger::Http(http) if http.front_end == FrontEnd::RestApi);
    let rest = deployment.functions.iter().any(is_rest);
    let rest_api = rest.then(|| Map::of("binaryMediaTypes", BINARY_MEDIA_TYPES.to_vec()));
    let stage = deployment.stage.clone().unwrap_or_else(|| "${opt:stage, 'dev'}".to_owned());
    Map::new()
        .with("name", "aws")
        .with("stage", stage)
        .with("runtime", RUNTIME)
        .with("architecture", deployment.architecture.name())
        .with("versionFunctions", false)
        .with("logRetentionInDays", deployment.log_retention)
        .maybe("tracing", deployment.tracing.then(|| Map::of("lambda", true)))
        .maybe("httpApi", http_api)
        .maybe("apiGateway", rest_api)
}

fn cors(cors: &Cors) -> Map {
    let Cors { origins, methods, headers, expose, credentials, max_age } = cors;
    Map::new()
        .with("allowedOrigins", origins.clone())
        .with("allowedMethods", methods.clone())
        .with("allowedHeaders", headers.clone())
        .maybe("exposedResponseHeaders", (!expose.is_empty()).then(|| expose.clone()))
        .maybe("allowCredentials", credentials.then_some(true))
        .maybe("maxAge", *max_age)
}

impl Writer<'_> {
    fn serverless_function(&self, function: &Function, resources: &mut Map) -> Map {
        let number = |map: Map, key: &str, setting: Setting, name: &str| match setting.is_default {
            true => {
                map.comment(format!("Lambda's own default: the attribute has no `{name}`.")).with(key, setting.value)
            }
            false => map.with(key, setting.value),
        };
        let made =
            Map::new().with("name", self.text(&function.name)).with("handler", self.literal(function.entry_point()));
        let made = number(made, "memorySize", function.memory, "memory");
        let made = number(made, "timeout", function.timeout, "timeout");
        let variables = function
            .environment
            .iter()
            .fold(Map::new(), |variables, (name, value)| variables.with(name, self.text(value)));
        let layers: Vec<Node> = function.layers.iter().map(|layer| self.text(layer)).collect();
        self.role(function, resources);
        let events = self.serverless_events(function, resources);
        let url = matches!(&function.trigger, Trigger::Http(http) if http.front_end == FrontEnd::FunctionUrl);
        // The framework has it for the alias, if there is one.
        let given_up = function.given_up.as_ref();
        let on_failure =
            given_up.map(|given_up| Map::new().with("arn", self.text(&given_up.on_failure)).with("type", "sqs"));
        made.with("role", self.text(&Kind::Role.of(&function.id).arn()))
            .with("logs", Map::of("logFormat", "JSON"))
            .unless_empty("environment", variables)
            .maybe("layers", (!layers.is_empty()).then_some(layers))
            .maybe("maximumRetryAttempts", given_up.and_then(|given_up| given_up.maximum_retry_attempts))
            .maybe("maximumEventAge", given_up.and_then(|given_up| given_up.maximum_event_age))
            .maybe("destinations", on_failure.map(|on_failure| Map::of("onFailure", on_failure)))
            .maybe("reservedConcurrency", function.reserved_concurrency)
            .maybe("provisionedConcurrency", function.provisioned_concurrency)
            .maybe("url", url.then_some(true))
            .maybe("events", (!events.is_empty()).then_some(events))
    }

    /// The events as the framework has them; what it has not is put among the resources.
    fn serverless_events(&self, function: &Function, resources: &mut Map) -> Vec<Map> {
        let event = match &function.trigger {
            Trigger::Mapping(mapping) => self.serverless_mapping(mapping),
            Trigger::Topic { topic } => self.serverless_topic(topic),
            Trigger::Rule { bus, .. } => self.serverless_rule(function, bus.as_ref()),
            Trigger::Schedule { expression, timezone } => {
                self.invoker_role(function, resources);
                let schedule = Map::new()
                    .with("rate", vec![expression])
                    .with("method", "scheduler")
                    .maybe("timezone", timezone.as_ref())
                    .with("roleArn", self.text(&Kind::Invoker.of(&function.id).arn()));
                Some(Map::of("schedule", schedule))
            }
            Trigger::LogGroup { group, filter } => {
                // Of quotes behind a `\` the framework takes some away.
                let is_plain = !filter.contains(['\\', '\n', '\r']) && group.known().is_some_and(is_log_group);
                let properties = || Map::new().with("logGroup", self.text(group)).with("filter", self.literal(filter));
                is_plain.then(|| Map::of("cloudwatchLog", properties()))
            }
            Trigger::Devices { sql } => (!sql.contains(['\n', '\r']))
                .then(|| Map::of("iot", Map::new().with("sql", self.literal(sql)).with("sqlVersion", SQL_VERSION))),
            Trigger::Http(http) => return self.serverless_http(function, http, resources),
            Trigger::None(_) => return Vec::new(),
            Trigger::Bucket { bucket, events, prefix, suffix } => {
                let told = self.told_of(bucket, events, prefix.as_deref(), suffix.as_deref());
                if let Some(told) = told {
                    return told;
                }
                None
            }
            Trigger::Mail { .. } => None,
        };
        if event.is_none() {
            self.events(function, resources);
        }
        event.into_iter().collect()
    }

    fn serverless_mapping(&self, mapping: &Mapping) -> Option<Map> {
        let filters: Vec<Node> = mapping.filters.iter().map(|filter| as_written(filter)).collect::<Option<_>>()?;
        let filters = (!filters.is_empty()).then_some(filters);
        let reports = mapping.reports_failures.then_some("ReportBatchItemFailures");
        match &mapping.source {
            Source::Queue(arn) => {
                let sqs = Map::of("arn", self.understood(self.text(arn))?)
                    .maybe("batchSize", mapping.batch_size)
                    .maybe("maximumBatchingWindow", mapping.window)
                    .maybe("functionResponseType", reports)
                    .maybe("maximumConcurrency", mapping.maximum_concurrency)
                    .maybe("filterPatterns", filters);
                Some(Map::of("sqs", sqs))
            }
            Source::Stream(arn) | Source::TableStream(arn) => {
                let ty = if matches!(mapping.source, Source::Stream(_)) { "kinesis" } else { "dynamodb" };
                let arn = if ty == "kinesis" { self.text(arn) } else { self.stream_of(arn) };
                let on_failure = match &mapping.on_failure {
                    Some(queue) => Some(Map::new().with("arn", self.understood(self.text(queue))?).with("type", "sqs")),
                    None => None,
                };
                let stream = Map::new()
                    .with("type", ty)
                    .with("arn", self.understood(arn)?)
                    .maybe("startingPosition", mapping.starting_position.as_ref())
                    .maybe("batchSize", mapping.batch_size)
                    .maybe("batchWindow", mapping.window)
                    .maybe("parallelizationFactor", mapping.parallelization_factor)
                    .maybe_comment(mapping.is_endless())
                    .maybe("maximumRetryAttempts", mapping.maximum_retry_attempts)
                    .maybe("maximumRecordAgeInSeconds", mapping.maximum_record_age)
                    .maybe("bisectBatchOnFunctionError", mapping.bisect)
                    .maybe("destinations", on_failure.map(|on_failure| Map::of("onFailure", on_failure)))
                    .maybe("tumblingWindowInSeconds", mapping.tumbling_window)
                    .maybe("functionResponseType", reports)
                    .maybe("filterPatterns", filters);
                Some(Map::of("stream", stream))
            }
            Source::Broker { broker, credentials, queue } => {
                let activemq = Map::new()
                    .with("arn", self.understood(self.text(broker))?)
                    .with("basicAuthArn", self.understood(self.text(credentials))?)
                    .with("queue", self.literal(queue))
                    .maybe("batchSize", mapping.batch_size)
                    .maybe("maximumBatchingWindow", mapping.window)
                    .maybe("filterPatterns", filters);
                Some(Map::of("activemq", activemq))
            }
            // The framework's events for Kafka have no partial responses and no limits of retries.
            Source::Msk { .. } | Source::Kafka { .. } => None,
        }
    }

    /// An ARN that the framework can take apart: a text, or an attribute of a resource.
    fn understood(&self, arn: Node) -> Option<Node> {
        match &arn {
            Node::Map(map) if !map.has("Fn::GetAtt") => None,
            _ => Some(arn),
        }
    }

    /// What a bucket tells of that is there already; one that is made has the account in its name, which the framework
    /// would have to ask AWS for.
    fn told_of(
        &self,
        bucket: &BucketOf,
        events: &[String],
        prefix: Option<&str>,
        suffix: Option<&str>,
    ) -> Option<Vec<Map>> {
        if bucket.made.is_some() {
            return None;
        }
        let rules: Vec<Map> = [("prefix", prefix), ("suffix", suffix)]
            .into_iter()
            .filter_map(|(name, value)| Some(Map::of(name, self.literal(value?))))
            .collect();
        let told = |event: &String| {
            let s3 = Map::of("bucket", self.text(&bucket.name))
                .with("event", event)
                .maybe("rules", (!rules.is_empty()).then(|| rules.clone()))
                .with("existing", true);
            Map::of("s3", s3)
        };
        Some(events.iter().map(told).collect())
    }

    fn serverless_topic(&self, topic: &Text) -> Option<Map> {
        let arn = self.text(topic);
        match (topic.resource(), &arn) {
            // Named for the framework's own identifiers; the topic's name is its resource's.
            (Some(made), _) => Some(Map::of("sns", Map::new().with("arn", arn).with("topicName", &made.id))),
            (None, Node::Text(_)) => Some(Map::of("sns", Map::of("arn", arn))),
            (None, _) => None,
        }
    }

    fn serverless_rule(&self, function: &Function, bus: Option<&Text>) -> Option<Map> {
        // A bus by its name alone would be made by the framework.
        let bus = bus.map(|bus| self.text(bus));
        let is_made_by_it = matches!(&bus, Some(Node::Text(name)) if !name.starts_with("arn:"));
        let rule = Map::new().maybe("eventBus", bus).with("pattern", self.pattern(function));
        (!is_made_by_it).then(|| Map::of("eventBridge", rule))
    }

    fn serverless_http(&self, function: &Function, http: &Http, resources: &mut Map) -> Vec<Map> {
        match http.front_end {
            FrontEnd::HttpApi => {
                let event = |route: &Route| match &route.path {
                    Some(path) => {
                        let method = if route.method == "ANY" { "*" } else { route.method.as_str() };
                        Map::of("httpApi", Map::new().with("method", method).with("path", self.literal(path)))
                    }
                    None => Map::of("httpApi", "*"),
                };
                match http.cors.is_some() && shared_cors(self.of).is_none() {
                    true => with_preflights(&http.routes).iter().map(event).collect(),
                    false => http.routes.iter().map(event).collect(),
                }
            }
            FrontEnd::RestApi => {
                let http = |path: &str| Map::of("http", Map::new().with("method", "any").with("path", path));
                vec![http("/"), http("/{proxy+}")]
            }
            // The function's own property.
            FrontEnd::FunctionUrl => Vec::new(),
            FrontEnd::Alb => {
                self.events(function, resources);
                Vec::new()
            }
        }
    }
}

/// A filter as YAML, which the framework makes JSON of. It has its own way with numbers and resolves what looks like a
/// variable, as CloudFormation does what looks like a dynamic reference; a field may look like a function. Of these there is
/// none.
fn as_written(filter: &str) -> Option<Node> {
    let value = serde_json::from_str(filter).ok().filter(serde_json::Value::is_object)?;
    (!["${", "{{resolve:", "__proto__", "\"Fn::"].iter().any(|part| filter.contains(part)))
        .then(|| Node::from_json(&value))
        .flatten()
}

fn is_log_group(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/#-_.".contains(&byte))
}
