//! What a template says of a deployment, whatever its format. `read` makes it, `rules` compares it with the manifest.
//!
//! A template need not say everything, and what it says can depend on what is known only when it is deployed. So each
//! setting is a [`Field`], and each name, ARN or address a [`Text`], which keeps apart what is known and what is not.

use std::rc::Rc;

/// All that was found in the files that were named.
#[derive(Debug, Default)]
pub(crate) struct Observed {
    pub(crate) functions: Vec<Function>,
    pub(crate) mappings: Vec<Mapping>,
    /// What else invokes functions.
    pub(crate) triggers: Vec<Triggered>,
    /// Who may invoke functions.
    pub(crate) invokers: Vec<Invoker>,
    /// What becomes of events that fail.
    pub(crate) event_invoke_configs: Vec<EventInvokeConfig>,
    pub(crate) queues: Vec<Queue>,
    pub(crate) tables: Vec<Table>,
    pub(crate) keys: Vec<Key>,
    /// What else can be told of failures.
    pub(crate) destinations: Vec<Destination>,
    /// What could not be read and may hold what a rule looks for: a nested stack, a module, a macro.
    pub(crate) unread: Vec<Unread>,
}

/// A topic, a bus or a bucket.
#[derive(Debug)]
pub(crate) struct Destination {
    pub(crate) address: String,
    /// As its ARN has it: `sns`.
    pub(crate) service: &'static str,
    pub(crate) is_fifo: Field<bool>,
}

/// A part of a template that nothing is known about.
#[derive(Debug)]
pub(crate) struct Unread {
    /// What it is, such as `the nested stack Network`.
    pub(crate) what: String,
    pub(crate) place: Place,
}

/// Where something stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) file: Rc<str>,
    /// From 1; none in a plan, whose text nobody reads.
    pub(crate) line: Option<usize>,
    /// From 1, in characters.
    pub(crate) column: Option<usize>,
    /// The way to it, as the format writes it: `Resources.OrdersQueue.Properties.VisibilityTimeout`,
    /// `aws_sqs_queue.orders.visibility_timeout_seconds`, `functions.fulfil.events[0].sqs.batchSize`.
    pub(crate) path: String,
}

/// A setting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Field<T> {
    /// Nothing is written, and nothing stands for it.
    Absent,
    /// Nothing is written, and this is what the deployer or AWS takes then.
    Default(T),
    /// Written, or what a parameter with a value of its own comes to.
    Known(T, Place),
    /// Written, and known only when it is deployed.
    Unknown(Place),
}

impl<T> Field<T> {
    /// What holds, as far as it is known.
    pub(crate) fn value(&self) -> Option<&T> {
        match self {
            Self::Default(value) | Self::Known(value, _) => Some(value),
            Self::Absent | Self::Unknown(_) => None,
        }
    }

    /// Where it is written.
    pub(crate) fn place(&self) -> Option<&Place> {
        match self {
            Self::Known(_, place) | Self::Unknown(place) => Some(place),
            Self::Absent | Self::Default(_) => None,
        }
    }

    /// Whether it is written and not known: then no rule can say that it is wrong.
    pub(crate) fn is_unknown(&self) -> bool {
        matches!(self, Self::Unknown(_))
    }
}

/// A name, an ARN or another text, in pieces.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Text(pub(crate) Vec<Part>);

/// A piece of a text. Neighbouring literals are one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    Literal(String),
    /// Of a resource of these files, whose `address` is unique among them.
    Of {
        address: String,
        attribute: Attribute,
    },
    Region,
    Account,
    Partition,
    /// Known only when it is deployed; as the format writes it, so that equal ones are equal.
    Unknown(String),
}

/// What a text takes of a resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Attribute {
    Arn,
    /// The name or identifier that its kind is called by; a queue's URL too.
    Name,
    /// The ARN of a table's stream.
    StreamArn,
    /// Another one, as the format calls it.
    Other(String),
}

/// A function.
#[derive(Debug)]
pub(crate) struct Function {
    /// `FulfilFunction`, `aws_lambda_function.fulfil`, `functions.fulfil`: unique in these files.
    pub(crate) address: String,
    pub(crate) place: Place,
    pub(crate) name: Field<Text>,
    pub(crate) handler: Field<String>,
    pub(crate) code: Code,
    pub(crate) runtime: Field<String>,
    pub(crate) architecture: Field<String>,
    /// In MB.
    pub(crate) memory: Field<u64>,
    /// In seconds.
    pub(crate) timeout: Field<u64>,
    pub(crate) environment: Environment,
    /// ARNs.
    pub(crate) layers: Vec<Field<Text>>,
    pub(crate) permissions: Permissions,
    pub(crate) reserved_concurrency: Field<u64>,
    pub(crate) provisioned_concurrency: Field<u64>,
    /// `Active` or `PassThrough`.
    pub(crate) tracing: Field<String>,
    /// `JSON` or `Text`.
    pub(crate) log_format: Field<String>,
    /// The ARN of its own dead-letter queue, which takes what nobody waits for.
    pub(crate) dead_letters: Field<Text>,
}

/// What a function's code is made of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Code {
    /// The folder, the archive, the image or the object of S3.
    pub(crate) path: Option<Text>,
    /// The binary, where a build is told its name.
    pub(crate) binary: Option<String>,
}

/// The variables of a function.
#[derive(Debug, Default)]
pub(crate) struct Environment {
    pub(crate) variables: Vec<Variable>,
    /// Where it stands, if anything is written.
    pub(crate) place: Option<Place>,
    /// Whether there can be variables that are known only when it is deployed.
    pub(crate) is_open: bool,
}

#[derive(Debug)]
pub(crate) struct Variable {
    pub(crate) name: String,
    pub(crate) value: Field<Text>,
    pub(crate) place: Place,
}

/// What a function's role may do.
#[derive(Debug, Default)]
pub(crate) struct Permissions {
    pub(crate) statements: Vec<Statement>,
    /// Where the role stands, or what stands for it.
    pub(crate) place: Option<Place>,
    /// The part that could not be read, as a role or a policy that is made elsewhere; then nothing is known to be missing.
    pub(crate) unread: Option<Place>,
}

/// A statement of a policy.
#[derive(Debug)]
pub(crate) struct Statement {
    pub(crate) is_allow: bool,
    /// As written: `sqs:*` too.
    pub(crate) actions: Vec<Field<String>>,
    /// Everything but these; `actions` is empty then.
    pub(crate) not_actions: Vec<Field<String>>,
    pub(crate) resources: Vec<Field<Text>>,
    /// Everything but these; `resources` is empty then.
    pub(crate) not_resources: Vec<Field<Text>>,
    pub(crate) has_condition: bool,
    /// What the deployer or AWS writes by itself (a policy that comes with an event or a plugin, AWS's managed policies):
    /// it allows, and is nobody's mistake.
    pub(crate) is_generated: bool,
    pub(crate) place: Place,
}

/// An event source mapping: Lambda polls.
#[derive(Debug)]
pub(crate) struct Mapping {
    pub(crate) place: Place,
    pub(crate) function: Target,
    /// The ARN of what is polled; absent for Kafka clusters of one's own.
    pub(crate) source: Field<Text>,
    /// What is polled, as far as the template says so.
    pub(crate) kind: Option<Polled>,
    pub(crate) enabled: Field<bool>,
    pub(crate) batch_size: Field<u64>,
    /// In seconds.
    pub(crate) window: Field<u64>,
    /// Whether `ReportBatchItemFailures` is among the response types.
    pub(crate) reports_failures: Field<bool>,
    pub(crate) starting_position: Field<String>,
    pub(crate) parallelization_factor: Field<u64>,
    /// -1 is without end.
    pub(crate) maximum_retry_attempts: Field<i64>,
    /// In seconds; -1 is without end.
    pub(crate) maximum_record_age: Field<i64>,
    pub(crate) bisect: Field<bool>,
    /// In seconds.
    pub(crate) tumbling_window: Field<u64>,
    pub(crate) maximum_concurrency: Field<u64>,
    pub(crate) minimum_pollers: Field<u64>,
    pub(crate) maximum_pollers: Field<u64>,
    pub(crate) topics: Vec<Field<String>>,
    pub(crate) consumer_group: Field<String>,
    /// Queues of a broker.
    pub(crate) queues: Vec<Field<String>>,
    pub(crate) on_failure: Field<Text>,
    /// As JSON, which need not be right; absent where there are none.
    pub(crate) filters: Field<Vec<Field<String>>>,
}

/// What Lambda polls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Polled {
    Sqs,
    Kinesis,
    DynamoDb,
    Kafka,
    ActiveMq,
    /// RabbitMQ or DocumentDB, which no handler takes.
    Other,
}

/// The function that is invoked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    /// The address of one of these files.
    Function(String),
    /// An alias or a version of it.
    Qualified { function: String, qualifier: Text },
    /// Another one, or one that is known only when it is deployed.
    Elsewhere,
}

impl Target {
    /// The address of the function, if it is one of these files.
    pub(crate) fn address(&self) -> Option<&str> {
        match self {
            Self::Function(address) | Self::Qualified { function: address, .. } => Some(address),
            Self::Elsewhere => None,
        }
    }

    /// The alias or version, if it is one.
    pub(crate) fn qualifier(&self) -> Option<&Text> {
        match self {
            Self::Qualified { qualifier, .. } => Some(qualifier),
            Self::Function(_) | Self::Elsewhere => None,
        }
    }

    /// The same function, by this alias or version. `$LATEST` is what is invoked without one.
    pub(crate) fn qualified(self, qualifier: Option<Text>) -> Self {
        match (self, qualifier) {
            (Self::Function(function) | Self::Qualified { function, .. }, Some(qualifier)) => match qualifier.known() {
                Some("" | "$LATEST") => Self::Function(function),
                _ => Self::Qualified { function, qualifier },
            },
            (target, _) => target,
        }
    }
}

/// How Lambda retries events that nobody waits for, and who is told of those that it gives up.
#[derive(Debug)]
pub(crate) struct EventInvokeConfig {
    pub(crate) place: Place,
    /// It holds for this alias, or for what is invoked without one.
    pub(crate) function: Target,
    pub(crate) maximum_retry_attempts: Field<u64>,
    /// In seconds.
    pub(crate) maximum_event_age: Field<u64>,
    pub(crate) on_failure: Field<Text>,
}

/// What invokes a function and is no mapping.
#[derive(Debug)]
pub(crate) struct Triggered {
    pub(crate) place: Place,
    pub(crate) function: Target,
    pub(crate) by: Trigger,
    pub(crate) allowed_by: AllowedBy,
}

/// What lets it invoke the function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum AllowedBy {
    /// A permission of the function's, which the template has to have. It is for this ARN, where that can be written.
    Permission { source: Option<Text> },
    /// A permission that the deployer writes with it.
    Generated,
    /// A role.
    Role,
}

/// A statement of a function's resource-based policy.
#[derive(Debug)]
pub(crate) struct Invoker {
    pub(crate) place: Place,
    pub(crate) function: Target,
    /// As `events.amazonaws.com`, an account, or `*`.
    pub(crate) principal: Field<Text>,
    /// As written: `lambda:*` too.
    pub(crate) action: Field<String>,
}

#[derive(Debug)]
pub(crate) enum Trigger {
    Topic {
        topic: Field<Text>,
    },
    Bucket {
        bucket: Field<Text>,
        events: Vec<Field<String>>,
        prefix: Field<String>,
        suffix: Field<String>,
    },
    /// A rule of EventBridge with a pattern.
    Rule {
        bus: Field<Text>,
        /// The pattern's `source` and `detail-type`.
        sources: Field<Vec<String>>,
        detail_types: Field<Vec<String>>,
        /// Whether the pattern asks for more than these.
        has_more: bool,
    },
    /// `rate(…)`, `cron(…)` or `at(…)`, of a rule or of the scheduler.
    Schedule {
        expression: Field<String>,
        timezone: Field<String>,
        enabled: Field<bool>,
    },
    LogGroup {
        group: Field<Text>,
        filter: Field<String>,
    },
    Mail {
        recipients: Vec<Field<String>>,
        /// `RequestResponse` or `Event`.
        invocation: Field<String>,
    },
    Devices {
        sql: Field<String>,
    },
    Http(Http),
}

/// What HTTP requests come through.
#[derive(Debug)]
pub(crate) struct Http {
    pub(crate) front_end: FrontEnd,
    /// One for an API's route; each route of an API is a [`Triggered`] of its own.
    pub(crate) route: Route,
    /// What the front end answers preflights with.
    pub(crate) cors: Field<Cors>,
    /// Of an API's route: `NONE`, `AWS_IAM`, `JWT`, …; of a function's URL `NONE` or `AWS_IAM`.
    pub(crate) authorization: Field<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FrontEnd {
    HttpApi,
    RestApi,
    WebSocket,
    FunctionUrl,
    LoadBalancer,
}

/// What is passed on to the function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Route {
    /// Whatever comes, or whatever no other route takes.
    All,
    /// `ANY` is every method; the path as the API writes it: `/orders/{id}`, `/files/{rest+}`.
    Of { method: String, path: String },
    /// Known only when it is deployed.
    Unknown,
}

/// CORS as a front end answers it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Cors {
    pub(crate) origins: Vec<String>,
    pub(crate) methods: Vec<String>,
    pub(crate) headers: Vec<String>,
    pub(crate) credentials: bool,
}

/// A queue of SQS.
#[derive(Debug)]
pub(crate) struct Queue {
    pub(crate) address: String,
    pub(crate) place: Place,
    pub(crate) name: Field<Text>,
    pub(crate) is_fifo: Field<bool>,
    pub(crate) deduplicates_by_content: Field<bool>,
    /// In seconds.
    pub(crate) visibility_timeout: Field<u64>,
    /// In seconds.
    pub(crate) retention: Field<u64>,
    pub(crate) dead_letters: Field<Text>,
    pub(crate) max_receive_count: Field<u64>,
    /// The key of KMS that its messages are encrypted with: an identifier, an alias or an ARN.
    pub(crate) key: Field<Text>,
}

/// A key of KMS.
#[derive(Debug)]
pub(crate) struct Key {
    pub(crate) address: String,
    /// Whether its policy lets others use it than those whom IAM's policies let, or may.
    pub(crate) lets_others: bool,
}

/// A table of DynamoDB.
#[derive(Debug)]
pub(crate) struct Table {
    pub(crate) address: String,
    pub(crate) place: Place,
    pub(crate) name: Field<Text>,
    pub(crate) partition_key: Field<String>,
    pub(crate) sort_key: Field<String>,
    /// The attribute by which items expire, if that is on.
    pub(crate) ttl: Field<String>,
    /// The view of its stream, if it has one.
    pub(crate) stream: Field<String>,
}
