//! From resources to what they say: <https://registry.terraform.io/providers/hashicorp/aws/latest/docs>.

mod function;
mod stores;

use crate::check::observed::{Field, Observed};
use crate::check::read::terraform::resources::Resources;

/// Whether resources of this type are looked at.
pub(super) fn is_read(ty: &str) -> bool {
    ty.starts_with("aws_")
}

/// What all resources say together.
pub(super) fn observe(resources: &Resources) -> Observed {
    Observed {
        functions: resources.of("aws_lambda_function").map(|of| function::function(of, resources)).collect(),
        queues: resources.of("aws_sqs_queue").map(|of| stores::queue(of, resources)).collect(),
        ..Observed::default()
    }
}

/// A setting, and what holds if nothing is written.
fn or<T>(field: Field<T>, default: T) -> Field<T> {
    match field {
        Field::Absent => Field::Default(default),
        field => field,
    }
}
