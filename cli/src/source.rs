//! The event sources, by the names that `#[handler(…)]` has for them.

use clap::ValueEnum;

/// An event source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
#[value(rename_all = "snake_case")]
pub(crate) enum Source {
    /// Whoever invokes the function
    Invoke,
    /// Any other source, such as a trigger of Cognito's
    Event,
    /// API Gateway, a function URL, a load balancer or VPC Lattice
    Http,
    /// Messages of an SQS queue
    Sqs,
    /// Records of a Kinesis stream
    Kinesis,
    /// Changes of a DynamoDB table
    #[value(name = "dynamodb")]
    DynamoDb,
    /// Records of a Kafka topic
    Kafka,
    /// Notifications of an SNS topic
    Sns,
    /// What happens to the objects of a bucket
    S3,
    /// Events of an EventBridge bus
    #[value(name = "eventbridge")]
    EventBridge,
    /// Times of the day, or an interval
    Schedule,
    /// Lines of CloudWatch Logs
    #[value(name = "cloudwatch_logs", alias = "cloudwatch-logs")]
    CloudWatchLogs,
    /// Mail that SES receives
    Ses,
    /// Messages of an ActiveMQ queue
    #[value(name = "activemq")]
    ActiveMq,
    /// What an IoT rule selects
    Iot,
}

impl Source {
    /// The word in `#[handler(…)]`.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Invoke => "invoke",
            Self::Event => "event",
            Self::Http => "http",
            Self::Sqs => "sqs",
            Self::Kinesis => "kinesis",
            Self::DynamoDb => "dynamodb",
            Self::Kafka => "kafka",
            Self::Sns => "sns",
            Self::S3 => "s3",
            Self::EventBridge => "eventbridge",
            Self::Schedule => "schedule",
            Self::CloudWatchLogs => "cloudwatch_logs",
            Self::Ses => "ses",
            Self::ActiveMq => "activemq",
            Self::Iot => "iot",
        }
    }

    /// The source of this name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::from_str(name, false).ok()
    }

    /// All names, for messages.
    pub(crate) fn names() -> String {
        let names: Vec<&str> = Self::value_variants().iter().map(|source| source.name()).collect();
        names.join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The table of the documentation is made of the macros' own.
    #[test]
    fn the_sources_are_those_of_the_attribute() {
        let table = include_str!("../../macros/docs/sources.md");
        let names: Vec<&str> = table.lines().skip(2).filter_map(|row| row.split('`').nth(1)).collect();
        let known: Vec<&str> = Source::value_variants().iter().map(|source| source.name()).collect();
        assert_eq!(known, names);
    }

    #[test]
    fn a_source_is_found_by_its_name() {
        for source in Source::value_variants() {
            assert_eq!(Source::named(source.name()), Some(*source));
        }
        assert_eq!(Source::named("cloudwatch-logs"), Some(Source::CloudWatchLogs));
        assert_eq!(Source::named("SQS"), None);
    }
}
