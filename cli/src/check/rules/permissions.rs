//! What a function's role may do: what it needs, and nothing that it does not.

use crate::check::codes::{self, Rule};
use crate::check::finding::Findings;
use crate::check::matching::Pair;
use crate::check::needs::{Needs, SOURCE};
use crate::check::observed::{Attribute, Field, Function, Observed, Part, Permissions, Place, Statement, Text};
use crate::check::rules::Whole;
use crate::check::texts::is_action;
use crate::check::words;
use crate::template::model::{Permission, Scope};
use crate::template::text::{self as planned, Piece};

pub(super) fn check(pair: &Pair<'_>, needs: &Needs, whole: &Whole<'_>, findings: &mut Findings) {
    let function = pair.function;
    let permissions = &function.permissions;
    for statement in permissions.statements.iter().filter(|statement| statement.is_allow && !statement.is_generated) {
        wildcards(statement, findings);
    }
    if permissions.unread.is_some() {
        return;
    }
    let place = permissions.place.as_ref().unwrap_or(&function.place);
    for mapping in &pair.mappings {
        let Some(source) = mapping.source.value() else { continue };
        for permission in whole.observed.polling(mapping) {
            let polled = |text: &planned::Text| standing_for(source, text, needs, function);
            missing(&permission, &codes::POLLING_PERMISSION, place, function, whole.observed, polled, findings);
        }
        keys(source, &TAKING, "take from", place, function, whole.observed, findings);
    }
    let of_mappings = pair.mappings.iter().map(|mapping| &mapping.on_failure);
    let of_events = pair.event_invoke_configs.iter().map(|config| &config.on_failure).chain([&function.dead_letters]);
    for destination in of_mappings.chain(of_events).filter_map(Field::value) {
        for permission in whole.observed.telling(destination) {
            let told = |text: &planned::Text| standing_for(destination, text, needs, function);
            missing(&permission, &codes::FAILURE_PERMISSION, place, function, whole.observed, told, findings);
        }
        keys(destination, &SENDING, "send to", place, function, whole.observed, findings);
    }
    for permission in &needs.function.permissions {
        let rule = match permission.id {
            "ReadSecrets" => &codes::SECRET_PERMISSION,
            "ReadParameters" | "ReadParametersByPath" => &codes::PARAMETER_PERMISSION,
            _ => continue,
        };
        let wanted = |text: &planned::Text| needs.text(text, function);
        missing(permission, rule, place, function, whole.observed, wanted, findings);
    }
    let anywhere = |action: &str| allows(permissions, action, &Text::default(), None);
    if !anywhere("logs:PutLogEvents") {
        let message = "its role may write no logs".to_owned();
        let fix = match words::Language::of(place) {
            words::Language::Terraform => "the policy `service-role/AWSLambdaBasicExecutionRole`".to_owned(),
            _ => "the managed policy `service-role/AWSLambdaBasicExecutionRole`".to_owned(),
        };
        findings.add(&codes::LOG_PERMISSION, place, message, fix);
    }
    let traces = function.tracing.value().is_some_and(|mode| mode == "Active");
    if traces && !anywhere("xray:PutTraceSegments") {
        let message = "tracing is on, and its role may send no traces".to_owned();
        let fix = words::statement(
            place,
            &["xray:PutTraceSegments", "xray:PutTelemetryRecords"],
            &[Text(vec![Part::Literal("*".to_owned())])],
        );
        findings.add(&codes::TRACE_PERMISSION, place, message, fix);
    }
}

/// What Lambda does with the key of a queue that it takes from.
const TAKING: [&str; 1] = ["kms:Decrypt"];
/// And of one that it sends to.
const SENDING: [&str; 2] = ["kms:GenerateDataKey", "kms:Decrypt"];

/// The keys of the queues that Lambda takes from and tells of failures: it uses them with the function's role, unless the
/// key's own policy lets it. <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html>
fn keys(
    queue: &Text,
    actions: &[&str],
    does: &str,
    place: &Place,
    function: &Function,
    observed: &Observed,
    findings: &mut Findings,
) {
    let Some(queue) = observed.queue(queue) else { return };
    let Some(key) = queue.key.value().filter(|key| !is_everybodys(key, observed)) else { return };
    // On which key is not compared: it can be named by an alias, and a policy names it by its ARN.
    let may = |action: &&str| allows(&function.permissions, action, &Text::default(), None);
    let lacking: Vec<&str> = actions.iter().filter(|action| !may(action)).copied().collect();
    if lacking.is_empty() {
        return;
    }
    let message = format!("to {does} {}, its role lacks {} on the key {key}", queue.address, lacking.join(", "));
    // A policy takes no alias and no identifier.
    let arn = match key.address() {
        Some(address) => Part::Of { address: address.to_owned(), attribute: Attribute::Arn },
        None if key.known().is_some_and(|key| key.contains(":key/")) => Part::Literal(key.to_string()),
        None => Part::Literal("the key's ARN".to_owned()),
    };
    let statement = words::statement(place, &lacking, &[Text(vec![arn])]);
    let fix = format!("{statement}; or the role in the key's own policy");
    findings.add(&codes::KEY_PERMISSION, place, message, fix);
}

/// Whether it may be that of AWS's for SQS, which asks for no permission, or lets the role by its own policy.
fn is_everybodys(key: &Text, observed: &Observed) -> bool {
    match (key.known(), key.address()) {
        (Some(key), _) => key.is_empty() || key.ends_with("alias/aws/sqs"),
        // An alias is not followed to its key.
        (None, Some(address)) => {
            observed.keys.iter().find(|key| key.address == address).is_none_or(|key| key.lets_others)
        }
        (None, None) => key.is_open(),
    }
}

/// A planned text, with this where [`SOURCE`] stands for it.
fn standing_for(source: &Text, text: &planned::Text, needs: &Needs, function: &Function) -> Text {
    match text.0.as_slice() {
        [Piece::Parameter(id), rest @ ..] if id == SOURCE => {
            let rest = needs.text(&planned::Text(rest.to_vec()), function);
            source.clone().then(rest)
        }
        _ => needs.text(text, function),
    }
}

/// Says which of these actions are not allowed on what they are wanted on.
fn missing(
    permission: &Permission,
    rule: &'static Rule,
    place: &Place,
    function: &Function,
    observed: &Observed,
    wanted: impl Fn(&planned::Text) -> Text,
    findings: &mut Findings,
) {
    let Scope::Resources(resources) = &permission.on else { return };
    // The extension asks for one parameter at a time, and a layer that is not known may be the extension.
    let is_open = function.layers.iter().any(|layer| layer.value().is_none_or(|arn| arn.known().is_none()));
    let mut lacking: Vec<(Vec<&str>, Vec<Text>)> = Vec::new();
    for resource in resources.iter().map(wanted) {
        let may = |action: &str| may(&function.permissions, action, &resource, observed);
        let reads_one = |action: &str| is_open && action == "ssm:GetParameters" && may("ssm:GetParameter");
        let lacks = |action: &&&str| !may(action) && !reads_one(action);
        let actions: Vec<&str> = permission.actions.iter().filter(lacks).copied().collect();
        match lacking.iter_mut().find(|(known, _)| *known == actions) {
            Some((_, resources)) => resources.push(resource),
            None => lacking.push((actions, vec![resource])),
        }
    }
    for (actions, resources) in lacking.into_iter().filter(|(actions, _)| !actions.is_empty()) {
        let shown: Vec<String> = resources.iter().map(Text::to_string).collect();
        let message = format!("its role lacks {} on {}", actions.join(", "), shown.join(" and "));
        findings.add(rule, place, message, words::statement(place, &actions, &resources));
    }
}

/// Whether a role may do this, as far as it is known.
pub(super) fn may(permissions: &Permissions, action: &str, resource: &Text, observed: &Observed) -> bool {
    let others: &[&str] = match action {
        // One describes the stream and its shards; the others are newer, and take one of the two each.
        "kinesis:DescribeStreamSummary" | "kinesis:ListShards" => &["kinesis:DescribeStream"],
        "kinesis:DescribeStream" => &["kinesis:DescribeStreamSummary"],
        _ => &[],
    };
    let mut all = std::iter::once(action).chain(others.iter().copied());
    all.any(|action| allows(permissions, action, resource, Some(observed)))
}

/// Whether a statement allows it and none surely denies it; on anything at all if nothing is compared.
fn allows(permissions: &Permissions, action: &str, resource: &Text, observed: Option<&Observed>) -> bool {
    let covers = |pattern: &Text| observed.is_none_or(|observed| observed.covers(pattern, resource));
    let allowed = permissions.statements.iter().filter(|statement| statement.is_allow).any(|statement| {
        let is_on = match statement.not_resources.as_slice() {
            [] => statement.resources.iter().any(|field| field.value().is_none_or(&covers)),
            others => !others.iter().any(|field| field.value() == Some(resource)),
        };
        acts(statement, action, true) && is_on
    });
    let denied = permissions.statements.iter().filter(|statement| !statement.is_allow && !statement.has_condition).any(
        |statement| {
            let is_surely = |field: &Field<Text>| {
                field.value().is_some_and(|pattern| pattern == resource || pattern.known() == Some("*"))
            };
            acts(statement, action, false) && statement.resources.iter().any(is_surely)
        },
    );
    allowed && !denied
}

/// Whether a statement is about an action; what is not known is as it is assumed.
fn acts(statement: &Statement, action: &str, assumed: bool) -> bool {
    let is_it =
        |field: &Field<String>, unknown: bool| field.value().map_or(unknown, |pattern| is_action(pattern, action));
    match statement.not_actions.as_slice() {
        [] => statement.actions.iter().any(|field| is_it(field, assumed)),
        others => !others.iter().any(|field| is_it(field, !assumed)),
    }
}

fn wildcards(statement: &Statement, findings: &mut Findings) {
    for field in &statement.actions {
        let Field::Known(action, place) = field else { continue };
        let service = action.strip_suffix(":*").unwrap_or_default();
        if action == "*" || !service.is_empty() {
            let all = if action == "*" { "everything".to_owned() } else { format!("everything of {service}") };
            let message = format!("the role may do {all}: `{action}`");
            let fix =
                "the actions that the code uses, one by one; `cargo lambkin template` writes those that lambkin knows";
            findings.add(&codes::WILDCARD_ACTION, place, message, fix.to_owned());
        }
    }
    let named: Vec<&str> = statement.actions.iter().filter_map(|field| field.value().map(String::as_str)).collect();
    let Some(action) = named.iter().find(|action| takes_resources(action)) else { return };
    for field in &statement.resources {
        let Field::Known(resource, place) = field else { continue };
        if resource.known() == Some("*") && !statement.has_condition {
            let message = format!("the role may do `{action}` to all resources there are");
            let fix = "the ARNs of those that the code uses".to_owned();
            findings.add(&codes::WILDCARD_RESOURCE, place, message, fix);
        }
    }
}

/// Services whose actions take resources, but for those that list or describe:
/// <https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html>.
const WITH_RESOURCES: [&str; 17] = [
    "dynamodb",
    "ecs",
    "elasticfilesystem",
    "events",
    "firehose",
    "iam",
    "kafka-cluster",
    "kinesis",
    "kms",
    "lambda",
    "rds-data",
    "s3",
    "secretsmanager",
    "sns",
    "sqs",
    "ssm",
    "states",
];

/// Actions of these services that take none all the same.
const WITHOUT_RESOURCES: [&str; 8] = [
    "kms:CreateKey",
    "kms:GenerateRandom",
    "lambda:GetAccountSettings",
    "s3:CreateJob",
    "s3:GetAccountPublicAccessBlock",
    "secretsmanager:BatchGetSecretValue",
    "secretsmanager:GetRandomPassword",
    "ssm:PutInventory",
];

/// Whether AWS has resources to name for an action. What is a wildcard already is told of once.
fn takes_resources(action: &str) -> bool {
    let Some((service, name)) = action.split_once(':') else { return false };
    let listed = ["list", "describe"].iter().any(|word| name.to_ascii_lowercase().starts_with(word));
    let service = service.to_ascii_lowercase();
    let is_free = WITHOUT_RESOURCES.iter().any(|free| free.eq_ignore_ascii_case(action));
    WITH_RESOURCES.contains(&service.as_str()) && !listed && !is_free && name != "*"
}
