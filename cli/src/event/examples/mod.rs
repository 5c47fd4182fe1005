//! The envelope of each source, in the form that AWS documents, with values of our own.

mod activemq;
mod cloudwatch_logs;
mod common;
mod dynamodb;
mod eventbridge;
mod http;
mod kafka;
mod kinesis;
mod s3;
mod ses;
mod sns;
mod sqs;

use serde_json::{Value, json};

use crate::event::Wanted;
use crate::source::Source;

/// The event of a source.
pub(super) fn event(source: Source, wanted: &Wanted) -> Value {
    match source {
        // No envelope: the payload is the event.
        Source::Invoke | Source::Event | Source::Iot => wanted.body().map_or_else(|| json!({}), |body| body.value()),
        Source::Http => http::event(wanted),
        Source::Sqs => sqs::event(wanted),
        Source::Kinesis => kinesis::event(wanted),
        Source::DynamoDb => dynamodb::event(wanted),
        Source::Kafka => kafka::event(wanted),
        Source::Sns => sns::event(wanted),
        Source::S3 => s3::event(wanted),
        Source::EventBridge => eventbridge::event(wanted),
        Source::Schedule => eventbridge::schedule(wanted),
        Source::CloudWatchLogs => cloudwatch_logs::event(wanted),
        Source::Ses => ses::event(wanted),
        Source::ActiveMq => activemq::event(wanted),
    }
}
