//! Who may invoke a function.

use super::{Language, resource};
use crate::check::observed::{Place, Target, Text};
use crate::check::read::serverless;

/// What is invoked, for a message.
pub(crate) fn invoked(target: &Target) -> String {
    target.qualifier().map_or_else(|| "the function itself".to_owned(), |qualifier| format!("`{qualifier}`"))
}

/// A permission for a service, or for everybody, to invoke a function.
pub(crate) fn permission(
    place: &Place,
    invoked: &Target,
    action: &str,
    principal: &str,
    source: Option<&Text>,
) -> String {
    let is_all = principal == "*";
    if Language::of(place) == Language::Terraform {
        let from = match source {
            Some(source) => format!("`source_arn = {}`", resource(place, source)),
            None if is_all => "`function_url_auth_type = \"NONE\"`".to_owned(),
            None => "`source_account = data.aws_caller_identity.current.account_id`".to_owned(),
        };
        return format!(
            "an `aws_lambda_permission` with `action = \"{action}\"`, {}, `principal = \"{principal}\"`, {from}",
            function(place, invoked)
        );
    }
    let from = match source {
        Some(source) => format!("`SourceArn: {}`", resource(place, source)),
        None if is_all => "`FunctionUrlAuthType: NONE`".to_owned(),
        None => "`SourceAccount: !Ref AWS::AccountId`".to_owned(),
    };
    let principal = if is_all { "\"*\"" } else { principal };
    format!(
        "an `AWS::Lambda::Permission` with `Action: {action}`, {}, `Principal: {principal}`, {from}",
        function(place, invoked)
    )
}

/// What a permission says that is for this function or alias.
pub(crate) fn permitted(place: &Place, invoked: &Target) -> String {
    match (Language::of(place), invoked.qualifier()) {
        (Language::Terraform, None) => "no `qualifier`, and `function_name` without an alias".to_owned(),
        _ => function(place, invoked),
    }
}

/// The function or alias that a permission is for. CloudFormation has both in one setting.
fn function(place: &Place, invoked: &Target) -> String {
    let address = invoked.address().unwrap_or_default();
    let qualifier = invoked.qualifier();
    if Language::of(place) == Language::Terraform {
        let function = format!("`function_name = {address}.function_name`");
        return match qualifier.map(|qualifier| (qualifier.known(), qualifier)) {
            Some((Some(name), _)) => format!("{function}, `qualifier = \"{name}\"`"),
            Some((None, qualifier)) => format!("{function}, `qualifier = {}`", resource(place, qualifier)),
            None => function,
        };
    }
    // By the identifier that the Serverless Framework gives it.
    let id = address.strip_prefix(serverless::FUNCTIONS).map(serverless::logical_id);
    let id = id.as_deref().unwrap_or(address);
    match qualifier.map(|qualifier| (qualifier.known(), qualifier.address())) {
        Some((Some(name), _)) => format!("`FunctionName: !Sub \"${{{id}}}:{name}\"`"),
        Some((None, Some(version))) => format!("`FunctionName: !Ref {version}`"),
        _ => format!("`FunctionName: !Ref {id}`"),
    }
}
