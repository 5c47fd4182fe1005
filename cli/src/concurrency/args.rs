//! What `cargo lambkin concurrency` can be told.

use std::path::PathBuf;
use std::str::FromStr;

use crate::concurrency::period::Period;
use crate::cost::quantity::Share;
use crate::manifest::load::From as ManifestFrom;
use crate::output::Format;
use crate::template::args::{service, stage};

/// Looks at how many invocations run at the same time, and reserves as many as the functions of a crate need.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) step: Step,
}

#[derive(Debug, clap::Subcommand)]
pub(crate) enum Step {
    /// What is reserved, what runs at the same time, and what the account has
    #[command(after_help = "\
Examples:
  cargo lambkin concurrency show --stage prod
  cargo lambkin concurrency show --function fulfil=orders-fulfil --period 6h --format json")]
    Show(Show),
    /// What should be reserved, and why
    #[command(after_help = "\
Examples:
  cargo lambkin concurrency plan --stage prod
  cargo lambkin concurrency plan --stage prod --handler fulfil --utilisation 50% --template template.yaml")]
    Plan(Plan),
    /// Reserves what the plan says, after it was shown
    #[command(after_help = "\
Examples:
  cargo lambkin concurrency apply --stage prod
  cargo lambkin concurrency apply --stage prod --template template.yaml --write-template")]
    Apply(Apply),
}

#[derive(Debug, clap::Args)]
pub(crate) struct Show {
    #[command(flatten)]
    pub(crate) what: What,
    /// How the answer is written: for people, or as one JSON object for programs
    #[arg(long, value_enum, default_value_t = Format::Text, help_heading = "Output")]
    pub(crate) format: Format,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Plan {
    #[command(flatten)]
    pub(crate) what: What,
    #[command(flatten)]
    pub(crate) rule: Rule,
    /// How the answer is written: for people, or as one JSON object for programs
    #[arg(long, value_enum, default_value_t = Format::Text, help_heading = "Output")]
    pub(crate) format: Format,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Apply {
    #[command(flatten)]
    pub(crate) what: What,
    #[command(flatten)]
    pub(crate) rule: Rule,
    /// Do not ask
    #[arg(long)]
    pub(crate) yes: bool,
    /// Write the numbers into the templates instead of the account; the next deployment brings them there
    #[arg(long, requires = "template")]
    pub(crate) write_template: bool,
    /// How the answer is written: for people, or as one JSON object for programs
    #[arg(long, value_enum, default_value_t = Format::Text, help_heading = "Output")]
    pub(crate) format: Format,
}

/// What is looked at.
#[derive(Debug, clap::Args)]
pub(crate) struct What {
    #[command(flatten)]
    pub(crate) from: ManifestFrom,

    /// Only this handler, and others that are named so
    #[arg(long, value_name = "HANDLER", help_heading = "The functions")]
    pub(crate) handler: Vec<String>,
    /// The name at AWS of the function of a handler: `fulfil=orders-fulfil` [default: that of `cargo lambkin template`]
    #[arg(long, value_name = "HANDLER=NAME", help_heading = "The functions")]
    pub(crate) function: Vec<Named>,
    /// What stands before the names of functions [default: the package]
    #[arg(long, value_parser = service, help_heading = "The functions")]
    pub(crate) name: Option<String>,
    /// The stage that is part of the names of functions
    #[arg(long, value_parser = stage, default_value = "dev", help_heading = "The functions")]
    pub(crate) stage: String,
    /// A template that the functions are deployed with (SAM, CloudFormation, serverless.yml, Terraform), to say where it
    /// sets the same numbers [default: `template.yaml`, `serverless.yml` and `*.tf` in the current directory]
    #[arg(long, value_name = "FILE", num_args = 1.., help_heading = "The functions")]
    pub(crate) template: Vec<PathBuf>,

    /// How far to look back: `30m`, `6h`, `14d`
    #[arg(long, default_value = "14d", help_heading = "What ran")]
    pub(crate) period: Period,

    /// The region [default: that of the environment or the profile]
    #[arg(long, help_heading = "The account")]
    pub(crate) region: Option<String>,
    /// The profile of AWS's configuration files [default: `AWS_PROFILE`, or `default`]
    #[arg(long, help_heading = "The account")]
    pub(crate) profile: Option<String>,
}

/// How numbers come about.
#[derive(Debug, clap::Args)]
pub(crate) struct Rule {
    /// The part of what is reserved that the highest peak is to use
    #[arg(long, visible_alias = "utilization", value_name = "SHARE", default_value = "0.7", value_parser = utilisation,
        help_heading = "The rule")]
    pub(crate) utilisation: Share,
    /// How far back a function's data has to reach for a number [default: half of the period]
    #[arg(long, value_name = "TIME", help_heading = "The rule")]
    pub(crate) minimum_data: Option<Period>,
}

/// The function of a handler.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Named {
    pub(crate) handler: String,
    pub(crate) function: String,
}

impl FromStr for Named {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        // A handler's name may hold a `=`, a function's not.
        let form = "a handler and the name of its function, such as `fulfil=orders-fulfil`";
        let (handler, function) = text.rsplit_once('=').ok_or(form)?;
        let is_name = |c: char| c.is_ascii_alphanumeric() || "-_".contains(c);
        if handler.is_empty() || function.is_empty() {
            return Err(form.to_owned());
        }
        if !function.chars().all(is_name) {
            return Err(format!("`{function}` is not a function's name: no ARN, alias or version, only the name"));
        }
        Ok(Self { handler: handler.to_owned(), function: function.to_owned() })
    }
}

fn utilisation(text: &str) -> Result<Share, String> {
    let share: Share = text.parse()?;
    if share.get() < rust_decimal::Decimal::new(1, 2) {
        return Err("at least `1%`: what is reserved is the peak divided by it".to_owned());
    }
    Ok(share)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_handler_and_its_function_are_told_apart() {
        let named = "a=b=orders-1".parse::<Named>().unwrap();
        assert_eq!(named, Named { handler: "a=b".to_owned(), function: "orders-1".to_owned() });
        for wrong in ["fulfil", "=x", "fulfil="] {
            assert!(wrong.parse::<Named>().unwrap_err().contains("such as `fulfil=orders-fulfil`"), "{wrong}");
        }
        for wrong in ["f=orders:live", "f=arn:aws:lambda:us-east-1:1:function:x"] {
            assert!(wrong.parse::<Named>().unwrap_err().contains("only the name"), "{wrong}");
        }
    }

    #[test]
    fn a_utilisation_is_more_than_nothing() {
        assert!(utilisation("70%").is_ok() && utilisation("1").is_ok());
        assert!(utilisation("0").is_err() && utilisation("1.5").is_err() && utilisation("-1").is_err());
    }
}
