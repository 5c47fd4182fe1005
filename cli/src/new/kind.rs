//! What a project of each source is.

use crate::new::Handler;
use crate::source::Source;

/// A project of one source.
#[derive(Debug)]
pub(super) struct Kind {
    pub(super) source: Source,
    /// The handler's name.
    name: &'static str,
    /// What it does, as a sentence.
    pub(super) about: &'static str,
    /// What stands under `config` in `main!`, and in `.env`.
    pub(super) config: Option<Config>,
    /// What stands under `init`.
    pub(super) init: &'static str,
    /// What it needs of lambkin, besides its logs.
    pub(super) features: &'static [&'static str],
    /// What else it depends on.
    pub(super) dependencies: &'static [&'static str],
    /// Whether it answers HTTP requests.
    pub(super) serves: bool,
    pub(super) code: &'static str,
}

/// A `#[derive(Config)]`.
#[derive(Debug)]
pub(super) struct Config {
    pub(super) name: &'static str,
    /// A line of `.env`.
    pub(super) variable: &'static str,
}

/// `#[idempotent]` needs a store: a file here, a table on Lambda.
const IDEMPOTENT: &[&str] = &["idempotency-file", "idempotency-dynamodb"];

impl Kind {
    /// A kind with what most have.
    const fn new(
        source: Source,
        name: &'static str,
        init: &'static str,
        about: &'static str,
        code: &'static str,
    ) -> Self {
        let (features, dependencies) = (&[], &[]);
        Self { source, name, about, config: None, init, features, dependencies, serves: false, code }
    }

    const fn config(mut self, name: &'static str, variable: &'static str) -> Self {
        self.config = Some(Config { name, variable });
        self
    }

    const fn idempotent(mut self) -> Self {
        self.features = IDEMPOTENT;
        self
    }

    const fn depends_on(mut self, dependencies: &'static [&'static str]) -> Self {
        self.dependencies = dependencies;
        self
    }

    const fn serves(mut self) -> Self {
        self.serves = true;
        self
    }

    /// The kind of a source.
    pub(super) fn of(source: Source) -> &'static Self {
        match source {
            Source::Invoke => &INVOKE,
            Source::Event => &EVENT,
            Source::Http => &HTTP,
            Source::Sqs => &SQS,
            Source::Kinesis => &KINESIS,
            Source::DynamoDb => &DYNAMODB,
            Source::Kafka => &KAFKA,
            Source::Sns => &SNS,
            Source::S3 => &S3,
            Source::EventBridge => &EVENTBRIDGE,
            Source::Schedule => &SCHEDULE,
            Source::CloudWatchLogs => &CLOUDWATCH_LOGS,
            Source::Ses => &SES,
            Source::ActiveMq => &ACTIVEMQ,
            Source::Iot => &IOT,
        }
    }

    /// Its handler.
    pub(super) fn handler(&self) -> Handler {
        Handler { name: self.name, source: self.source.name(), event: format!("events/{}.json", self.name) }
    }

    /// Whether what it has done is remembered.
    pub(super) fn is_idempotent(&self) -> bool {
        !self.features.is_empty()
    }
}

static INVOKE: Kind = Kind::new(
    Source::Invoke,
    "greet",
    "greeter",
    "Greets whoever invokes the function.",
    include_str!("templates/invoke.rs"),
)
.config("Words", "GREETING=Hello");

static EVENT: Kind = Kind::new(
    Source::Event,
    "sign_up",
    "policy",
    "Answers a trigger of a Cognito user pool, which has no source of its own.",
    include_str!("templates/event.rs"),
)
.config("Company", "OWN_DOMAIN=example.com")
.depends_on(&["serde_json = \"1\""]);

static HTTP: Kind =
    Kind::new(Source::Http, "api", "notes", "Keeps notes, over HTTP.", include_str!("templates/http.rs"))
        .depends_on(&["thiserror = \"2\""])
        .serves();

static SQS: Kind = Kind::new(
    Source::Sqs,
    "fulfil",
    "ledger",
    "Fulfils orders from an SQS queue, each once however often it is delivered.",
    include_str!("templates/sqs.rs"),
)
.config("Limits", "LARGEST_ORDER=100000")
.idempotent();

static KINESIS: Kind = Kind::new(
    Source::Kinesis,
    "measure",
    "peaks",
    "Keeps the highest readings out of a Kinesis stream.",
    include_str!("templates/kinesis.rs"),
);

static DYNAMODB: Kind = Kind::new(
    Source::DynamoDb,
    "mirror",
    "search_index",
    "Mirrors a DynamoDB table into a search index.",
    include_str!("templates/dynamodb.rs"),
);

static KAFKA: Kind = Kind::new(
    Source::Kafka,
    "follow",
    "views",
    "Counts clicks out of a Kafka topic.",
    include_str!("templates/kafka.rs"),
);

static SNS: Kind = Kind::new(
    Source::Sns,
    "notify",
    "chat",
    "Tells a team about alarms, which SNS hands on.",
    include_str!("templates/sns.rs"),
);

static S3: Kind = Kind::new(
    Source::S3,
    "list_upload",
    "catalogue",
    "Lists what is uploaded into a bucket.",
    include_str!("templates/s3.rs"),
);

static EVENTBRIDGE: Kind = Kind::new(
    Source::EventBridge,
    "ship",
    "carrier",
    "Ships what is paid, each order once: events of an EventBridge bus.",
    include_str!("templates/eventbridge.rs"),
)
.idempotent();

static SCHEDULE: Kind = Kind::new(
    Source::Schedule,
    "sweep",
    "shelf",
    "Clears away what is too old, twice a day.",
    include_str!("templates/schedule.rs"),
)
.config("Retention", "KEEP_DAYS=30");

static CLOUDWATCH_LOGS: Kind = Kind::new(
    Source::CloudWatchLogs,
    "collect",
    "faults",
    "Collects errors out of another function's log.",
    include_str!("templates/cloudwatch_logs.rs"),
);

static SES: Kind =
    Kind::new(Source::Ses, "screen", "blocklist", "Screens mail that SES receives.", include_str!("templates/ses.rs"))
        .config("Senders", "BLOCKED=example.net");

static ACTIVEMQ: Kind = Kind::new(
    Source::ActiveMq,
    "pin",
    "board",
    "Pins tickets from an ActiveMQ queue to a board.",
    include_str!("templates/activemq.rs"),
);

static IOT: Kind = Kind::new(
    Source::Iot,
    "cool",
    "cooling",
    "Cools down devices that an IoT rule finds too hot.",
    include_str!("templates/iot.rs"),
);
