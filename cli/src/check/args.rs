//! What `cargo lambkin check` can be told, and which templates it takes if it is told none.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use crate::check::binary::Asked;
use crate::check::codes::{self, Rule};
use crate::check::read::Given;
use crate::error::CliError;
use crate::manifest::load::From as ManifestFrom;

/// Compares templates with what the functions of a crate need: settings, permissions, what invokes them.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cargo lambkin check
  cargo lambkin check template.yaml --parameter Stage=prod --deny warnings
  cargo lambkin check infrastructure/ --allow LC306
  terraform show -json plan.out | cargo lambkin check -
  cargo lambkin check template.yaml --format sarif > lambkin.sarif

The status is 1 if there is an error, or a warning with `--deny warnings`; docs/check.md explains each code.")]
pub(crate) struct Args {
    /// Templates of SAM or CloudFormation, a `serverless.yml`, `.tf` files or their folder, or a plan of Terraform's as JSON;
    /// `-` for standard input [default: what is in the current directory]
    #[arg(value_name = "TEMPLATE")]
    pub(crate) templates: Vec<PathBuf>,
    /// A parameter's or variable's value, where the template has no default or another one is meant
    #[arg(long, value_name = "NAME=VALUE")]
    pub(crate) parameter: Vec<Given>,
    /// How findings are written
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
    /// Says nothing of this rule: its code or its name
    #[arg(long, value_name = "CODE", value_parser = rule)]
    pub(crate) allow: Vec<&'static Rule>,
    /// What ends with status 1 besides errors
    #[arg(long, value_enum, value_name = "WHAT")]
    pub(crate) deny: Vec<Deny>,
    /// Checks these handlers alone
    #[arg(long, value_name = "NAME")]
    pub(crate) handler: Vec<String>,
    /// The handler that a function runs, where the template doesn't tell: `--function GetOrder1A2B3C4D=get-order`
    #[arg(long, value_name = "FUNCTION=HANDLER")]
    pub(crate) function: Vec<Asked>,

    #[command(flatten)]
    pub(crate) from: ManifestFrom,
}

/// How findings are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Format {
    /// For people
    Text,
    /// One JSON object
    Json,
    /// SARIF 2.1.0, which code scanning takes
    Sarif,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Deny {
    Warnings,
}

impl FromStr for Given {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once('=') {
            Some((name, value)) if !name.is_empty() => Ok(Self { name: name.to_owned(), value: value.to_owned() }),
            _ => Err("a name and a value, such as `Stage=prod`".to_owned()),
        }
    }
}

impl FromStr for Asked {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        // A key of Terraform's may have one in it: `aws_lambda_function.all["a=b"]`.
        match text.rsplit_once('=') {
            Some((address, handler)) if !address.is_empty() && !handler.is_empty() => {
                Ok(Self { address: address.to_owned(), handler: handler.to_owned() })
            }
            _ => Err("a function of the template and a handler, such as `GetOrderFunction=get-order`".to_owned()),
        }
    }
}

fn rule(code: &str) -> Result<&'static Rule, String> {
    let found = codes::named(code).or_else(|| codes::ALL.iter().copied().find(|rule| rule.name == code));
    found.ok_or_else(|| "no rule has this code or name; docs/check.md lists them".to_owned())
}

/// What deployers look for, in the order in which one is taken.
const NAMES: [&str; 6] =
    ["template.yaml", "template.yml", "template.json", "serverless.yml", "serverless.yaml", "serverless.json"];

/// What is in a folder, if no template is named.
pub(crate) fn find(folder: &Path) -> Result<Vec<PathBuf>, CliError> {
    if let Some(name) = NAMES.into_iter().find(|name| folder.join(name).is_file()) {
        return Ok(vec![PathBuf::from(name)]);
    }
    if let Some(name) = ["serverless.ts", "serverless.js"].into_iter().find(|name| folder.join(name).is_file()) {
        return Err(CliError::new(format!(
            "`{name}` is a program: write `serverless print --format json > serverless.json`, and check that"
        )));
    }
    let entries = std::fs::read_dir(folder).map_err(|error| CliError::file(folder, &error))?;
    let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let mut files: Vec<PathBuf> = names.filter(|name| name.ends_with(".tf")).map(PathBuf::from).collect();
    files.sort();
    if files.is_empty() {
        let names = NAMES.join("`, `");
        return Err(CliError::new(format!("there is no template here, `{names}` or `*.tf`: name one")));
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_template_of_a_folder_is_found() {
        let folder = tempfile::tempdir().unwrap();
        let found = || find(folder.path()).map_err(|error| error.to_string());
        let write = |name: &str| std::fs::write(folder.path().join(name), "").unwrap();
        assert!(found().unwrap_err().contains("name one"));
        write("serverless.ts");
        assert!(found().unwrap_err().contains("serverless print"));
        std::fs::remove_file(folder.path().join("serverless.ts")).unwrap();
        write("b.tf");
        write("a.tf");
        assert_eq!(found().unwrap(), [PathBuf::from("a.tf"), PathBuf::from("b.tf")]);
        write("serverless.yml");
        assert_eq!(found().unwrap(), [PathBuf::from("serverless.yml")]);
        write("template.yaml");
        assert_eq!(found().unwrap(), [PathBuf::from("template.yaml")]);
    }

    #[test]
    fn rules_go_by_code_or_name() {
        assert_eq!(rule("lc201").unwrap().name, "partial-batch-missing");
        assert_eq!(rule("partial-batch-missing").unwrap().code, "LC201");
        assert!(rule("LC000").is_err());
        assert_eq!("A=b=c".parse(), Ok(Given { name: "A".to_owned(), value: "b=c".to_owned() }));
        assert!("=b".parse::<Given>().is_err() && "a".parse::<Given>().is_err());
        let asked = Asked { address: r#"all["a=b"]"#.to_owned(), handler: "h".to_owned() };
        assert_eq!(r#"all["a=b"]=h"#.parse(), Ok(asked));
        assert!("=b".parse::<Asked>().is_err() && "a=".parse::<Asked>().is_err());
    }
}
