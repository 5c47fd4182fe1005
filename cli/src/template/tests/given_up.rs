//! What becomes of events that fail, of sources that don't wait for an answer.

use super::{planned, rendered};
use crate::template::args::Format;
use crate::template::model::{Deployment, Function, Scope};

const SOURCES: [(&str, &str); 6] = [
    ("sns", r#""topic": "t""#),
    ("s3", r#""bucket": "b""#),
    ("eventbridge", r#""source": ["a"]"#),
    ("schedule", r#""expression": "rate(1 day)""#),
    ("cloudwatch_logs", r#""log_group": "/g""#),
    ("iot", r#""sql": "SELECT 1""#),
];

fn of(source: &str, settings: &str, rest: &str) -> Deployment {
    let function = format!(r#"{rest} "trigger": {{"source": "{source}", "settings": {{{settings}}}}}"#);
    planned(&[&function], &["--name=shop"])
}

/// What the role may send to.
fn sends_to(function: &Function) -> Vec<String> {
    let on = function.permissions.iter().filter(|permission| permission.actions == ["sqs:SendMessage"]);
    let on = on.flat_map(|permission| match &permission.on {
        Scope::Resources(resources) => resources.iter().map(ToString::to_string).collect(),
        Scope::Anything(_) => vec!["*".to_owned()],
    });
    on.collect()
}

/// Without what is only how it looks.
fn words(written: &str) -> String {
    written.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn what_nobody_waits_for_has_a_queue_of_failures() {
    for (source, settings) in SOURCES {
        let of = of(source, settings, "");
        let given_up = of.functions[0].given_up.as_ref().unwrap_or_else(|| panic!("{source}"));
        assert_eq!(given_up.on_failure.to_string(), "{arn of F0FailuresQueue}", "{source}");
        assert_eq!((given_up.maximum_retry_attempts, given_up.maximum_event_age), (None, None), "{source}");
        let queues: Vec<String> = of.failure_queues.iter().map(|queue| queue.name.to_string()).collect();
        assert_eq!(queues, ["shop-f0-failures-{stage}"], "{source}");
        assert_eq!(sends_to(&of.functions[0]), ["{arn of F0FailuresQueue}"], "{source}");
    }
}

#[test]
fn what_somebody_waits_for_has_none() {
    for source in ["invoke", "event", "http", "sqs", "kinesis", "activemq", "ses"] {
        let of = of(source, "", "");
        assert!(of.functions[0].given_up.is_none() && of.failure_queues.is_empty(), "{source}");
        assert_eq!(sends_to(&of.functions[0]), [""; 0], "{source}");
    }
}

#[test]
fn what_the_attribute_says_is_written_in_each_format() {
    for (source, settings) in SOURCES {
        let said = format!(r#"{settings}, "maximum_retry_attempts": 0, "maximum_event_age": 3600"#);
        let planned = of(source, &said, "");
        for (format, expected) in [
            (
                Format::Sam,
                "EventInvokeConfig: MaximumRetryAttempts: 0 MaximumEventAgeInSeconds: 3600 DestinationConfig: OnFailure: Type: \
                 SQS Destination: Fn::GetAtt: - F0FailuresQueue - Arn",
            ),
            (
                Format::CloudFormation,
                "Qualifier: \"$LATEST\" MaximumRetryAttempts: 0 MaximumEventAgeInSeconds: 3600 DestinationConfig: OnFailure: \
                 Destination: Fn::GetAtt: - F0FailuresQueue - Arn",
            ),
            (
                Format::Serverless,
                "maximumRetryAttempts: 0 maximumEventAge: 3600 destinations: onFailure: arn: Fn::GetAtt: - F0FailuresQueue \
                 - Arn type: sqs",
            ),
            (
                Format::Terraform,
                "function_name = aws_lambda_function.f0.function_name maximum_retry_attempts = 0 \
                 maximum_event_age_in_seconds = 3600 destination_config { on_failure { destination = \
                 aws_sqs_queue.f0_failures.arn } }",
            ),
        ] {
            let written = words(&rendered(&planned, format));
            assert!(written.contains(expected), "{source} {format:?}\n{written}");
        }
    }
}

/// What is not said is Lambda's own, which all deployers leave alone.
#[test]
fn what_the_attribute_leaves_out_is_left_out() {
    let planned = of("sns", r#""topic": "t""#, "");
    for format in [Format::Sam, Format::CloudFormation, Format::Serverless, Format::Terraform] {
        let written = rendered(&planned, format).to_lowercase().replace('_', "");
        assert!(!written.contains("maximumretry") && !written.contains("maximumeventage"), "{written}");
    }
}

/// Each alias has a configuration of its own; SAM and the Serverless Framework give it to the alias that they make.
#[test]
fn an_alias_that_is_invoked_has_the_configuration() {
    let planned = of("sns", r#""topic": "t""#, r#""provisioned_concurrency": 1,"#);
    let written = words(&rendered(&planned, Format::CloudFormation));
    let expected = "F0EventInvokeConfig: Type: AWS::Lambda::EventInvokeConfig Properties: FunctionName: Ref: F0Function \
                    Qualifier: live";
    assert!(written.contains(expected) && written.contains("DependsOn: F0Alias"), "{written}");
    let written = words(&rendered(&planned, Format::Terraform));
    let expected = "resource \"aws_lambda_function_event_invoke_config\" \"f0\" { function_name = \
                    aws_lambda_function.f0.function_name qualifier = aws_lambda_alias.f0.name";
    assert!(written.contains(expected), "{written}");
    let written = words(&rendered(&planned, Format::Sam));
    assert!(written.contains("AutoPublishAlias: live") && written.contains("EventInvokeConfig:"), "{written}");
}

/// Lambda refuses a destination that the role may not send to: the function waits for the policy, and the configuration
/// for the function.
#[test]
fn the_policy_comes_first_in_terraform() {
    let written = words(&rendered(&of("sns", r#""topic": "t""#, ""), Format::Terraform));
    assert!(written.contains("depends_on = [aws_iam_role_policy.f0]"), "{written}");
}

/// A second queue of that name would be refused.
#[test]
fn failures_that_a_function_takes_are_one_queue() {
    let sns = r#""trigger": {"source": "sns", "settings": {"topic": "t"}}"#;
    let kinesis = r#""trigger": {"source": "kinesis", "settings": {"stream": "s", "maximum_retry_attempts": 1}}"#;
    for gives_up in [sns, kinesis] {
        for (number, place) in [(0, 1), (1, 0)] {
            let queue = format!("shop-f{number}-failures");
            let takes = format!(r#""timeout": 5, "trigger": {{"source": "sqs", "settings": {{"queue": "{queue}"}}}}"#);
            let mut functions = [gives_up; 2];
            functions[place] = &takes;
            let of = planned(&functions, &["--name=shop"]);
            assert!(of.failure_queues.is_empty(), "{queue}");
            assert_eq!(of.queues.len(), 1, "{queue}");
            assert_eq!(of.queues[0].visibility_timeout, 30, "{queue}");
            assert_eq!(sends_to(&of.functions[number]), [format!("{{arn of {}Queue}}", of.queues[0].id)]);
            let written = words(&rendered(&of, Format::CloudFormation));
            assert!(written.contains("VisibilityTimeout: 30 MessageRetentionPeriod: 1209600"), "{written}");
            // One that is there has the name as it is.
            let there = planned(&functions, &["--name=shop", &format!("--existing=queue:{queue}")]);
            assert!(there.failure_queues.is_empty() && there.queues.is_empty(), "{queue}");
            let arn = format!("arn:{{partition}}:sqs:{{region}}:{{account}}:{queue}");
            assert_eq!(sends_to(&there.functions[number]), [arn]);
        }
    }
}
