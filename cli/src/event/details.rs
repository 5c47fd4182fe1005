//! What an event says besides its payload: where it is from, and what it is about.

use std::fmt;
use std::str::FromStr;

use crate::error::CliError;
use crate::source::Source;

/// Given on the command line, or known from the handler; what neither says is the example's own.
#[derive(Clone, Debug, Default, clap::Args)]
#[command(next_help_heading = "What the event says")]
pub(crate) struct Details {
    /// The queue, or its ARN; one that ends in `.fifo` is a FIFO queue (sqs, activemq)
    #[arg(long, value_name = "NAME")]
    pub(crate) queue: Option<String>,
    /// The message group, of a FIFO queue (sqs)
    #[arg(long, value_name = "NAME")]
    pub(crate) message_group: Option<String>,
    /// The stream, or its ARN (kinesis)
    #[arg(long, value_name = "NAME")]
    pub(crate) stream: Option<String>,
    /// The table, or its stream's ARN (dynamodb)
    #[arg(long, value_name = "NAME")]
    pub(crate) table: Option<String>,
    /// What became of the item (dynamodb)
    #[arg(long, value_enum)]
    pub(crate) change: Option<Change>,
    /// The topic; of SNS also its ARN (sns, kafka)
    #[arg(long, value_name = "NAME")]
    pub(crate) topic: Option<String>,
    /// The bucket (s3)
    #[arg(long, value_name = "NAME")]
    pub(crate) bucket: Option<String>,
    /// The object's key in plain (s3), the record's key (kafka), the partition key (kinesis)
    #[arg(long)]
    pub(crate) key: Option<String>,
    /// What happened to the object, such as `ObjectRemoved:Delete` (s3)
    #[arg(long, value_name = "NAME")]
    pub(crate) event_name: Option<String>,
    /// Who sent the event (eventbridge)
    #[arg(long, value_name = "NAME")]
    pub(crate) event_source: Option<String>,
    /// What the event's detail is about (eventbridge)
    #[arg(long, value_name = "NAME")]
    pub(crate) detail_type: Option<String>,
    /// The log group (cloudwatch_logs)
    #[arg(long, value_name = "NAME")]
    pub(crate) log_group: Option<String>,
    /// The sender's address (ses)
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) from: Option<String>,
    /// The recipient's address (ses)
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) to: Option<String>,
    /// The subject (ses, sns)
    #[arg(long, value_name = "TEXT")]
    pub(crate) subject: Option<String>,
    /// What the request comes through [default: http-api] (http)
    #[arg(long, value_enum)]
    pub(crate) front_end: Option<FrontEnd>,
    /// The request's method (http)
    #[arg(long)]
    pub(crate) method: Option<Method>,
    /// The request's path, percent-encoded, with its query (http)
    #[arg(long, value_parser = path)]
    pub(crate) path: Option<String>,
    /// A header of the request, such as `accept: text/html`; any number of them (http)
    #[arg(long, value_name = "NAME: VALUE")]
    pub(crate) header: Vec<Header>,

    /// Which images the stream of a table has: the manifest knows.
    #[arg(skip)]
    pub(crate) view: Option<String>,
    /// Whether the records are those of a tumbling window: the manifest knows.
    #[arg(skip)]
    pub(crate) window: bool,
    /// Whether the schedule is one of EventBridge Scheduler: the manifest knows.
    #[arg(skip)]
    pub(crate) scheduler: bool,
}

/// What becomes of an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
#[value(rename_all = "lower")]
pub(crate) enum Change {
    /// It is new
    Insert,
    /// It has changed
    Modify,
    /// It is gone
    Remove,
}

/// What HTTP requests come through.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum FrontEnd {
    /// API Gateway, HTTP API (payload format 2.0)
    #[default]
    HttpApi,
    /// API Gateway, REST API
    RestApi,
    /// A function URL
    FunctionUrl,
    /// An Application Load Balancer
    Alb,
    /// VPC Lattice
    VpcLattice,
}

/// A request's method.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Method(String);

impl Method {
    pub(crate) fn new(name: &str) -> Self {
        Self(name.to_ascii_uppercase())
    }

    pub(crate) fn takes_a_body(&self) -> bool {
        matches!(self.0.as_str(), "POST" | "PUT" | "PATCH")
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Method {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'-') {
            true => Ok(Self::new(text)),
            false => Err("a method is a word, such as `POST`".to_owned()),
        }
    }
}

/// A request's header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Header {
    pub(crate) name: String,
    pub(crate) value: String,
}

impl FromStr for Header {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, value) = text.split_once(':').ok_or("a name, a colon and a value, such as `accept: text/html`")?;
        let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
        if name.is_empty() || !name.bytes().all(is_token) {
            return Err(format!("`{name}` is no header's name"));
        }
        Ok(Self { name: name.to_owned(), value: value.trim().to_owned() })
    }
}

fn path(text: &str) -> Result<String, String> {
    match text.starts_with('/') {
        true => Ok(text.to_owned()),
        false => Err("a path starts with `/`".to_owned()),
    }
}

impl Details {
    /// Refuses what an event of this source does not say.
    pub(super) fn check(&self, source: Source) -> Result<(), CliError> {
        use Source::{ActiveMq, CloudWatchLogs, DynamoDb, EventBridge, Http, Kafka, Kinesis, S3, Ses, Sns, Sqs};
        let given: [(&str, bool, &[Source]); 19] = [
            ("queue", self.queue.is_some(), &[Sqs, ActiveMq]),
            ("message-group", self.message_group.is_some(), &[Sqs]),
            ("stream", self.stream.is_some(), &[Kinesis]),
            ("table", self.table.is_some(), &[DynamoDb]),
            ("change", self.change.is_some(), &[DynamoDb]),
            ("topic", self.topic.is_some(), &[Sns, Kafka]),
            ("bucket", self.bucket.is_some(), &[S3]),
            ("key", self.key.is_some(), &[S3, Kafka, Kinesis]),
            ("event-name", self.event_name.is_some(), &[S3]),
            ("event-source", self.event_source.is_some(), &[EventBridge]),
            ("detail-type", self.detail_type.is_some(), &[EventBridge]),
            ("log-group", self.log_group.is_some(), &[CloudWatchLogs]),
            ("from", self.from.is_some(), &[Ses]),
            ("to", self.to.is_some(), &[Ses]),
            ("subject", self.subject.is_some(), &[Ses, Sns]),
            ("front-end", self.front_end.is_some(), &[Http]),
            ("method", self.method.is_some(), &[Http]),
            ("path", self.path.is_some(), &[Http]),
            ("header", !self.header.is_empty(), &[Http]),
        ];
        for (option, is_given, sources) in given {
            if is_given && !sources.contains(&source) {
                let sources: Vec<String> = sources.iter().map(|source| format!("`{}`", source.name())).collect();
                let (name, sources) = (source.name(), sources.join(" and "));
                return Err(CliError::new(format!("`--{option}` is for {sources}: an event of `{name}` has none")));
            }
        }
        Ok(())
    }

    /// Takes from `known` what is not said here.
    pub(super) fn or(self, known: Self) -> Self {
        Self {
            queue: self.queue.or(known.queue),
            message_group: self.message_group.or(known.message_group),
            stream: self.stream.or(known.stream),
            table: self.table.or(known.table),
            change: self.change.or(known.change),
            topic: self.topic.or(known.topic),
            bucket: self.bucket.or(known.bucket),
            key: self.key.or(known.key),
            event_name: self.event_name.or(known.event_name),
            event_source: self.event_source.or(known.event_source),
            detail_type: self.detail_type.or(known.detail_type),
            log_group: self.log_group.or(known.log_group),
            from: self.from.or(known.from),
            to: self.to.or(known.to),
            subject: self.subject.or(known.subject),
            front_end: self.front_end.or(known.front_end),
            method: self.method.or(known.method),
            path: self.path.or(known.path),
            header: self.header,
            view: self.view.or(known.view),
            window: self.window || known.window,
            scheduler: self.scheduler || known.scheduler,
        }
    }

    /// The request's method.
    pub(super) fn method(&self) -> Method {
        self.method.clone().unwrap_or_else(|| Method::new("GET"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_and_methods_are_read() {
        let header = "X-Trace:  a:b ".parse::<Header>().unwrap();
        assert_eq!(header, Header { name: "X-Trace".to_owned(), value: "a:b".to_owned() });
        assert!("accept".parse::<Header>().unwrap_err().contains("a colon"));
        assert!("a b: c".parse::<Header>().unwrap_err().contains("`a b`"));
        assert_eq!("post".parse::<Method>().unwrap().to_string(), "POST");
        assert!("PO ST".parse::<Method>().is_err() && "".parse::<Method>().is_err());
        assert!(path("orders").is_err());
    }

    #[test]
    fn an_option_of_another_source_is_refused() {
        let details = Details { bucket: Some("b".to_owned()), ..Details::default() };
        assert!(details.check(Source::S3).is_ok());
        let error = details.check(Source::Sqs).unwrap_err().to_string();
        assert!(error.contains("`--bucket` is for `s3`") && error.contains("`sqs`"), "{error}");
    }
}
