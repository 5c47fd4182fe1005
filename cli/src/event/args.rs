//! What `cargo lambkin event` can be told.

use std::path::Path;

use crate::error::CliError;
use crate::event::details::Details;
use crate::manifest::load::From as ManifestFrom;
use crate::source::Source;

/// The most records that Lambda puts into one event, of any source.
const MOST_RECORDS: usize = 10_000;

/// Prints an example event, for a source or for a handler of the current crate.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Sources:
  invoke, event, http, sqs, kinesis, dynamodb, kafka, sns, s3, eventbridge, schedule, cloudwatch_logs, ses, activemq, iot

Examples:
  cargo lambkin event sqs --queue orders.fifo --count 3 --body '{\"id\": \"o-1\"}'
  cargo lambkin event fulfil | cargo run -- fulfil -
  cargo lambkin event http --method POST --path /orders --header 'idempotency-key: 8e03978e' --body @order.json")]
pub(crate) struct Args {
    /// A source, or the name of a handler: then the crate is built and asked what the handler is told
    #[arg(value_name = "SOURCE|HANDLER")]
    pub(crate) target: String,

    /// The payload: JSON, `@FILE` or `-` for standard input. Given several times, records have them in turn
    #[arg(long, value_name = "JSON", help_heading = "The payload")]
    pub(crate) body: Vec<String>,
    /// Take the payload as it is, JSON or not
    #[arg(long, requires = "body", help_heading = "The payload")]
    pub(crate) raw: bool,
    /// How many records there are [default: one for each payload]
    #[arg(long, short = 'n', value_name = "COUNT", help_heading = "The payload", value_parser = count)]
    pub(crate) count: Option<usize>,

    #[command(flatten)]
    pub(crate) details: Details,

    #[command(flatten)]
    pub(crate) from: ManifestFrom,
}

fn count(text: &str) -> Result<usize, String> {
    let count = text.parse::<usize>().ok().filter(|count| (1..=MOST_RECORDS).contains(count));
    count.ok_or_else(|| format!("an event has from 1 to {MOST_RECORDS} records"))
}

impl Args {
    /// Refuses what the source has no place for.
    pub(super) fn check(&self, source: Source) -> Result<(), CliError> {
        self.details.check(source)?;
        let standard_input = Path::new("-");
        if self.from.manifest.as_deref() == Some(standard_input) && self.body.iter().any(|body| body == "-") {
            return Err(CliError::new("`--body -` and `--manifest -`: there is one standard input"));
        }
        let name = source.name();
        if !self.body.is_empty() && matches!(source, Source::S3 | Source::Ses) {
            return Err(CliError::new(format!("`--body`: an event of `{name}` has no payload")));
        }
        let is_one = !has_records(source);
        if is_one && (self.count.is_some_and(|count| count > 1) || self.body.len() > 1) {
            return Err(CliError::new(format!("an event of `{name}` is about one thing: it has no records to count")));
        }
        if self.raw && !is_text(source) {
            return Err(CliError::new(format!("`--raw`: the payload of an event of `{name}` is JSON")));
        }
        Ok(())
    }
}

/// Whether an event may have several records.
fn has_records(source: Source) -> bool {
    use Source::{ActiveMq, CloudWatchLogs, DynamoDb, Kafka, Kinesis, S3, Sqs};
    matches!(source, Sqs | Kinesis | DynamoDb | Kafka | S3 | CloudWatchLogs | ActiveMq)
}

/// Whether the payload is a text inside of the event, which may be no JSON.
fn is_text(source: Source) -> bool {
    use Source::{ActiveMq, CloudWatchLogs, Http, Kafka, Kinesis, Sns, Sqs};
    matches!(source, Http | Sqs | Kinesis | Kafka | Sns | CloudWatchLogs | ActiveMq)
}
