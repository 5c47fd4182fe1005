//! Data sources: what is there already, as far as it is known by what it is asked for.

use hcl_edit::Span;

use super::body::Instances;
use super::eval::At;
use super::reference::{Step, key_of};
use super::{Declared, Module};
use crate::check::observed::{Part, Text};
use crate::check::read::terraform::policy;
use crate::check::read::terraform::value::{Kind, List, Value, append};

impl Module<'_> {
    /// What a data source has; of several of them, of one or of each.
    pub(super) fn data(&self, ty: &str, name: &str, steps: &[Step], at: At<'_>) -> Option<Kind> {
        let declared = *self.data.get(&(ty, name))?;
        let base = format!("data.{ty}.{name}");
        let instances = self.instances(&base, declared)?;
        let one = |key: &str, taken: &str| {
            let address = format!("{base}{key}");
            let scope = instances.scope(&base, &address);
            self.read(ty, taken, declared, At { file: declared.file, path: &address, scope: &scope })
        };
        match steps {
            [Step::Name(taken)] => one("", taken),
            [Step::Index(index), Step::Name(taken)] => one(&key_of(index)?, taken),
            [Step::All, Step::Name(taken)] => {
                let place = at.file.place(None, at.path);
                let (keys, is_open) = match &*instances {
                    Instances::Many(keys) => (keys.iter().map(|(key, _)| key.as_str()).collect(), false),
                    Instances::One => (vec![""], false),
                    Instances::Unknown => (vec![""], true),
                };
                let items: Option<Vec<Value>> =
                    keys.into_iter().map(|key| Some(Value::new(one(key, taken)?, &place))).collect();
                Some(Kind::List(List { items: items?, is_open }))
            }
            _ => None,
        }
    }

    fn read(&self, ty: &str, taken: &str, declared: Declared<'_>, at: At<'_>) -> Option<Kind> {
        let body = &declared.block.body;
        if ty == "aws_iam_policy_document" && matches!(taken, "json" | "minified_json") {
            let place = at.file.place(declared.block.ident.span(), at.path);
            let blocks = self.once(at.path, || Value::new(Kind::Map(self.body(body, at)), &place))?;
            return Some(Kind::Json(Box::new(policy::document(&blocks))));
        }
        // With another provider it is another region's or account's.
        if body.has_attribute("provider") || body.has_attribute("region") {
            return None;
        }
        let text = match (ty, taken) {
            ("aws_region", "region" | "name" | "id") => Text(vec![Part::Region]),
            ("aws_caller_identity", "account_id" | "id") => Text(vec![Part::Account]),
            ("aws_partition", "partition" | "id") => Text(vec![Part::Partition]),
            // Of AWS's own the name says as much as the ARN.
            ("aws_iam_policy", "arn" | "name") => {
                self.argument("arn", declared, at).or_else(|| self.argument("name", declared, at))?
            }
            // What is in an archive says more than what it is called.
            ("archive_file", "output_path") => {
                let made_of = ["source_file", "source_dir", "output_path"];
                made_of.into_iter().find_map(|name| self.argument(name, declared, at))?
            }
            ("aws_s3_bucket", "bucket" | "id") => self.argument("bucket", declared, at)?,
            ("aws_s3_bucket", "arn") => arn(&[":s3:::"], self.argument("bucket", declared, at)?),
            _ => {
                let (service, kind) = match ty {
                    "aws_sqs_queue" => ("sqs", ""),
                    "aws_sns_topic" => ("sns", ""),
                    "aws_dynamodb_table" => ("dynamodb", "table/"),
                    "aws_kinesis_stream" => ("kinesis", "stream/"),
                    _ => return None,
                };
                let name = self.argument("name", declared, at)?;
                match taken {
                    "name" => name,
                    "arn" => arn(&[&format!(":{service}:"), ":", &format!(":{kind}")], name),
                    _ => return None,
                }
            }
        };
        Some(Kind::Text(text))
    }

    /// What an argument of a data source says.
    fn argument(&self, name: &str, declared: Declared<'_>, at: At<'_>) -> Option<Text> {
        let attribute = declared.block.body.get_attribute(name)?;
        let path = format!("{}.{name}", at.path);
        self.once(&path, || self.value(&attribute.value, At { path: &path, ..at }))?.text()
    }
}

/// An ARN of this partition: between the pieces stand the region and the account, if there are more than one.
fn arn(pieces: &[&str], name: Text) -> Text {
    let mut arn = Text(vec![Part::Literal("arn:".to_owned()), Part::Partition]);
    for (piece, then) in pieces.iter().zip([Some(Part::Region), Some(Part::Account), None]) {
        append(&mut arn, Part::Literal((*piece).to_owned()));
        arn.0.extend(then.filter(|_| pieces.len() > 1));
    }
    name.0.into_iter().for_each(|part| append(&mut arn, part));
    arn
}
