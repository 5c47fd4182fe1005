//! Which format a file is in.

use std::collections::HashMap;
use std::path::Path;

use serde::de::IgnoredAny;

use super::{Format, Source, document};
use crate::error::CliError;

/// Tells a file's format by its name and its contents.
pub(super) fn format(source: &Source) -> Result<Format, CliError> {
    let name = &*source.name;
    let path = Path::new(name);
    let file = path.file_name().and_then(|file| file.to_str()).unwrap_or_default();
    let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    if extension == "tf" || file.ends_with(".tf.json") {
        return Ok(Format::Terraform);
    }
    if matches!(extension, "js" | "ts" | "cjs" | "mjs") {
        return Err(CliError::new(format!(
            "`{name}` is a program; check what it makes: after `serverless package` that is \
             `.serverless/cloudformation-template-update-stack.json`"
        )));
    }
    if let Some(format) = by_keys_of_json(&source.text) {
        return Ok(format);
    }
    let document = document::parse(source)?;
    let has = |key: &str| document.get(key).is_some();
    if document.get("Resources").is_some_and(document::Node::is_map) {
        Ok(Format::CloudFormation)
    } else if (has("service") && has("provider")) || file.starts_with("serverless.") {
        Ok(Format::Serverless)
    } else {
        Err(CliError::new(format!(
            "`{name}` is no template that is known here: CloudFormation's and SAM's have `Resources`, a `serverless.yml` has \
             `service` and `provider`, Terraform's files end with `.tf`, and a plan is what `terraform show -json PLAN` prints"
        )))
    }
}

/// A plan may be larger than any template, so it is known before it is read as a document.
fn by_keys_of_json(text: &str) -> Option<Format> {
    if !text.trim_start().starts_with('{') {
        return None;
    }
    let keys: HashMap<String, IgnoredAny> = serde_json::from_str(text).ok()?;
    let is_plan = keys.contains_key("planned_values")
        || (keys.contains_key("format_version") && keys.contains_key("terraform_version"));
    is_plan.then_some(Format::TerraformPlan)
}
