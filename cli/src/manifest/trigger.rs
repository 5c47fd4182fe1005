//! The event source of a function, and its settings under the names that the attribute has for them.

use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer};

/// Where events come from.
#[derive(Clone, Debug)]
pub(crate) enum Trigger {
    /// Whoever invokes the function.
    Invoke,
    /// Any source: the function takes its events as they are.
    Event,
    Http(Http),
    Sqs(Sqs),
    Kinesis(Kinesis),
    DynamoDb(DynamoDb),
    Kafka(Kafka),
    ActiveMq(ActiveMq),
    Sns(Sns),
    S3(S3),
    EventBridge(EventBridge),
    Schedule(Schedule),
    CloudWatchLogs(CloudWatchLogs),
    Ses(Ses),
    Iot(Iot),
}

/// `http(…)`; what it says about CORS stands beside the trigger.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Http {
    pub(crate) trailing_slash: Option<String>,
}

/// `sqs(…)`.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Sqs {
    pub(crate) queue: Option<String>,
    pub(crate) maximum_concurrency: Option<u32>,
    pub(crate) max_receive_count: Option<u32>,
    #[serde(flatten)]
    pub(crate) batch: Batch,
}

/// Which records an event has, and how many.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Batch {
    pub(crate) batch_size: Option<u32>,
    /// In seconds.
    pub(crate) window: Option<u32>,
    /// As JSON; they are or-ed.
    #[serde(default)]
    pub(crate) filters: Vec<String>,
}

/// From where a stream is read, and what becomes of batches that fail.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Retries {
    pub(crate) starting_position: Option<String>,
    pub(crate) maximum_retry_attempts: Option<u32>,
    /// In seconds.
    pub(crate) maximum_record_age: Option<u32>,
    pub(crate) bisect_batch_on_function_error: Option<bool>,
}

/// What becomes of events that fail, of sources that don't wait for an answer.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct EventRetries {
    pub(crate) maximum_retry_attempts: Option<u32>,
    /// In seconds.
    pub(crate) maximum_event_age: Option<u32>,
}

/// How the shards of a stream are read.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Shards {
    pub(crate) parallelization_factor: Option<u32>,
    /// In seconds.
    pub(crate) tumbling_window: Option<u32>,
}

/// `kinesis(…)`.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Kinesis {
    pub(crate) stream: Option<String>,
    #[serde(flatten)]
    pub(crate) batch: Batch,
    #[serde(flatten)]
    pub(crate) retries: Retries,
    #[serde(flatten)]
    pub(crate) shards: Shards,
}

/// `dynamodb(…)`.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct DynamoDb {
    pub(crate) table: Option<String>,
    pub(crate) view: Option<String>,
    #[serde(flatten)]
    pub(crate) batch: Batch,
    #[serde(flatten)]
    pub(crate) retries: Retries,
    #[serde(flatten)]
    pub(crate) shards: Shards,
}

/// `kafka(…)`.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Kafka {
    pub(crate) topic: Option<String>,
    /// An MSK cluster.
    pub(crate) cluster: Option<String>,
    pub(crate) consumer_group: Option<String>,
    pub(crate) minimum_pollers: Option<u32>,
    pub(crate) maximum_pollers: Option<u32>,
    #[serde(flatten)]
    pub(crate) batch: Batch,
    #[serde(flatten)]
    pub(crate) retries: Retries,
}

/// `activemq(…)`.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct ActiveMq {
    pub(crate) queue: Option<String>,
    pub(crate) broker: Option<String>,
    #[serde(flatten)]
    pub(crate) batch: Batch,
}

/// `sns(…)`.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Sns {
    pub(crate) topic: Option<String>,
    #[serde(flatten)]
    pub(crate) retries: EventRetries,
}

/// `s3(…)`.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct S3 {
    pub(crate) bucket: Option<String>,
    #[serde(default)]
    pub(crate) events: Vec<String>,
    pub(crate) prefix: Option<String>,
    pub(crate) suffix: Option<String>,
    #[serde(flatten)]
    pub(crate) retries: EventRetries,
}

/// `eventbridge(…)`.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct EventBridge {
    pub(crate) bus: Option<String>,
    #[serde(default)]
    pub(crate) source: Vec<String>,
    #[serde(default)]
    pub(crate) detail_type: Vec<String>,
    #[serde(flatten)]
    pub(crate) retries: EventRetries,
}

/// `schedule(…)`.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Schedule {
    pub(crate) expression: Option<String>,
    pub(crate) timezone: Option<String>,
    #[serde(flatten)]
    pub(crate) retries: EventRetries,
}

/// `cloudwatch_logs(…)`.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct CloudWatchLogs {
    pub(crate) log_group: Option<String>,
    pub(crate) filter: Option<String>,
    #[serde(flatten)]
    pub(crate) retries: EventRetries,
}

/// `ses(…)`.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Ses {
    #[serde(default)]
    pub(crate) recipients: Vec<String>,
}

/// `iot(…)`.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Iot {
    pub(crate) sql: Option<String>,
    #[serde(flatten)]
    pub(crate) retries: EventRetries,
}

impl Trigger {
    /// The retries of a source whose events nobody waits for; none for the others, and for what only its invoker knows.
    pub(crate) fn event_retries(&self) -> Option<&EventRetries> {
        match self {
            Self::Sns(sns) => Some(&sns.retries),
            Self::S3(s3) => Some(&s3.retries),
            Self::EventBridge(eventbridge) => Some(&eventbridge.retries),
            Self::Schedule(schedule) => Some(&schedule.retries),
            Self::CloudWatchLogs(logs) => Some(&logs.retries),
            Self::Iot(iot) => Some(&iot.retries),
            Self::Invoke
            | Self::Event
            | Self::Http(_)
            | Self::Sqs(_)
            | Self::Kinesis(_)
            | Self::DynamoDb(_)
            | Self::Kafka(_)
            | Self::ActiveMq(_)
            // The rule waits for a disposition.
            | Self::Ses(_) => None,
        }
    }

    /// The filters of what is polled.
    pub(crate) fn filters(&self) -> &[String] {
        match self {
            Self::Sqs(sqs) => &sqs.batch.filters,
            Self::Kinesis(kinesis) => &kinesis.batch.filters,
            Self::DynamoDb(dynamodb) => &dynamodb.batch.filters,
            Self::Kafka(kafka) => &kafka.batch.filters,
            Self::ActiveMq(activemq) => &activemq.batch.filters,
            _ => &[],
        }
    }
}

impl<'de> Deserialize<'de> for Trigger {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Written {
            source: String,
            #[serde(default)]
            settings: serde_json::Map<String, serde_json::Value>,
        }

        let Written { source, settings } = Written::deserialize(deserializer)?;
        let trigger = match source.as_str() {
            "invoke" => Ok(Self::Invoke),
            "event" => Ok(Self::Event),
            "http" => read(settings).map(Self::Http),
            "sqs" => read(settings).map(Self::Sqs),
            "kinesis" => read(settings).map(Self::Kinesis),
            "dynamodb" => read(settings).map(Self::DynamoDb),
            "kafka" => read(settings).map(Self::Kafka),
            "activemq" => read(settings).map(Self::ActiveMq),
            "sns" => read(settings).map(Self::Sns),
            "s3" => read(settings).map(Self::S3),
            "eventbridge" => read(settings).map(Self::EventBridge),
            "schedule" => read(settings).map(Self::Schedule),
            "cloudwatch_logs" => read(settings).map(Self::CloudWatchLogs),
            "ses" => read(settings).map(Self::Ses),
            "iot" => read(settings).map(Self::Iot),
            other => {
                let message = format!("the event source `{other}` is not known: install a newer cargo-lambkin");
                return Err(D::Error::custom(message));
            }
        };
        trigger.map_err(|error| D::Error::custom(format!("the settings of `{source}`: {error}")))
    }
}

fn read<T: DeserializeOwned>(settings: serde_json::Map<String, serde_json::Value>) -> serde_json::Result<T> {
    serde_json::from_value(serde_json::Value::Object(settings))
}
