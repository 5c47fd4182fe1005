//! From resources to what they say: <https://registry.terraform.io/providers/hashicorp/aws/latest/docs>.

mod event_invoke_config;
mod function;
mod http;
mod invokers;
mod mapping;
mod permissions;
mod rest;
mod stores;
mod target;
mod triggers;

use crate::check::observed::{Field, Observed, Unread};
use crate::check::read::terraform::resources::{Resource, Resources};

/// Whether resources of this type are looked at.
pub(super) fn is_read(ty: &str) -> bool {
    ty.starts_with("aws_")
}

/// What all resources say together.
pub(super) fn observe(resources: &Resources) -> Observed {
    let mut triggers = triggers::triggers(resources);
    triggers.extend(http::triggers(resources));
    Observed {
        functions: resources.of("aws_lambda_function").map(|of| function::function(of, resources)).collect(),
        mappings: resources.of("aws_lambda_event_source_mapping").map(|of| mapping::mapping(of, resources)).collect(),
        triggers,
        invokers: resources.of("aws_lambda_permission").filter_map(|of| invokers::invoker(of, resources)).collect(),
        event_invoke_configs: event_invoke_config::all(resources),
        queues: resources.of("aws_sqs_queue").map(|of| stores::queue(of, resources)).collect(),
        tables: resources.of("aws_dynamodb_table").map(|of| stores::table(of, resources)).collect(),
        destinations: stores::destinations(resources),
        keys: resources.of("aws_kms_key").map(|of| stores::key(of, resources)).collect(),
        unread: http::unread(resources).into_iter().chain(stacks(resources)).collect(),
    }
}

/// Stacks of CloudFormation, which have templates of their own.
fn stacks(resources: &Resources) -> impl Iterator<Item = Unread> {
    let is_stack = |resource: &&Resource| resource.ty.contains("_cloudformation_stack");
    let of = |resource: &Resource| Unread { what: format!("the stack {}", resource.address), place: resource.place() };
    resources.all.iter().filter(is_stack).map(of)
}

/// A setting, and what holds if nothing is written.
fn or<T>(field: Field<T>, default: T) -> Field<T> {
    match field {
        Field::Absent => Field::Default(default),
        field => field,
    }
}
