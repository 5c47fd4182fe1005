//! What becomes of events that fail:
//! <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/lambda_function_event_invoke_config>.

use super::or;
use super::target::qualified_target;
use crate::check::observed::{EventInvokeConfig, Field, Target};
use crate::check::read::event_invoke_config::{AGE, RETRIES};
use crate::check::read::terraform::resources::{Resource, Resources, argument, block};
use crate::check::read::terraform::value::Value;

pub(super) fn all(resources: &Resources) -> Vec<EventInvokeConfig> {
    resources.of("aws_lambda_function_event_invoke_config").map(|of| config(of, resources)).collect()
}

fn config(resource: &Resource, resources: &Resources) -> EventInvokeConfig {
    let number = |name: &str, default| or(resource.get(name).field(Value::unsigned), default);
    let age = match number("maximum_event_age_in_seconds", AGE) {
        // In a plan what is not written may be 0.
        Field::Known(0, _) => Field::Default(AGE),
        age => age,
    };
    let on_failure = resource.block("destination_config").and_then(|config| block(&config, "on_failure"));
    EventInvokeConfig {
        place: resource.place(),
        function: qualified_target(resource, resources).unwrap_or(Target::Elsewhere),
        maximum_retry_attempts: number("maximum_retry_attempts", RETRIES),
        maximum_event_age: age,
        on_failure: on_failure.map_or(Field::Absent, |to| resources.text(&argument(&to, "destination"))),
    }
}
