//! Each event source: what invokes the function, and with which settings.

use crate::filters::QUOTA;
use crate::manifest;
use crate::manifest::trigger::{ActiveMq, DynamoDb, EventBridge, Kafka, Kinesis, Retries, S3, Shards, Sqs};
use crate::template::model::{BucketOf, GivenUp, Mapping, Pollers, Source, Trigger};
use crate::template::plan::resources::visibility_timeout;
use crate::template::plan::{Draft, Plan};
use crate::template::text::Text;

/// Where a stream is read from if the attribute does not say: nothing that is in it is passed over.
const STARTING_POSITION: &str = "TRIM_HORIZON";

impl Plan<'_> {
    /// What invokes the function.
    pub(super) fn trigger(&mut self, draft: &mut Draft<'_>) -> Trigger {
        use manifest::Trigger as Of;

        let of = draft.of;
        let filters = of.trigger.filters().len();
        if filters > QUOTA {
            draft.notes.push(format!(
                "its mapping has {filters} filters, and an account may have {QUOTA} of one until its quota is raised"
            ));
        }
        match &of.trigger {
            Of::Invoke => Trigger::None("whoever may invoke it does"),
            Of::Event => {
                draft
                    .notes
                    .push("it takes the events of any source, so what invokes it has to be written by hand".to_owned());
                Trigger::None("`event` names no source")
            }
            Of::Http(http) => self.http(draft, http),
            Of::Sqs(sqs) => self.sqs(draft, sqs),
            Of::Kinesis(kinesis) => self.kinesis(draft, kinesis),
            Of::DynamoDb(dynamodb) => self.dynamodb(draft, dynamodb),
            Of::Kafka(kafka) => self.kafka(draft, kafka),
            Of::ActiveMq(activemq) => self.activemq(draft, activemq),
            Of::Sns(sns) => {
                let topic = self.arn(draft, "topic", "sns", sns.topic.as_deref(), |plan, name| plan.topic(name).arn());
                Trigger::Topic { topic }
            }
            Of::S3(s3) => self.s3(draft, s3),
            Of::EventBridge(eventbridge) => self.eventbridge(draft, eventbridge),
            Of::Schedule(schedule) => match &schedule.expression {
                Some(expression) => {
                    Trigger::Schedule { expression: expression.clone(), timezone: schedule.timezone.clone() }
                }
                None => {
                    draft.notes.push("its attribute has no expression, so nothing runs it".to_owned());
                    Trigger::None("`schedule` without an expression")
                }
            },
            Of::CloudWatchLogs(logs) => {
                let filter = logs.filter.clone().unwrap_or_default();
                let group = match &logs.log_group {
                    Some(name) => Text::from(log_group(name)),
                    None => self.asked(draft, "LogGroupName", "The name of the log group whose lines it is told of"),
                };
                Trigger::LogGroup { group, filter }
            }
            Of::Ses(ses) => {
                let description = "The set of receipt rules that is active; an account has one in each region";
                let rule_set = Text::parameter(&self.parameter("rule set", "ReceiptRuleSet", description, None));
                draft.notes.push(
                    "SES waits for its answer, a disposition, for up to 30 s: its rule invokes with `RequestResponse`"
                        .to_owned(),
                );
                Trigger::Mail { rule_set, recipients: ses.recipients.clone() }
            }
            Of::Iot(iot) => match &iot.sql {
                Some(sql) => Trigger::Devices { sql: sql.clone() },
                None => {
                    draft.notes.push("its attribute has no statement, so it has no rule".to_owned());
                    Trigger::None("`iot` without a statement")
                }
            },
        }
    }

    /// The ARN of what the attribute names: one of its own account if it is there already, else of one that is made; a
    /// parameter if it names nothing.
    fn arn(
        &mut self,
        draft: &mut Draft<'_>,
        kind: &'static str,
        service: &str,
        named: Option<&str>,
        make: impl FnOnce(&mut Self, &str) -> Text,
    ) -> Text {
        match named {
            Some(arn) if arn.starts_with("arn:") => Text::from(arn),
            Some(name) if self.is_existing(kind, name) => {
                let path = match kind {
                    "stream" => format!("stream/{name}"),
                    "bus" => format!("event-bus/{name}"),
                    _ => name.to_owned(),
                };
                Text::own_arn(service, path.as_str())
            }
            Some(name) => make(self, name),
            None => {
                let id = format!("{}Arn", crate::template::plan::names::pascal(kind));
                self.asked(draft, &id, &format!("The ARN of its {kind}, which its attribute does not name"))
            }
        }
    }

    /// A parameter of this function alone.
    pub(super) fn asked(&mut self, draft: &Draft<'_>, what: &str, description: &str) -> Text {
        let purpose = format!("{what} of {}", draft.id);
        let description = format!("{}: {description}", draft.of.name);
        Text::parameter(&self.parameter(&purpose, &format!("{}{what}", draft.id), &description, None))
    }

    fn sqs(&mut self, draft: &mut Draft<'_>, sqs: &Sqs) -> Trigger {
        let (timeout, window) = (draft.timeout, sqs.batch.window.unwrap_or(0));
        let queue =
            self.arn(draft, "queue", "sqs", sqs.queue.as_deref(), |plan, name| plan.queue(name, timeout, window).arn());
        if queue.resource().is_none() {
            let seconds = visibility_timeout(timeout, window);
            draft.notes.push(format!(
                "its queue is there already: give it a visibility timeout of {seconds} s or more, and a dead-letter queue"
            ));
        }
        Trigger::Mapping(Box::new(Mapping {
            batch_size: sqs.batch.batch_size,
            window: sqs.batch.window,
            maximum_concurrency: sqs.maximum_concurrency,
            ..mapping(Source::Queue(queue), draft.of)
        }))
    }

    fn kinesis(&mut self, draft: &mut Draft<'_>, kinesis: &Kinesis) -> Trigger {
        let Kinesis { stream, batch, retries, shards } = kinesis;
        let make = |plan: &mut Self, name: &str| plan.stream(name).arn();
        let stream = self.arn(draft, "stream", "kinesis", stream.as_deref(), make);
        let mut mapping = streamed(mapping(Source::Stream(stream), draft.of), retries, Some(shards));
        (mapping.batch_size, mapping.window) = (batch.batch_size, batch.window);
        self.traced(draft, mapping)
    }

    fn dynamodb(&mut self, draft: &mut Draft<'_>, dynamodb: &DynamoDb) -> Trigger {
        let DynamoDb { table, view, batch, retries, shards } = dynamodb;
        let view = view.as_deref().unwrap_or("NEW_AND_OLD_IMAGES");
        let name = table.as_deref().unwrap_or_default();
        let stream = if name.starts_with("arn:") && name.contains("/stream/") {
            Text::from(name)
        } else if let Some(table) = self.table(name, view) {
            table.arn()
        } else {
            if !name.starts_with("arn:") && !name.is_empty() {
                draft.notes.push(format!(
                    "the keys of its table are not in the manifest: give the ARN of the table's stream (view {view}), or \
                     have the table made with `--table {name}=KEY:TYPE`"
                ));
            }
            let of = if name.is_empty() { String::new() } else { format!(" `{name}`") };
            self.asked(draft, "StreamArn", &format!("The ARN of the stream of its table{of}, of the view {view}"))
        };
        let mut mapping = streamed(mapping(Source::TableStream(stream), draft.of), retries, Some(shards));
        (mapping.batch_size, mapping.window) = (batch.batch_size, batch.window);
        self.traced(draft, mapping)
    }

    fn kafka(&mut self, draft: &mut Draft<'_>, kafka: &Kafka) -> Trigger {
        let Kafka { topic, cluster, consumer_group, minimum_pollers, maximum_pollers, batch, retries } = kafka;
        let topic = topic.clone().unwrap_or_else(|| draft.of.name.clone());
        if kafka.topic.is_none() {
            draft.notes.push(format!("its attribute names no topic: `{topic}` is a guess"));
        }
        let consumer_group = consumer_group.clone();
        let source = match cluster.as_deref() {
            Some(arn) if arn.starts_with("arn:") => Source::Msk { cluster: Text::from(arn), topic, consumer_group },
            // The ARN of a cluster ends with an identifier that nobody chooses.
            Some(name) => {
                let cluster = self.asked(draft, "ClusterArn", &format!("The ARN of the MSK cluster `{name}`"));
                Source::Msk { cluster, topic, consumer_group }
            }
            None => {
                let description = "The bootstrap servers of the Kafka cluster, `host:port`, separated by commas";
                let servers = self.asked(draft, "BootstrapServers", description);
                self.make_list(&servers);
                let description = "The ARN of the secret with `username` and `password` for SASL/SCRAM (SHA-512)";
                let credentials = self.asked(draft, "CredentialsArn", description);
                draft.notes.push(
                    "its attribute names no MSK cluster, so the cluster is taken to be your own, reached over the internet \
                     with SASL/SCRAM; in a VPC, its subnets and security groups have to be added"
                        .to_owned(),
                );
                Source::Kafka { servers_parameter: servers.parameter_id(), credentials, topic, consumer_group }
            }
        };
        let mut mapping = streamed(mapping(source, draft.of), retries, None);
        (mapping.batch_size, mapping.window) = (batch.batch_size, batch.window);
        let is_provisioned = minimum_pollers.is_some() || maximum_pollers.is_some();
        // <https://docs.aws.amazon.com/lambda/latest/dg/kafka-esm-error-handling.html>: single records are reported, and retries
        // limited, in provisioned mode alone.
        let needs_provisioned =
            mapping.reports_failures || mapping.gives_up() || retries.bisect_batch_on_function_error.is_some();
        if needs_provisioned && !is_provisioned {
            draft.notes.push(
                "single records are reported, and retries limited, in provisioned mode alone, so its mapping has one event \
                 poller, which is billed by the hour"
                    .to_owned(),
            );
        }
        mapping.pollers = (is_provisioned || needs_provisioned).then(|| Pollers {
            minimum: minimum_pollers.or((!is_provisioned).then_some(1)),
            maximum: *maximum_pollers,
        });
        self.traced(draft, mapping)
    }

    /// A mapping that leaves a trace of what it gives up: Lambda itself has no more than a metric for it,
    /// <https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html>.
    fn traced(&mut self, draft: &mut Draft<'_>, mut mapping: Mapping) -> Trigger {
        if mapping.gives_up() {
            mapping.on_failure = Some(self.failure_queue(draft));
            // <https://docs.aws.amazon.com/lambda/latest/dg/kafka-on-failure.html>
            if matches!(mapping.source, Source::Msk { .. }) {
                draft.notes.push(
                    "Lambda tells its queue of failures from within the cluster's VPC, which needs a VPC endpoint for SQS"
                        .to_owned(),
                );
            }
        }
        Trigger::Mapping(Box::new(mapping))
    }

    /// What leaves a trace of events that are given up: Lambda itself drops them,
    /// <https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html>.
    pub(super) fn given_up(&mut self, draft: &Draft<'_>) -> Option<GivenUp> {
        let retries = draft.of.trigger.event_retries()?;
        Some(GivenUp {
            maximum_retry_attempts: retries.maximum_retry_attempts,
            maximum_event_age: retries.maximum_event_age,
            on_failure: self.failure_queue(draft),
        })
    }

    /// The parameter that a text is becomes one of several values.
    fn make_list(&mut self, text: &Text) {
        let id = text.parameter_id();
        let parameter = self.parameters.iter_mut().find(|(_, parameter)| parameter.id == id);
        if let Some((_, parameter)) = parameter {
            parameter.is_list = true;
        }
    }

    fn activemq(&mut self, draft: &mut Draft<'_>, activemq: &ActiveMq) -> Trigger {
        let ActiveMq { queue, broker, batch } = activemq;
        let queue = queue.clone().unwrap_or_else(|| draft.of.name.clone());
        if activemq.queue.is_none() {
            draft.notes.push(format!("its attribute names no queue: `{queue}` is a guess"));
        }
        let broker = match broker.as_deref() {
            Some(arn) if arn.starts_with("arn:") => Text::from(arn),
            // The ARN of a broker ends with an identifier that nobody chooses.
            Some(name) => self.asked(draft, "BrokerArn", &format!("The ARN of the broker `{name}`")),
            None => self.asked(draft, "BrokerArn", "The ARN of the ActiveMQ broker"),
        };
        let description = "The ARN of the secret with the broker's `username` and `password`";
        let credentials = self.asked(draft, "CredentialsArn", description);
        let mut mapping = mapping(Source::Broker { broker, credentials, queue }, draft.of);
        (mapping.batch_size, mapping.window) = (batch.batch_size, batch.window);
        Trigger::Mapping(Box::new(mapping))
    }

    fn s3(&mut self, draft: &mut Draft<'_>, s3: &S3) -> Trigger {
        let bucket = match s3.bucket.as_deref() {
            Some(arn) if arn.starts_with("arn:") => {
                BucketOf { name: Text::from(arn.rsplit(':').next().unwrap_or_default()), made: None }
            }
            Some(name) if self.is_existing("bucket", name) => BucketOf { name: Text::from(name), made: None },
            Some(name) => {
                let (made, name) = self.bucket(name);
                BucketOf { name, made: Some(made) }
            }
            None => {
                let name = self.asked(draft, "BucketName", "The name of the bucket that it is told of");
                BucketOf { name, made: None }
            }
        };
        // What people mean by an upload.
        let events = if s3.events.is_empty() { vec!["s3:ObjectCreated:*".to_owned()] } else { s3.events.clone() };
        Trigger::Bucket { bucket, events, prefix: s3.prefix.clone(), suffix: s3.suffix.clone() }
    }

    fn eventbridge(&mut self, draft: &mut Draft<'_>, eventbridge: &EventBridge) -> Trigger {
        let EventBridge { bus, source, detail_type, .. } = eventbridge;
        let bus = match bus.as_deref() {
            None | Some("default") => None,
            Some(arn) if arn.starts_with("arn:") => Some(Text::from(arn)),
            Some(name) if self.is_existing("bus", name) => Some(Text::from(name)),
            Some(name) => Some(self.bus(name).name()),
        };
        if source.is_empty() && detail_type.is_empty() {
            draft
                .notes
                .push("its attribute has no `source` and no `detail_type`: it is told of every event".to_owned());
        }
        Trigger::Rule { bus, sources: source.clone(), detail_types: detail_type.clone() }
    }
}

/// A mapping with nothing said but what it polls.
fn mapping(source: Source, of: &manifest::Function) -> Mapping {
    Mapping {
        source,
        batch_size: None,
        window: None,
        reports_failures: of.report_batch_item_failures,
        starting_position: None,
        parallelization_factor: None,
        maximum_retry_attempts: None,
        maximum_record_age: None,
        bisect: None,
        tumbling_window: None,
        maximum_concurrency: None,
        pollers: None,
        filters: of.trigger.filters().to_vec(),
        on_failure: None,
    }
}

fn streamed(mapping: Mapping, retries: &Retries, shards: Option<&Shards>) -> Mapping {
    let position = retries.starting_position.clone();
    let attempts = retries.maximum_retry_attempts.map(i64::from);
    // Of a stream it is written out, because it is a decision.
    let endless = (shards.is_some() && retries.maximum_record_age.is_none()).then_some(-1);
    Mapping {
        starting_position: Some(position.unwrap_or_else(|| STARTING_POSITION.to_owned())),
        maximum_retry_attempts: attempts.or(endless),
        maximum_record_age: retries.maximum_record_age,
        bisect: retries.bisect_batch_on_function_error,
        parallelization_factor: shards.and_then(|shards| shards.parallelization_factor),
        tumbling_window: shards.and_then(|shards| shards.tumbling_window),
        ..mapping
    }
}

/// The name in a log group's ARN, `arn:aws:logs:REGION:ACCOUNT:log-group:NAME:*`.
fn log_group(named: &str) -> &str {
    let name = named.strip_prefix("arn:").and_then(|arn| arn.split(":log-group:").nth(1));
    name.map_or(named, |name| name.trim_end_matches(":*"))
}
