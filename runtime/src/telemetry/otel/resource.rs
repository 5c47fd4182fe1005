//! What the traces are about: the conventions for [functions][faas] and for [clouds][cloud].
//!
//! [faas]: https://opentelemetry.io/docs/specs/semconv/resource/faas/
//! [cloud]: https://opentelemetry.io/docs/specs/semconv/resource/cloud/

use opentelemetry::KeyValue;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::resource::{EnvResourceDetector, TelemetryResourceDetector};

/// The function, as these variables of Lambda's describe it. What `OTEL_RESOURCE_ATTRIBUTES` and `OTEL_SERVICE_NAME` say
/// has precedence.
pub(crate) fn of(variable: impl Fn(&str) -> Option<String>) -> Resource {
    let variable = |name: &str| variable(name).filter(|text| !text.is_empty());
    let function = variable("AWS_LAMBDA_FUNCTION_NAME");
    let text = |key: &'static str, value: Option<String>| value.map(|value| KeyValue::new(key, value));
    // The convention counts in bytes, Lambda in MB of 2^20 bytes.
    let memory = variable("AWS_LAMBDA_FUNCTION_MEMORY_SIZE").and_then(|mb| mb.parse::<i64>().ok());
    let memory = memory.and_then(|mb| mb.checked_mul(1 << 20)).map(|bytes| KeyValue::new("faas.max_memory", bytes));
    let lambda = [
        function.is_some().then(|| KeyValue::new("cloud.provider", "aws")),
        function.is_some().then(|| KeyValue::new("cloud.platform", "aws_lambda")),
        text("cloud.region", variable("AWS_REGION")),
        text("faas.name", function.clone()),
        text("faas.version", variable("AWS_LAMBDA_FUNCTION_VERSION")),
        text("faas.instance", variable("AWS_LAMBDA_LOG_STREAM_NAME")),
        // What the standard says for one without a name.
        text("service.name", function.or_else(|| Some("unknown_service".to_owned()))),
        memory,
    ];
    let resource = Resource::builder_empty()
        .with_detector(Box::new(TelemetryResourceDetector))
        .with_attributes(lambda.into_iter().flatten())
        .with_detector(Box::new(EnvResourceDetector::new()));
    match variable("OTEL_SERVICE_NAME") {
        Some(name) => resource.with_service_name(name).build(),
        None => resource.build(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attributes(variables: &[(&str, &str)]) -> Vec<String> {
        let resource = of(|name| variables.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned()));
        let attribute = |(key, value): (&opentelemetry::Key, &opentelemetry::Value)| format!("{key}={value}");
        let mut attributes: Vec<_> =
            resource.iter().map(attribute).filter(|text| !text.starts_with("telemetry.sdk.")).collect();
        attributes.sort();
        attributes
    }

    #[test]
    fn a_function_is_described_by_lambdas_variables() {
        let found = attributes(&[
            ("AWS_LAMBDA_FUNCTION_NAME", "orders"),
            ("AWS_LAMBDA_FUNCTION_VERSION", "7"),
            ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128"),
            ("AWS_LAMBDA_LOG_STREAM_NAME", "2026/01/01/[7]1"),
            ("AWS_REGION", "us-east-2"),
        ]);
        let expected = [
            "cloud.platform=aws_lambda",
            "cloud.provider=aws",
            "cloud.region=us-east-2",
            "faas.instance=2026/01/01/[7]1",
            "faas.max_memory=134217728",
            "faas.name=orders",
            "faas.version=7",
            "service.name=orders",
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn a_name_is_there_in_any_case() {
        assert_eq!(attributes(&[]), ["service.name=unknown_service"]);
        let both = [("AWS_LAMBDA_FUNCTION_NAME", "orders"), ("OTEL_SERVICE_NAME", "shop")];
        assert!(attributes(&both).contains(&"service.name=shop".to_owned()));
    }
}
