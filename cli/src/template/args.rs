//! What `cargo lambkin template` can be told.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use crate::manifest::load::From as ManifestFrom;
use crate::template::model::{Architecture, FrontEnd, Key};

/// Writes what the functions of a crate need to be deployed, for the deployer of your choice.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cargo lambkin template -o template.yaml
  cargo lambkin template --stage prod -o lambkin.tf
  cargo lambkin template --format serverless --front-end function-url --tracing
  cargo lambkin template --format cloudformation --existing queue:orders --table sensors=sensor_id:S,at:N")]
pub(crate) struct Args {
    /// What is written [default: what the output's name ends like, `serverless.yml` or `.tf`; else `sam`]
    #[arg(long, value_enum)]
    pub(crate) format: Option<Format>,
    /// The file to write. Where it exists, only what stands between lambkin's marks is replaced
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) from: ManifestFrom,

    /// What stands before the names of functions and tables [default: the package]
    #[arg(long, value_parser = service, help_heading = "What is deployed")]
    pub(crate) name: Option<String>,
    /// The stage, once and for all; else it is a parameter of the template
    #[arg(long, value_parser = stage, help_heading = "What is deployed")]
    pub(crate) stage: Option<String>,
    /// What the functions are built for
    #[arg(long, value_enum, default_value_t = Architecture::Arm64, help_heading = "What is deployed")]
    pub(crate) architecture: Architecture,
    /// What HTTP requests come through
    #[arg(long, value_enum, default_value_t = FrontEnd::HttpApi, help_heading = "What is deployed")]
    pub(crate) front_end: FrontEnd,
    /// A resource that is there already and is not to be made: `queue:orders`; also `stream`, `topic`, `bucket` and `bus`
    #[arg(long, value_name = "KIND:NAME", help_heading = "What is deployed")]
    pub(crate) existing: Vec<Existing>,
    /// Make the table whose stream is read; its keys are not in the manifest: `sensors=sensor_id:S,at:N`
    #[arg(long, value_name = "NAME=KEY:TYPE", help_heading = "What is deployed")]
    pub(crate) table: Vec<NewTable>,
    /// Where idempotency records are, instead of in a table of the template's own: `redis://…`, `dynamodb://TABLE`
    #[arg(long, value_name = "URL", help_heading = "What is deployed")]
    pub(crate) idempotency: Option<String>,
    /// Read secrets and parameters through AWS's extension; without it, build with the feature `config-aws`
    #[arg(long, help_heading = "What is deployed")]
    pub(crate) extension: bool,

    /// Send traces to X-Ray
    #[arg(long, help_heading = "How it runs")]
    pub(crate) tracing: bool,
    /// For how many days logs are kept
    #[arg(long, value_name = "DAYS", default_value = "30", value_parser = retention, help_heading = "How it runs")]
    pub(crate) log_retention: u32,
    /// Invocations at the same time that are kept for a function, and its limit: `fulfil=10`
    #[arg(long, value_name = "HANDLER=N", help_heading = "How it runs")]
    pub(crate) reserved_concurrency: Vec<PerHandler>,
    /// Environments of a function that are kept ready: `api=5`
    #[arg(long, value_name = "HANDLER=N", help_heading = "How it runs")]
    pub(crate) provisioned_concurrency: Vec<PerHandler>,
}

impl Args {
    /// What is written: as it is said, or as the output's name says.
    pub(crate) fn format(&self) -> Format {
        let extension = |name: &Path, wanted: &str| name.extension().is_some_and(|found| found == wanted);
        match (self.format, &self.output) {
            (Some(format), _) => format,
            (None, Some(path)) if extension(path, "tf") => Format::Terraform,
            (None, Some(path)) if path.file_stem().is_some_and(|stem| stem == "serverless") => Format::Serverless,
            (None, _) => Format::Sam,
        }
    }
}

/// What can be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Format {
    /// A template of the AWS Serverless Application Model
    Sam,
    /// A template of CloudFormation
    #[value(name = "cloudformation")]
    CloudFormation,
    /// A `serverless.yml` of the Serverless Framework
    Serverless,
    /// A file of Terraform's
    Terraform,
    /// The deployment as one JSON object, for programs
    Json,
}

/// The kinds of resources that can be there already.
const KINDS: [&str; 5] = ["queue", "stream", "topic", "bucket", "bus"];

/// A resource that is there already.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Existing {
    pub(crate) kind: &'static str,
    pub(crate) name: String,
}

impl FromStr for Existing {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (kind, name) = text.split_once(':').unwrap_or((text, ""));
        let kind = KINDS.into_iter().find(|known| *known == kind);
        match kind {
            Some(kind) if !name.is_empty() => Ok(Self { kind, name: name.to_owned() }),
            Some(kind) => Err(format!("name it: `{kind}:NAME`")),
            None => Err(format!("a kind and a name, such as `queue:orders`; the kinds are {}", KINDS.join(", "))),
        }
    }
}

/// A table with its keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NewTable {
    pub(crate) name: String,
    pub(crate) partition_key: Key,
    pub(crate) sort_key: Option<Key>,
}

impl FromStr for NewTable {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let key = |text: &str| {
            let (name, ty) = text.split_once(':').unwrap_or((text, "S"));
            let ty = ["S", "N", "B"].into_iter().find(|known| *known == ty);
            ty.filter(|_| !name.is_empty()).map(|ty| Key { name: name.to_owned(), ty })
        };
        let wrong = || "a table and its keys, such as `sensors=sensor_id:S,at:N`; the types are S, N and B".to_owned();
        let (name, keys) = text.split_once('=').filter(|(name, _)| !name.is_empty()).ok_or_else(wrong)?;
        let mut keys = keys.split(',');
        let partition_key = keys.next().and_then(key).ok_or_else(wrong)?;
        let sort_key = keys.next().map(|text| key(text).ok_or_else(wrong)).transpose()?;
        if keys.next().is_some() {
            return Err("a table's key has one or two attributes".to_owned());
        }
        Ok(Self { name: name.to_owned(), partition_key, sort_key })
    }
}

/// A number for one of the handlers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PerHandler {
    pub(crate) handler: String,
    pub(crate) number: u32,
}

impl FromStr for PerHandler {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        // A handler's name may hold a `=`.
        let (handler, number) = text.rsplit_once('=').ok_or("a handler and a number, such as `fulfil=10`")?;
        let number = number.parse().map_err(|_| format!("`{number}` is no number"))?;
        Ok(Self { handler: handler.to_owned(), number })
    }
}

/// Short, because it is part of names that AWS limits.
pub(crate) fn stage(text: &str) -> Result<String, String> {
    let fits = text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    if fits && (1..=16).contains(&text.len()) && text.starts_with(|first: char| first.is_ascii_lowercase()) {
        return Ok(text.to_owned());
    }
    Err("up to 16 lower-case letters, digits and `-`, a letter first".to_owned())
}

pub(crate) fn service(text: &str) -> Result<String, String> {
    let fits = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if fits && (2..=40).contains(&text.len()) && text.starts_with(|first: char| first.is_ascii_alphabetic()) {
        return Ok(text.to_owned());
    }
    Err("2 to 40 letters, digits and `-`, a letter first".to_owned())
}

/// The periods that CloudWatch Logs takes, <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html>.
const RETENTIONS: [u32; 22] =
    [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653];

fn retention(text: &str) -> Result<u32, String> {
    let days = text.parse().ok().filter(|days| RETENTIONS.contains(days));
    days.ok_or_else(|| {
        let known: Vec<String> = RETENTIONS.iter().map(u32::to_string).collect();
        format!("CloudWatch Logs keeps lines for one of {} days", known.join(", "))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_says_the_format_where_nothing_else_does() {
        #[derive(clap::Parser)]
        struct Cli {
            #[command(flatten)]
            args: Args,
        }

        let format = |words: &[&str]| {
            <Cli as clap::Parser>::try_parse_from(["template"].iter().chain(words)).unwrap().args.format()
        };
        assert_eq!(format(&[]), Format::Sam);
        assert_eq!(format(&["-o", "infra/template.yaml"]), Format::Sam);
        assert_eq!(format(&["-o", "infra/lambkin.tf"]), Format::Terraform);
        assert_eq!(format(&["-o", "serverless.yaml"]), Format::Serverless);
        assert_eq!(format(&["-o", "lambkin.tf", "--format", "cloudformation"]), Format::CloudFormation);
    }

    #[test]
    fn existing_resources_have_a_kind_and_a_name() {
        let existing = "queue:a:b".parse::<Existing>().unwrap();
        assert_eq!(existing, Existing { kind: "queue", name: "a:b".to_owned() });
        assert!("queue:".parse::<Existing>().unwrap_err().contains("`queue:NAME`"));
        assert!("orders".parse::<Existing>().unwrap_err().contains("queue, stream"));
    }

    #[test]
    fn tables_have_one_or_two_keys() {
        let table = "sensors=id,at:N".parse::<NewTable>().unwrap();
        assert_eq!(table.partition_key, Key { name: "id".to_owned(), ty: "S" });
        assert_eq!(table.sort_key, Some(Key { name: "at".to_owned(), ty: "N" }));
        for wrong in ["sensors", "sensors=", "=id", "sensors=id:X", "sensors=id,", "sensors=a,b,c"] {
            assert!(wrong.parse::<NewTable>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn stages_and_retentions_are_what_aws_takes() {
        assert!(stage("prod-2").is_ok());
        for wrong in ["", "Prod", "2prod", "a-stage-that-is-too-long", "a b"] {
            assert!(stage(wrong).is_err(), "{wrong}");
        }
        assert_eq!(retention("30"), Ok(30));
        assert!(retention("0").is_err() && retention("31").unwrap_err().contains("14, 30, 60"));
        assert_eq!("a=b=3".parse(), Ok(PerHandler { handler: "a=b".to_owned(), number: 3 }));
        assert!("a=x".parse::<PerHandler>().is_err() && "a".parse::<PerHandler>().is_err());
    }
}
