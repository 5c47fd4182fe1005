//! A deployment as data, whatever it will be written as. `plan` makes it out of a manifest; each format only writes it.

use serde::Serialize;

use crate::template::principals;
use crate::template::text::{Kind, Piece, Resource, Text};

/// All that a binary's functions need.
#[derive(Debug, Serialize)]
pub(crate) struct Deployment {
    /// What stands before the names of what belongs to it.
    pub(crate) service: String,
    pub(crate) code: Code,
    pub(crate) architecture: Architecture,
    /// The stage, if it is settled; else it is a parameter.
    pub(crate) stage: Option<String>,
    /// Whether traces are sent to X-Ray.
    pub(crate) tracing: bool,
    /// For how many days log groups keep their lines.
    pub(crate) log_retention: u32,
    pub(crate) parameters: Vec<Parameter>,
    pub(crate) functions: Vec<Function>,
    pub(crate) queues: Vec<Queue>,
    pub(crate) failure_queues: Vec<FailureQueue>,
    pub(crate) tables: Vec<Table>,
    pub(crate) streams: Vec<Stream>,
    pub(crate) topics: Vec<Topic>,
    pub(crate) buckets: Vec<Bucket>,
    pub(crate) buses: Vec<Bus>,
    /// What nothing in a template can say; people have to know.
    pub(crate) notes: Vec<String>,
}

/// The binary that holds the functions.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Code {
    pub(crate) binary: String,
    /// The crate's folder, from that of the template.
    pub(crate) folder: String,
    /// What `cargo lambda build --output-format zip` makes, from the folder of the template.
    pub(crate) artifact: String,
}

/// What a function is built for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Architecture {
    /// Graviton: cheaper, and Lambda's own name for aarch64
    #[value(name = "arm64")]
    Arm64,
    /// Intel and AMD
    #[value(name = "x86_64")]
    X86_64,
}

impl Architecture {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Arm64 => "arm64",
            Self::X86_64 => "x86_64",
        }
    }
}

/// What is asked when it is deployed.
#[derive(Debug, Serialize)]
pub(crate) struct Parameter {
    /// Letters and digits, a capital first; no resource has the same.
    pub(crate) id: String,
    pub(crate) description: String,
    /// Without one it has to be given.
    pub(crate) default: Option<String>,
    /// Several values, separated by commas.
    pub(crate) is_list: bool,
    /// The variable of the environment that has its value, if it is for one.
    #[serde(skip)]
    pub(crate) variable: Option<String>,
}

/// One function of the binary.
#[derive(Debug, Serialize)]
pub(crate) struct Function {
    pub(crate) id: String,
    /// What `_HANDLER` selects in the binary.
    pub(crate) handler: String,
    /// The function's name at AWS.
    pub(crate) name: Text,
    pub(crate) memory: Setting,
    /// In seconds.
    pub(crate) timeout: Setting,
    pub(crate) environment: Vec<(String, Text)>,
    pub(crate) permissions: Vec<Permission>,
    pub(crate) trigger: Trigger,
    /// Where events are not waited for.
    pub(crate) given_up: Option<GivenUp>,
    pub(crate) reserved_concurrency: Option<u32>,
    pub(crate) provisioned_concurrency: Option<u32>,
    /// ARNs of layers.
    pub(crate) layers: Vec<Text>,
    /// The role may decrypt with the key that this parameter names, if it names one.
    pub(crate) key_parameter: Option<String>,
    /// What people have to know about it.
    pub(crate) notes: Vec<String>,
}

/// A number that the attribute says, or Lambda's own default.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Setting {
    pub(crate) value: u32,
    pub(crate) is_default: bool,
}

/// What becomes of events that fail, where whoever sends them does not wait.
#[derive(Debug, Serialize)]
pub(crate) struct GivenUp {
    /// How often Lambda tries again; twice if absent.
    pub(crate) maximum_retry_attempts: Option<u32>,
    /// In seconds; 6 hours if absent.
    pub(crate) maximum_event_age: Option<u32>,
    /// The ARN of what is told of events that are given up.
    pub(crate) on_failure: Text,
}

/// What a role may do.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Permission {
    /// Letters and digits.
    pub(crate) id: &'static str,
    pub(crate) actions: Vec<&'static str>,
    pub(crate) on: Scope,
}

/// What it may do it to.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Scope {
    Resources(Vec<Text>),
    /// AWS has no resource to name for these actions; the reason.
    Anything(&'static str),
}

/// What invokes a function.
#[derive(Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Trigger {
    /// Nothing of this deployment; why.
    None(&'static str),
    Mapping(Box<Mapping>),
    Topic {
        topic: Text,
    },
    Bucket {
        bucket: BucketOf,
        events: Vec<String>,
        prefix: Option<String>,
        suffix: Option<String>,
    },
    Rule {
        /// The default one if absent.
        bus: Option<Text>,
        sources: Vec<String>,
        detail_types: Vec<String>,
    },
    Schedule {
        expression: String,
        timezone: Option<String>,
    },
    LogGroup {
        /// Its name.
        group: Text,
        filter: String,
    },
    Mail {
        /// The name of the set of receipt rules.
        rule_set: Text,
        recipients: Vec<String>,
    },
    Devices {
        sql: String,
    },
    Http(Http),
}

/// The bucket whose objects a function is told of.
#[derive(Debug, Serialize)]
pub(crate) struct BucketOf {
    pub(crate) name: Text,
    /// The one of this deployment, if it is.
    pub(crate) made: Option<Resource>,
}

/// An event source mapping: Lambda polls.
#[derive(Debug, Serialize)]
pub(crate) struct Mapping {
    pub(crate) source: Source,
    pub(crate) batch_size: Option<u32>,
    /// In seconds.
    pub(crate) window: Option<u32>,
    /// `FunctionResponseTypes: [ReportBatchItemFailures]`.
    pub(crate) reports_failures: bool,
    pub(crate) starting_position: Option<String>,
    pub(crate) parallelization_factor: Option<u32>,
    /// -1 is without end.
    pub(crate) maximum_retry_attempts: Option<i64>,
    /// In seconds.
    pub(crate) maximum_record_age: Option<u32>,
    pub(crate) bisect: Option<bool>,
    /// In seconds.
    pub(crate) tumbling_window: Option<u32>,
    pub(crate) maximum_concurrency: Option<u32>,
    pub(crate) pollers: Option<Pollers>,
    /// As JSON; they are or-ed.
    pub(crate) filters: Vec<String>,
    /// The ARN of what is told of records that are given up.
    pub(crate) on_failure: Option<Text>,
}

impl Mapping {
    /// Whether a record that fails for good is given up before it expires.
    pub(crate) fn gives_up(&self) -> bool {
        self.maximum_retry_attempts.is_some_and(|most| most >= 0) || self.maximum_record_age.is_some()
    }

    /// What people have to know where nothing is given up.
    pub(crate) fn is_endless(&self) -> Option<&'static str> {
        let is_endless = self.maximum_retry_attempts.is_some_and(|most| most < 0);
        is_endless.then_some(
            "Lambda's own default: the attribute limits neither attempts nor age, so a record that always fails holds up its \
             shard until it expires.",
        )
    }
}

/// Event pollers of the provisioned mode.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct Pollers {
    pub(crate) minimum: Option<u32>,
    pub(crate) maximum: Option<u32>,
}

/// What is polled.
#[derive(Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Source {
    Queue(Text),
    Stream(Text),
    TableStream(Text),
    /// A topic of an MSK cluster.
    Msk {
        cluster: Text,
        topic: String,
        consumer_group: Option<String>,
    },
    /// A topic of a cluster of one's own.
    Kafka {
        servers_parameter: String,
        credentials: Text,
        topic: String,
        consumer_group: Option<String>,
    },
    Broker {
        broker: Text,
        credentials: Text,
        queue: String,
    },
}

/// What HTTP requests come through.
#[derive(Debug, Serialize)]
pub(crate) struct Http {
    pub(crate) front_end: FrontEnd,
    /// The listener that a load balancer's rule is for.
    pub(crate) listener: Option<Listener>,
    /// What an HTTP API routes by; others pass all requests on.
    pub(crate) routes: Vec<Route>,
    /// What the front end answers preflights with; the function answers them itself if absent.
    pub(crate) cors: Option<Cors>,
}

/// Where a load balancer's rule is.
#[derive(Debug, Serialize)]
pub(crate) struct Listener {
    pub(crate) arn: Text,
    /// Its place among the listener's rules.
    pub(crate) priority: Text,
}

/// A front end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, clap::ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum FrontEnd {
    /// An HTTP API of API Gateway, with a route for each route of the function
    HttpApi,
    /// A REST API of API Gateway; all requests go to the function
    RestApi,
    /// The function's own URL, open to all
    FunctionUrl,
    /// A rule of an Application Load Balancer that exists
    Alb,
}

/// A route of an HTTP API.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub(crate) struct Route {
    /// `ANY` is every method.
    pub(crate) method: String,
    /// As API Gateway writes it; `None` is whatever no other route takes.
    pub(crate) path: Option<String>,
}

/// CORS as an HTTP API answers it.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Cors {
    pub(crate) origins: Vec<String>,
    pub(crate) methods: Vec<String>,
    pub(crate) headers: Vec<String>,
    pub(crate) expose: Vec<String>,
    pub(crate) credentials: bool,
    pub(crate) max_age: Option<u32>,
}

/// A queue with its dead-letter queue.
#[derive(Debug, Serialize)]
pub(crate) struct Queue {
    pub(crate) id: String,
    pub(crate) name: Text,
    pub(crate) dead_letters: Text,
    /// The queue of this deployment with that name, if a function takes from it; else one is made.
    pub(crate) moves_to: Option<Resource>,
    pub(crate) is_fifo: bool,
    /// In seconds.
    pub(crate) visibility_timeout: u32,
    pub(crate) max_receive_count: u32,
}

/// The queue that is told of what one function gave up.
#[derive(Debug, Serialize)]
pub(crate) struct FailureQueue {
    /// Unique among all queues.
    pub(crate) id: String,
    pub(crate) name: Text,
}

/// A table.
#[derive(Debug, Serialize)]
pub(crate) struct Table {
    pub(crate) id: String,
    pub(crate) name: Text,
    pub(crate) partition_key: Key,
    pub(crate) sort_key: Option<Key>,
    /// The attribute by which items expire.
    pub(crate) ttl: Option<&'static str>,
    /// The view of its stream, if it has one.
    pub(crate) stream: Option<String>,
}

/// An attribute of a table's key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Key {
    pub(crate) name: String,
    /// `S`, `N` or `B`.
    pub(crate) ty: &'static str,
}

#[derive(Debug, Serialize)]
pub(crate) struct Stream {
    pub(crate) id: String,
    pub(crate) name: Text,
}

#[derive(Debug, Serialize)]
pub(crate) struct Topic {
    pub(crate) id: String,
    pub(crate) name: Text,
}

#[derive(Debug, Serialize)]
pub(crate) struct Bucket {
    pub(crate) id: String,
    pub(crate) name: Text,
}

#[derive(Debug, Serialize)]
pub(crate) struct Bus {
    pub(crate) id: String,
    pub(crate) name: Text,
}

impl Queue {
    /// Where messages go that fail too often.
    pub(crate) fn dead_letter_queue(&self) -> Resource {
        self.moves_to.clone().unwrap_or_else(|| Kind::DeadLetters.of(&self.id))
    }
}

impl Deployment {
    /// Whether messages of another queue go to this one that fail there, or a function's own failures do.
    pub(crate) fn takes_dead_letters(&self, queue: &Queue) -> bool {
        let own = Kind::Queue.of(&queue.id);
        self.queues.iter().any(|other| other.moves_to.as_ref() == Some(&own))
            || self.functions.iter().any(|function| function.on_failure().and_then(Text::resource) == Some(&own))
    }
}

impl Function {
    /// The ARN of what is told of what it gives up.
    pub(crate) fn on_failure(&self) -> Option<&Text> {
        match &self.trigger {
            Trigger::Mapping(mapping) => mapping.on_failure.as_ref(),
            _ => self.given_up.as_ref().map(|given_up| &given_up.on_failure),
        }
    }

    /// What Lambda's `Handler` is, and so `_HANDLER`: the handler, where Lambda takes its name.
    pub(crate) fn entry_point(&self) -> &str {
        if is_entry_point(&self.handler) { &self.handler } else { "bootstrap" }
    }

    /// The service that invokes it by a permission of its own, and what of that service.
    pub(crate) fn invoker(&self) -> Option<(&'static str, Text)> {
        match &self.trigger {
            // Lambda polls with the function's role, and the scheduler has one of its own.
            Trigger::None(_) | Trigger::Mapping(_) | Trigger::Schedule { .. } => None,
            Trigger::Topic { topic } => Some((principals::SNS, topic.clone())),
            // By name: the bucket comes after the permission.
            Trigger::Bucket { bucket, .. } => {
                let arn = Text::from("arn:").then(Piece::Partition).then(":s3:::").then(bucket.name.clone());
                Some((principals::S3, arn))
            }
            Trigger::Rule { .. } => Some((principals::EVENTBRIDGE, Kind::Rule.of(&self.id).arn())),
            Trigger::LogGroup { group, .. } => {
                let path = Text::from("log-group:").then(group.clone()).then(":*");
                Some((principals::LOGS, Text::own_arn("logs", path)))
            }
            Trigger::Mail { rule_set, .. } => {
                let rule = Text::from("receipt-rule-set/").then(rule_set.clone()).then(":receipt-rule/");
                Some((principals::SES, Text::own_arn("ses", rule.then(self.name.clone()))))
            }
            Trigger::Devices { .. } => Some((principals::IOT, Kind::TopicRule.of(&self.id).arn())),
            Trigger::Http(http) => self.front_end_invoker(http.front_end),
        }
    }

    fn front_end_invoker(&self, front_end: FrontEnd) -> Option<(&'static str, Text)> {
        let api = |kind: Kind| kind.of(&self.id).name().then("/*");
        match front_end {
            FrontEnd::HttpApi => Some((principals::API_GATEWAY, Text::own_arn("execute-api", api(Kind::HttpApi)))),
            FrontEnd::RestApi => Some((principals::API_GATEWAY, Text::own_arn("execute-api", api(Kind::RestApi)))),
            // Open to all, which is not a service.
            FrontEnd::FunctionUrl => None,
            // The permission comes first, so the group has no ARN yet.
            FrontEnd::Alb => Some((principals::LOAD_BALANCING, Text::own_arn("elasticloadbalancing", "targetgroup/*"))),
        }
    }
}

/// Up to 128 characters and no space, <https://docs.aws.amazon.com/lambda/latest/api/API_FunctionConfiguration.html>.
pub(crate) fn is_entry_point(handler: &str) -> bool {
    (1..=128).contains(&handler.len()) && !handler.contains(char::is_whitespace)
}
