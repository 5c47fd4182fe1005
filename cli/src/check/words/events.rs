//! What becomes of events that fail.

use super::{Language, Setting};
use crate::check::observed::{Place, Target};

/// A setting of events; where no configuration is written yet, with what it belongs into.
pub(crate) fn event_setting(setting: &Setting, place: &Place, value: u64, has_config: bool) -> String {
    let written = setting.plain(place, value);
    match (has_config, Language::of(place)) {
        (true, _) | (false, Language::Serverless) => written,
        (false, Language::CloudFormation) => {
            format!("{written} in an `AWS::Lambda::EventInvokeConfig`, or in SAM's `EventInvokeConfig`")
        }
        (false, Language::Terraform) => format!("{written} in an `aws_lambda_function_event_invoke_config`"),
    }
}

/// What is told of events that are given up.
pub(crate) fn failure_destination(place: &Place) -> String {
    let to = "to a queue, which the role may send to";
    match Language::of(place) {
        Language::CloudFormation => format!(
            "`DestinationConfig: {{ OnFailure: {{ Destination: … }} }}` in an `AWS::Lambda::EventInvokeConfig`, or in SAM's \
             `EventInvokeConfig` with `Type: SQS` beside it, {to}"
        ),
        Language::Serverless => format!("`destinations: {{ onFailure: {{ type: sqs, arn: … }} }}`, {to}"),
        Language::Terraform => format!(
            "an `aws_lambda_function_event_invoke_config` with `destination_config {{ on_failure {{ destination = … }} }}`, \
             {to}"
        ),
    }
}

/// A configuration for this alias, or for none. Those of SAM and the Serverless Framework are for the alias that they make.
pub(crate) fn qualifier(place: &Place, target: &Target) -> String {
    const QUALIFIER: Setting = Setting("Qualifier", "Qualifier", "qualifier");
    let qualifier = target.qualifier().map(ToString::to_string);
    match (Language::of(place), qualifier) {
        (Language::Terraform, Some(alias)) => QUALIFIER.text(place, &alias),
        (Language::Terraform, None) => format!("without `{}`", QUALIFIER.name(place)),
        (_, alias) => {
            let written = QUALIFIER.text(place, alias.as_deref().unwrap_or("$LATEST"));
            format!("an `AWS::Lambda::EventInvokeConfig` with {written}")
        }
    }
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use super::*;
    use crate::check::observed::{Part, Text};
    use crate::check::words::EVENT_RETRIES;

    #[test]
    fn what_to_write_is_written_as_the_format_has_it() {
        let place =
            |file: &str, path: &str| Place { file: Rc::from(file), line: None, column: None, path: path.to_owned() };
        let places =
            [place("template.yaml", "Resources.F"), place("serverless.yml", "functions.f"), place("a.tf", "aws_x.f")];
        let each = |words: &dyn Fn(&Place) -> String| places.iter().map(words).collect::<Vec<_>>();
        assert_eq!(
            each(&|place| event_setting(&EVENT_RETRIES, place, 0, false)),
            [
                "`MaximumRetryAttempts: 0` in an `AWS::Lambda::EventInvokeConfig`, or in SAM's `EventInvokeConfig`",
                "`maximumRetryAttempts: 0`",
                "`maximum_retry_attempts = 0` in an `aws_lambda_function_event_invoke_config`",
            ]
        );
        assert_eq!(
            each(&|place| event_setting(&EVENT_RETRIES, place, 0, true)),
            ["`MaximumRetryAttempts: 0`", "`maximumRetryAttempts: 0`", "`maximum_retry_attempts = 0`"]
        );
        let named =
            ["AWS::Lambda::EventInvokeConfig", "type: sqs", "destination_config { on_failure { destination = … } }"];
        for (written, name) in each(&failure_destination).iter().zip(named) {
            assert!(written.contains(name), "{written}");
        }
        let function = || Target::Function("F".to_owned());
        assert_eq!(
            each(&|place| qualifier(place, &function())),
            [
                "an `AWS::Lambda::EventInvokeConfig` with `Qualifier: $LATEST`",
                "an `AWS::Lambda::EventInvokeConfig` with `Qualifier: $LATEST`",
                "without `qualifier`",
            ]
        );
        let live = || function().qualified(Some(Text(vec![Part::Literal("live".to_owned())])));
        assert_eq!(
            each(&|place| qualifier(place, &live())),
            [
                "an `AWS::Lambda::EventInvokeConfig` with `Qualifier: live`",
                "an `AWS::Lambda::EventInvokeConfig` with `Qualifier: live`",
                "`qualifier = \"live\"`",
            ]
        );
    }
}
