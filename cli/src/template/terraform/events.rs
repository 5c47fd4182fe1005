//! What invokes a function.

use crate::template::cloudformation::{ALIAS, SQL_VERSION};
use crate::template::model::{Function, Mapping, Source, Trigger};
use crate::template::plan::names::snake;
use crate::template::terraform::hcl::{Body, Expr};
use crate::template::terraform::{Writer, policy, trust};
use crate::template::text::{Kind, Text};

impl Writer<'_> {
    pub(super) fn events(&self, function: &Function, file: &mut Body) {
        let label = snake(&function.id);
        match &function.trigger {
            Trigger::None(_) | Trigger::Bucket { .. } => {}
            Trigger::Mapping(mapping) => self.mapping(function, mapping, file),
            Trigger::Topic { topic } => {
                let body = Body::new()
                    .with("topic_arn", self.text(topic))
                    .with("protocol", "lambda")
                    .with("endpoint", self.target(function));
                file.resource("aws_sns_topic_subscription", &label, body);
            }
            Trigger::Rule { .. } => self.rule(function, file),
            Trigger::Schedule { .. } => self.schedule(function, file),
            Trigger::LogGroup { group, filter } => {
                let body = Body::new()
                    .with("name", self.text(&function.name))
                    .with("log_group_name", self.text(group))
                    .with("filter_pattern", filter)
                    .with("destination_arn", self.target(function))
                    .with("depends_on", self.after_permission(function));
                file.resource("aws_cloudwatch_log_subscription_filter", &label, body);
            }
            Trigger::Mail { rule_set, recipients } => {
                let action = Body::new()
                    .with("function_arn", self.target(function))
                    .with("invocation_type", "RequestResponse")
                    .with("position", 1u32);
                let body = Body::new()
                    .with("name", self.text(&function.name))
                    .with("rule_set_name", self.text(rule_set))
                    .with("enabled", true)
                    .maybe("recipients", (!recipients.is_empty()).then(|| recipients.iter().collect::<Vec<_>>()))
                    .with("depends_on", self.after_permission(function))
                    .block("lambda_action", action);
                file.resource("aws_ses_receipt_rule", &label, body);
            }
            Trigger::Devices { sql } => {
                // A rule's name has no `-`.
                let name = Expr::Raw(format!("replace(aws_lambda_function.{label}.function_name, \"-\", \"_\")"));
                let body = Body::new()
                    .with("name", name)
                    .with("enabled", true)
                    .with("sql", sql)
                    .with("sql_version", SQL_VERSION)
                    .block("lambda", Body::new().with("function_arn", self.target(function)));
                file.resource("aws_iot_topic_rule", &label, body);
            }
            Trigger::Http(http) => self.front_end(function, http, file),
        }
        self.permission(function, file);
    }

    pub(super) fn target(&self, function: &Function) -> Expr {
        self.text(&Kind::Target.of(&function.id).arn())
    }

    /// Where the function is named and not given by its ARN, and which version of it.
    pub(super) fn named(&self, function: &Function) -> Body {
        let label = snake(&function.id);
        let alias = function.provisioned_concurrency.map(|_| ALIAS);
        Body::new()
            .with("function_name", Expr::Raw(format!("aws_lambda_function.{label}.function_name")))
            .maybe("qualifier", alias.map(|_| Expr::Raw(format!("aws_lambda_alias.{label}.name"))))
    }

    pub(super) fn after_permission(&self, function: &Function) -> Expr {
        vec![Expr::Raw(format!("aws_lambda_permission.{}", snake(&function.id)))].into()
    }

    fn permission(&self, function: &Function, file: &mut Body) {
        let Some((principal, source)) = function.invoker() else { return };
        let is_bucket = matches!(function.trigger, Trigger::Bucket { .. });
        let account = is_bucket.then(|| self.text(&crate::template::text::Piece::Account.into()));
        let body = self
            .named(function)
            .with("action", "lambda:InvokeFunction")
            .with("principal", principal)
            .with("source_arn", self.text(&source))
            .maybe("source_account", account);
        file.resource("aws_lambda_permission", &snake(&function.id), body);
    }

    fn mapping(&self, function: &Function, mapping: &Mapping, file: &mut Body) {
        let arn = |arn: &Text| Body::new().with("event_source_arn", self.text(arn));
        let body = match &mapping.source {
            Source::Queue(queue) => arn(queue),
            Source::Stream(stream) => arn(stream),
            Source::TableStream(stream) => match stream.resource() {
                Some(table) => {
                    Body::new().with("event_source_arn", Expr::Raw(format!("{}.stream_arn", self.address(table))))
                }
                None => arn(stream),
            },
            Source::Msk { cluster, topic, .. } => arn(cluster).with("topics", vec![topic]),
            Source::Kafka { topic, .. } => Body::new().with("topics", vec![topic]),
            Source::Broker { broker, queue, .. } => arn(broker).with("queues", vec![queue]),
        };
        let reports = mapping.reports_failures.then(|| vec!["ReportBatchItemFailures"]);
        let body = body
            .with("function_name", self.target(function))
            .maybe("starting_position", mapping.starting_position.as_ref())
            .maybe("batch_size", mapping.batch_size)
            .maybe("maximum_batching_window_in_seconds", mapping.window)
            .maybe("parallelization_factor", mapping.parallelization_factor)
            .maybe_comment(mapping.is_endless())
            .maybe("maximum_retry_attempts", mapping.maximum_retry_attempts)
            .maybe("maximum_record_age_in_seconds", mapping.maximum_record_age)
            .maybe("bisect_batch_on_function_error", mapping.bisect)
            .maybe("tumbling_window_in_seconds", mapping.tumbling_window)
            .maybe("function_response_types", reports);
        let body = self.blocks(body, mapping);
        file.resource("aws_lambda_event_source_mapping", &snake(&function.id), body);
    }

    /// What of a mapping is in blocks of its own.
    fn blocks(&self, body: Body, mapping: &Mapping) -> Body {
        let group = |group: &Option<String>| group.as_ref().map(|group| Body::new().with("consumer_group_id", group));
        let access = |ty: &str, credentials: &Text| Body::new().with("type", ty).with("uri", self.text(credentials));
        let body = match &mapping.source {
            Source::Queue(_) | Source::Stream(_) | Source::TableStream(_) => body,
            Source::Msk { consumer_group, .. } => {
                body.maybe_block("amazon_managed_kafka_event_source_config", group(consumer_group))
            }
            Source::Kafka { servers_parameter, credentials, consumer_group, .. } => {
                let servers = Expr::Raw(format!("join(\",\", var.{})", snake(servers_parameter)));
                let endpoints = Expr::Object(vec![("KAFKA_BOOTSTRAP_SERVERS".to_owned(), servers)]);
                body.block("self_managed_event_source", Body::new().with("endpoints", endpoints))
                    .maybe_block("self_managed_kafka_event_source_config", group(consumer_group))
                    .block("source_access_configuration", access("SASL_SCRAM_512_AUTH", credentials))
            }
            Source::Broker { credentials, .. } => {
                body.block("source_access_configuration", access("BASIC_AUTH", credentials))
            }
        };
        let destination = mapping
            .on_failure
            .as_ref()
            .map(|queue| Body::new().block("on_failure", Body::new().with("destination_arn", self.text(queue))));
        let scaling = mapping.maximum_concurrency.map(|most| Body::new().with("maximum_concurrency", most));
        let pollers = mapping.pollers.map(|pollers| {
            Body::new().maybe("minimum_pollers", pollers.minimum).maybe("maximum_pollers", pollers.maximum)
        });
        let filter = |filter: &String| Body::new().with("pattern", json(filter));
        let criteria = (!mapping.filters.is_empty()).then(|| {
            mapping.filters.iter().map(filter).fold(Body::new(), |criteria, filter| criteria.block("filter", filter))
        });
        body.maybe_block("destination_config", destination)
            .maybe_block("scaling_config", scaling)
            .maybe_block("provisioned_poller_config", pollers)
            .maybe_block("filter_criteria", criteria)
    }

    fn rule(&self, function: &Function, file: &mut Body) {
        let Trigger::Rule { bus, sources, detail_types } = &function.trigger else { return };
        let label = snake(&function.id);
        let bus = bus.as_ref().map(|bus| self.text(bus));
        let of = |name: &str, texts: &[String]| {
            (!texts.is_empty()).then(|| (name.to_owned(), texts.iter().collect::<Vec<_>>().into()))
        };
        let mut pattern: Vec<(String, Expr)> =
            [of("source", sources), of("detail-type", detail_types)].into_iter().flatten().collect();
        if pattern.is_empty() {
            // A pattern has to say something, and each event has a source.
            let any = Expr::Object(vec![("prefix".to_owned(), "".into())]);
            pattern.push(("source".to_owned(), vec![any].into()));
        }
        let body = Body::new()
            .with("name", self.text(&function.name))
            .maybe("event_bus_name", bus.clone())
            .with("event_pattern", Expr::Call("jsonencode", Box::new(Expr::Object(pattern))));
        file.resource("aws_cloudwatch_event_rule", &label, body);
        let body = Body::new()
            .with("rule", Expr::Raw(format!("aws_cloudwatch_event_rule.{label}.name")))
            .maybe("event_bus_name", bus)
            .with("arn", self.target(function));
        file.resource("aws_cloudwatch_event_target", &label, body);
    }

    fn schedule(&self, function: &Function, file: &mut Body) {
        let Trigger::Schedule { expression, timezone } = &function.trigger else { return };
        let label = snake(&function.id);
        let role = Kind::Invoker.of(&function.id);
        let body = Body::new()
            .with("name", self.text(&function.name))
            .with("schedule_expression", expression)
            .maybe("schedule_expression_timezone", timezone.as_ref())
            .block("flexible_time_window", Body::new().with("mode", "OFF"))
            .block("target", Body::new().with("arn", self.target(function)).with("role_arn", self.text(&role.arn())));
        file.resource("aws_scheduler_schedule", &label, body);
        let invoker = format!("{label}_invoker");
        let body = Body::new().with("assume_role_policy", policy(vec![trust("scheduler.amazonaws.com")]));
        file.resource("aws_iam_role", &invoker, body);
        let invoke = Expr::Object(vec![
            ("Effect".to_owned(), "Allow".into()),
            ("Action".to_owned(), vec!["lambda:InvokeFunction"].into()),
            ("Resource".to_owned(), self.target(function)),
        ]);
        let body = Body::new()
            .with("name", "lambkin")
            .with("role", Expr::Raw(format!("aws_iam_role.{invoker}.id")))
            .with("policy", policy(vec![invoke]));
        file.resource("aws_iam_role_policy", &invoker, body);
    }

    /// What becomes of events that fail, for what is invoked. The provider asks Lambda, which asks whether the role may tell
    /// the queue; the function comes after the role's policy, so this does too.
    pub(super) fn event_invoke_config(&self, function: &Function, file: &mut Body) {
        let Some(given_up) = &function.given_up else { return };
        let label = snake(&function.id);
        let alias = function.provisioned_concurrency.map(|_| Expr::Raw(format!("aws_lambda_alias.{label}.name")));
        let on_failure = Body::new().with("destination", self.text(&given_up.on_failure));
        let body = Body::new()
            .with("function_name", Expr::Raw(format!("aws_lambda_function.{label}.function_name")))
            .maybe("qualifier", alias)
            .maybe("maximum_retry_attempts", given_up.maximum_retry_attempts)
            .maybe("maximum_event_age_in_seconds", given_up.maximum_event_age)
            .block("destination_config", Body::new().block("on_failure", on_failure));
        file.resource("aws_lambda_function_event_invoke_config", &label, body);
    }

    /// A bucket has one configuration of what it tells of, for all functions.
    pub(super) fn notifications(&self, file: &mut Body) {
        let mut buckets: Vec<(&Text, String, Vec<&Function>)> = Vec::new();
        for function in &self.of.functions {
            let Trigger::Bucket { bucket, .. } = &function.trigger else { continue };
            match buckets.iter_mut().find(|(name, ..)| **name == bucket.name) {
                Some((.., functions)) => functions.push(function),
                None => {
                    let label = bucket.made.as_ref().map_or(&function.id, |made| &made.id);
                    buckets.push((&bucket.name, snake(label), vec![function]));
                }
            }
        }
        for (name, label, functions) in buckets {
            let is_made = self.of.buckets.iter().any(|bucket| bucket.name == *name);
            let bucket = match is_made {
                true => Expr::Raw(format!("aws_s3_bucket.{label}.id")),
                false => self.text(name),
            };
            let after: Vec<Expr> = functions
                .iter()
                .map(|function| Expr::Raw(format!("aws_lambda_permission.{}", snake(&function.id))))
                .collect();
            let mut body = Body::new().with("bucket", bucket).with("depends_on", after);
            for function in functions {
                let Trigger::Bucket { events, prefix, suffix, .. } = &function.trigger else { continue };
                let told = Body::new()
                    .with("lambda_function_arn", self.target(function))
                    .with("events", events.iter().collect::<Vec<_>>())
                    .maybe("filter_prefix", prefix.as_ref())
                    .maybe("filter_suffix", suffix.as_ref());
                body = body.block("lambda_function", told);
            }
            if !is_made {
                let note = "A bucket has one such resource: what else it tells of belongs into it too, or is lost.";
                file.comments(&[note.to_owned()]);
            }
            file.resource("aws_s3_bucket_notification", &label, body);
        }
    }
}

/// JSON as people write it here; as a text where a number would not come back as it is written.
fn json(text: &str) -> Expr {
    match serde_json::from_str(text).ok().and_then(|value| Expr::from_json(&value)) {
        Some(value) => Expr::Call("jsonencode", Box::new(value)),
        None => text.into(),
    }
}
