//! Who may invoke functions: <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/lambda_permission>.

use super::target::qualified_target;
use crate::check::observed::{AllowedBy, Attribute, Field, Invoker, Part, Target, Text};
use crate::check::read::terraform::resources::{Resource, Resources};
use crate::check::read::terraform::value::{Value, append};

/// What comes through a function's URL is no event of another service.
pub(super) fn invoker(permission: &Resource, resources: &Resources) -> Option<Invoker> {
    if permission.get("invoked_via_function_url").as_bool() == Some(true) {
        return None;
    }
    Some(Invoker {
        place: permission.place(),
        // One that is not understood may be any of them.
        function: qualified_target(permission, resources).unwrap_or(Target::Elsewhere),
        principal: permission.get("principal").text_field(),
        action: permission.get("action").field(Value::as_str),
    })
}

/// With a role it needs no permission. What is there already has an empty one in a plan.
pub(super) fn allowed_by(role: &Value, source: Option<Text>) -> AllowedBy {
    let has_none = role.is_null() || role.as_str().is_some_and(|arn| arn.is_empty());
    if has_none { AllowedBy::Permission { source } } else { AllowedBy::Role }
}

/// The ARN of whatever is sent to an API.
pub(super) fn invocations(api: &Value, ty: &str, resources: &Resources) -> Option<Text> {
    resources.meant(ty, &api.text()?).map(of_api)
}

pub(super) fn of_api(api: &Resource) -> Text {
    let mut all = of(api, Attribute::Other("execution_arn".to_owned()));
    append(&mut all, Part::Literal("/*".to_owned()));
    all
}

pub(super) fn arn(of: &Resource) -> Text {
    self::of(of, Attribute::Arn)
}

/// The ARN of the resource that is named, if it is one of these.
pub(super) fn arn_of(field: &Field<Text>, ty: &str, resources: &Resources) -> Option<Text> {
    resources.meant(ty, field.value()?).map(arn)
}

fn of(resource: &Resource, attribute: Attribute) -> Text {
    Text(vec![Part::Of { address: resource.address.clone(), attribute }])
}
