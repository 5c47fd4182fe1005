//! Filters of what is polled, in each format.

use proptest::prelude::*;
use saphyr::LoadableYamlNode as _;

use super::{deployment, planned, rendered};
use crate::manifest::Manifest;
use crate::template::args::Format;
use crate::template::model::Trigger;

/// A function with this source, its settings and filters.
fn function(source: &str, settings: &str, filters: &[&str]) -> String {
    let filters = serde_json::to_string(filters).unwrap();
    format!(r#""trigger": {{"source": "{source}", "settings": {{{settings}, "filters": {filters}}}}}"#)
}

fn written(function: &str, format: Format) -> String {
    rendered(&planned(&[function], &[]), format)
}

const INSERTS: &str = r#"{"eventName":["INSERT"],"dynamodb":{"Keys":{"id":{"N":["1",{"prefix":"2"}]}}}}"#;

#[test]
fn each_polled_source_has_its_filters() {
    for (source, settings) in [
        ("sqs", r#""queue": "a""#),
        ("kinesis", r#""stream": "a""#),
        ("dynamodb", r#""table": "arn:aws:dynamodb:eu-west-1:123456789012:table/t/stream/1""#),
        ("kafka", r#""topic": "a", "cluster": "arn:aws:kafka:eu-west-1:123456789012:cluster/c/u""#),
        ("kafka", r#""topic": "a""#),
        ("activemq", r#""queue": "a""#),
    ] {
        let filters = [r#"{"a":["b"]}"#, r#"{"c":[1,null,true]}"#];
        let of = planned(&[&function(source, settings, &filters)], &[]);
        let Trigger::Mapping(mapping) = &of.functions[0].trigger else { panic!("{source}") };
        assert_eq!(mapping.filters, filters);
        for format in [Format::Sam, Format::CloudFormation] {
            let written = rendered(&of, format);
            let pattern = |filter: &str| format!("- Pattern: '{filter}'\n");
            let [first, second] = filters.map(pattern);
            let (first, second) = (written.find(&first), written.find(&second));
            assert!(first.is_some() && first < second, "{written}");
            assert_eq!(written.matches("FilterCriteria:").count(), 1);
        }
        let serverless = rendered(&of, Format::Serverless);
        let own = if source == "kafka" { "FilterCriteria:" } else { "filterPatterns:" };
        assert_eq!(serverless.matches(own).count(), 1, "{serverless}");
        let terraform = rendered(&of, Format::Terraform);
        assert_eq!(terraform.matches("filter_criteria {").count(), 1, "{terraform}");
        assert_eq!(terraform.matches("    filter {").count(), 2, "{terraform}");
    }
    let none = planned(&[r#""trigger": {"source": "sqs", "settings": {"queue": "a"}}"#], &[]);
    for format in [Format::Sam, Format::CloudFormation, Format::Serverless, Format::Terraform] {
        assert!(!rendered(&none, format).to_ascii_lowercase().contains("filter"));
    }
}

#[test]
fn a_filter_is_written_as_people_write_it() {
    let function = function("dynamodb", r#""table": "arn:aws:dynamodb:eu-west-1:1:table/t/stream/1""#, &[INSERTS]);
    let serverless = written(&function, Format::Serverless);
    let expected = "\
          filterPatterns:
            - dynamodb:
                Keys:
                  id:
                    \"N\":
                      - \"1\"
                      - prefix: \"2\"
              eventName:
                - INSERT
";
    assert!(serverless.contains(expected), "{serverless}");
    let terraform = written(&function, Format::Terraform);
    let expected = "\
  filter_criteria {
    filter {
      pattern = jsonencode({
        dynamodb = {
          Keys = {
            id = {
              N = [
                \"1\",
                {
                  prefix = \"2\"
                },
              ]
            }
          }
        }
        eventName = [\"INSERT\"]
      })
    }
  }
";
    assert!(terraform.contains(expected), "{terraform}");
}

/// The framework and `jsonencode` write 1.0 as 1, which are two values to Lambda.
#[test]
fn a_number_that_would_change_stays_in_a_text() {
    for filter in [r#"{"a":[1.0]}"#, r#"{"a":[1e3]}"#, r#"{"a":[9007199254740993]}"#, r#"{"a":[-0]}"#] {
        let function = function("sqs", r#""queue": "a""#, &[filter]);
        let text = filter.replace('"', "\\\"");
        assert!(written(&function, Format::Serverless).contains(&format!("- Pattern: '{filter}'\n")), "{filter}");
        assert!(written(&function, Format::Terraform).contains(&format!("pattern = \"{text}\"\n")), "{filter}");
    }
}

#[test]
fn nothing_in_a_filter_is_taken_for_a_reference() {
    let function =
        function("sqs", r#""queue": "a""#, &[r#"{"a":["${AWS::Region}","\\${self:service}"],"${b}":["%{c}"]}"#]);
    for format in [Format::Sam, Format::CloudFormation, Format::Serverless] {
        let of = written(&function, format);
        let line = of.lines().find(|line| line.contains(" Pattern: ")).unwrap();
        assert!(!line.contains("${") && line.contains("\\u0024{AWS::Region}"), "{line}");
    }
    // CloudFormation resolves these in any text.
    let dynamic = self::function("sqs", r#""queue": "a""#, &[r#"{"a":["{{resolve:ssm:b}}"]}"#]);
    for format in [Format::Sam, Format::CloudFormation, Format::Serverless] {
        let of = written(&dynamic, format);
        assert!(of.contains(r#"Pattern: '{"a":["{\u007bresolve:ssm:b}}"]}'"#), "{of}");
    }
    let named = self::function("sqs", r#""queue": "a""#, &[r#"{"a":{"Fn::Sub":["b"]}}"#]);
    assert!(written(&named, Format::Serverless).contains(r#"Pattern: '{"a":{"Fn::Sub":["b"]}}'"#));
    let terraform = written(&function, Format::Terraform);
    assert!(terraform.contains("\"$${AWS::Region}\",") && terraform.contains("\"$${b}\""), "{terraform}");
    assert!(terraform.contains("[\"%%{c}\"]"), "{terraform}");
}

#[test]
fn more_than_the_quota_is_said() {
    let filters: Vec<String> = (0..6).map(|number| format!(r#"{{"body":["{number}"]}}"#)).collect();
    let filters: Vec<&str> = filters.iter().map(String::as_str).collect();
    let notes =
        |filters: &[&str]| planned(&[&function("sqs", r#""queue": "a""#, filters)], &[]).functions.remove(0).notes;
    assert!(notes(&filters[..5]).is_empty());
    assert!(notes(&filters)[0].contains("6 filters"), "{:?}", notes(&filters));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    /// Whatever stands in a filter, Lambda is given JSON that is the same.
    #[test]
    fn a_filter_comes_out_as_it_went_in(text in any::<String>()) {
        let filter = serde_json::json!({"body": {text.clone(): [text, {"prefix": "\\${a}"}]}});
        let manifest = serde_json::json!({"version": 1, "functions": [{"name": "f", "package": "p",
            "trigger": {"source": "sqs", "settings": {"queue": "q", "filters": [filter.to_string()]}}}]}).to_string();
        let planned = deployment(&Manifest::parse(&manifest, "it").unwrap(), &[]);
        for format in [Format::CloudFormation, Format::Serverless] {
            let written = rendered(&planned, format);
            let read = saphyr::Yaml::load_from_str(&written).unwrap();
            let root = if format == Format::Serverless { read[0].as_mapping_get("resources").unwrap() } else { &read[0] };
            let keys = ["Resources", "FMapping", "Properties", "FilterCriteria", "Filters"];
            let filters = keys.iter().fold(root, |of, key| of.as_mapping_get(key).unwrap());
            let pattern = filters.as_sequence().unwrap()[0].as_mapping_get("Pattern").unwrap().as_str().unwrap();
            prop_assert_eq!(serde_json::from_str::<serde_json::Value>(pattern).unwrap(), filter.clone());
        }
    }
}
