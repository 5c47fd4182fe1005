//! Configurations of each format, and what is invoked that they have to be for.

use std::rc::Rc;

use serde_json::json;

use crate::check::observed::{Field, Observed, Target, Text};
use crate::check::read::{Source, cloudformation, serverless, terraform};

fn source(name: &str, text: &str) -> Source {
    Source { name: Rc::from(name), text: text.to_owned() }
}

fn template(text: &str) -> Observed {
    cloudformation::read(&source("template.yaml", text), &[]).unwrap()
}

fn service(text: &str) -> Observed {
    serverless::read(&source("serverless.yml", text), &[]).unwrap()
}

fn module(text: &str) -> Observed {
    terraform::read_module(&[source("main.tf", text)], &[]).unwrap()
}

fn target(target: &Target) -> String {
    match target {
        Target::Function(function) => function.clone(),
        Target::Qualified { function, qualifier } => format!("{function}:{qualifier}"),
        Target::Elsewhere => "elsewhere".to_owned(),
    }
}

fn told(field: &Field<Text>) -> String {
    match field {
        Field::Absent => "nothing".to_owned(),
        Field::Unknown(_) => "?".to_owned(),
        Field::Default(text) | Field::Known(text, _) => text.to_string(),
    }
}

/// For what, attempts, age, and what is told.
fn configs(observed: &Observed) -> Vec<String> {
    let number = |field: &Field<u64>| match field {
        Field::Default(number) => format!("({number})"),
        field => field.value().map_or_else(|| "?".to_owned(), u64::to_string),
    };
    let config = |config: &crate::check::observed::EventInvokeConfig| {
        let (attempts, age) = (number(&config.maximum_retry_attempts), number(&config.maximum_event_age));
        format!("{} {attempts} {age} {}", target(&config.function), told(&config.on_failure))
    };
    observed.event_invoke_configs.iter().map(config).collect()
}

fn invoked(observed: &Observed) -> Vec<String> {
    observed.triggers.iter().map(|triggered| target(&triggered.function)).collect()
}

/// The actions that the first function's role may take on what, where its deployer writes them.
fn generated(observed: &Observed) -> Vec<String> {
    let statements = observed.functions[0].permissions.statements.iter().filter(|statement| statement.is_generated);
    let all = statements.flat_map(|statement| {
        let actions = statement.actions.iter().filter_map(Field::value);
        actions.map(|action| format!("{action} on {}", statement.resources.iter().map(told).collect::<String>()))
    });
    all.filter(|one| !one.starts_with("logs:")).collect()
}

#[test]
fn cloudformation_has_a_resource_for_each_alias() {
    let observed = template(
        "\
Parameters: {Alias: {Type: String}, Old: {Type: String, Default: old}}
Resources:
  F: {Type: AWS::Lambda::Function, Properties: {FunctionName: f, DeadLetterConfig: {TargetArn: !GetAtt Q.Arn}}}
  V: {Type: AWS::Lambda::Version, Properties: {FunctionName: !Ref F}}
  A: {Type: AWS::Lambda::Alias, Properties: {FunctionName: !Ref F, FunctionVersion: !GetAtt V.Version, Name: live}}
  One: {Type: AWS::Lambda::EventInvokeConfig, Properties: {FunctionName: !Ref F, Qualifier: $LATEST, MaximumRetryAttempts: 0, DestinationConfig: {OnFailure: {Destination: !GetAtt Q.Arn}}}}
  Two: {Type: AWS::Lambda::EventInvokeConfig, Properties: {FunctionName: !GetAtt F.Arn, Qualifier: live, MaximumEventAgeInSeconds: '60'}}
  Three: {Type: AWS::Lambda::EventInvokeConfig, Properties: {FunctionName: f, Qualifier: !GetAtt V.Version, DestinationConfig: !ImportValue config}}
  Four: {Type: AWS::Lambda::EventInvokeConfig, Properties: {FunctionName: f, Qualifier: !Ref Alias, DestinationConfig: {OnFailure: {Destination: !ImportValue queue}}}}
  Five: {Type: AWS::Lambda::EventInvokeConfig, Properties: {FunctionName: f, Qualifier: !Ref Old, DestinationConfig: {OnSuccess: {Destination: !GetAtt Q.Arn}}}}
  Six: {Type: AWS::Lambda::EventInvokeConfig, Properties: {FunctionName: !ImportValue other, Qualifier: $LATEST}}
  Q: {Type: AWS::SQS::Queue}
  Topic:
    Type: AWS::SNS::Topic
    Properties:
      Subscription:
        - {Protocol: lambda, Endpoint: !GetAtt F.Arn}
        - {Protocol: lambda, Endpoint: !Ref A}
        - {Protocol: lambda, Endpoint: !Ref V}
        - {Protocol: lambda, Endpoint: !Sub '${F.Arn}:live'}
        - {Protocol: lambda, Endpoint: !Sub '${F.Arn}:${Alias}'}
        - {Protocol: lambda, Endpoint: !Sub 'arn:aws:lambda:${AWS::Region}:${AWS::AccountId}:function:f:old'}
        - {Protocol: lambda, Endpoint: 'arn:aws:lambda:eu-west-1:1:function:f:$LATEST'}
",
    );
    let queue = "{ARN of Q}";
    let alias = |observed: &Observed| target(&observed.event_invoke_configs[3].function);
    assert_eq!(
        configs(&observed),
        [
            format!("F 0 (21600) {queue}"),
            "F:live (2) 60 nothing".to_owned(),
            "F:{Version of V} (2) (21600) ?".to_owned(),
            format!("{} (2) (21600) Fn::ImportValue(queue)", alias(&observed)),
            "F:old (2) (21600) nothing".to_owned(),
            "elsewhere (2) (21600) nothing".to_owned(),
        ]
    );
    let expected = ["F", "F:live", "F:{Version of V}", "F:live", &alias(&observed), "F:old", "F"];
    assert_eq!(invoked(&observed), expected);
    assert_eq!(told(&observed.functions[0].dead_letters), queue);
}

#[test]
fn sam_gives_it_to_the_alias_that_it_makes() {
    let read = |properties: &str, rest: &str| {
        template(&format!(
            "\
Transform: AWS::Serverless-2016-10-31
{rest}
Resources:
  Q: {{Type: AWS::SQS::Queue}}
  F:
    Type: AWS::Serverless::Function
    Properties:
      Events: {{T: {{Type: SNS, Properties: {{Topic: 'arn:aws:sns:eu-west-1:1:t'}}}}}}
      {properties}
  Rule: {{Type: AWS::Events::Rule, Properties: {{EventPattern: {{source: [a]}}, Targets: [{{Arn: !Ref F.Alias}}, {{Arn: !GetAtt F.Arn}}]}}}}
"
        ))
    };
    let to = "EventInvokeConfig: {MaximumRetryAttempts: 1, DestinationConfig: {OnFailure: {Type: SQS, Destination: !GetAtt Q.Arn}}}";
    let plain = read(to, "");
    assert_eq!(configs(&plain), ["F 1 (21600) {ARN of Q}"]);
    assert_eq!(generated(&plain), ["sqs:SendMessage on {ARN of Q}"]);
    let published = read(&format!("AutoPublishAlias: live\n      {to}"), "");
    assert_eq!(configs(&published), ["F:live 1 (21600) {ARN of Q}"]);
    assert_eq!(invoked(&published), ["F:live", "F:live", "F"]);
    let of_all = read("Timeout: 3", &format!("Globals: {{Function: {{AutoPublishAlias: live, {to}}}}}"));
    assert_eq!(configs(&of_all), ["F:live 1 (21600) {ARN of Q}"]);
    // What SAM makes for it is there.
    let made = read("EventInvokeConfig: {DestinationConfig: {OnFailure: {Type: SNS}}}", "");
    assert_eq!(configs(&made), ["F (2) (21600) {ARN of F.DestinationTopic}"]);
    let letters = read("DeadLetterQueue: {Type: SNS, TargetArn: 'arn:aws:sns:eu-west-1:1:dead'}", "");
    assert_eq!(told(&letters.functions[0].dead_letters), "arn:aws:sns:eu-west-1:1:dead");
    assert_eq!(generated(&letters), ["sns:Publish on arn:aws:sns:eu-west-1:1:dead"]);
    assert_eq!(configs(&letters), [""; 0]);
}

#[test]
fn the_serverless_framework_has_it_for_the_function_or_its_alias() {
    let read = |function: &str| {
        service(&format!(
            "\
service: s
provider: {{name: aws, runtime: provided.al2023}}
functions:
  f:
    handler: f
    {function}
    events:
      - sns: t
  other: {{handler: other}}
resources:
  Resources:
    Q: {{Type: AWS::SQS::Queue}}
    R: {{Type: AWS::IAM::Role, Properties: {{Policies: []}}}}
    Rule: {{Type: AWS::Events::Rule, Properties: {{EventPattern: {{source: [a]}}, Targets: [{{Arn: !Ref FProvConcLambdaAlias}}, {{Arn: !GetAtt FLambdaFunction.Arn}}]}}}}
"
        ))
    };
    let f = |rest: &str| format!("functions.f{rest}");
    let cases = [
        (
            "destinations: {onFailure: {type: sqs, arn: !GetAtt Q.Arn}}",
            "(2) (21600) {ARN of Q}",
            "sqs:SendMessage on {ARN of Q}",
        ),
        (
            "destinations: {onFailure: 'arn:aws:sns:eu-west-1:1:t'}",
            "(2) (21600) arn:aws:sns:eu-west-1:1:t",
            "sns:Publish on arn:aws:sns:eu-west-1:1:t",
        ),
        (
            "destinations: {onFailure: 'arn:aws:events:eu-west-1:1:event-bus/b'}",
            "(2) (21600) arn:aws:events:eu-west-1:1:event-bus/b",
            "events:PutEvents on arn:aws:events:eu-west-1:1:event-bus/b",
        ),
        (
            "destinations: {onFailure: other}",
            "(2) (21600) {ARN of functions.other}",
            "lambda:InvokeFunction on {ARN of functions.other}",
        ),
        (
            "destinations: {onSuccess: other}",
            "(2) (21600) nothing",
            "lambda:InvokeFunction on {ARN of functions.other}",
        ),
        ("destinations: ${file(other.yml)}", "(2) (21600) ?", ""),
        ("maximumRetryAttempts: 0", "0 (21600) nothing", ""),
        ("maximumEventAge: 60", "(2) 60 nothing", ""),
    ];
    for (function, expected, allowed) in cases {
        let observed = read(function);
        assert_eq!(configs(&observed), [f(&format!(" {expected}"))], "{function}");
        let allowed: Vec<&str> = [allowed].into_iter().filter(|allowed| !allowed.is_empty()).collect();
        assert_eq!(generated(&observed), allowed, "{function}");
    }
    assert_eq!(configs(&read("memorySize: 128")), [""; 0]);
    let ready = read("maximumEventAge: 60\n    provisionedConcurrency: 1");
    assert_eq!(configs(&ready), [f(":provisioned (2) 60 nothing")]);
    assert_eq!(invoked(&ready), [f(":provisioned"), f(""), f(":provisioned")]);
    // With a role of its own, the role has to allow it.
    let own = read("destinations: {onFailure: {type: sqs, arn: !GetAtt Q.Arn}}\n    role: R");
    assert_eq!(generated(&own), [""; 0]);
    assert_eq!(told(&read("onError: !GetAtt Q.Arn").functions[0].dead_letters), "{ARN of Q}");
}

#[test]
fn terraform_has_a_resource_for_each_alias() {
    let observed = module(
        r#"
variable "open" {}
resource "aws_sqs_queue" "q" { name = "q" }
resource "aws_lambda_function" "f" {
  function_name = "f"
  role          = "r"
  dead_letter_config { target_arn = aws_sqs_queue.q.arn }
}
resource "aws_lambda_alias" "live" {
  name             = "live"
  function_name    = aws_lambda_function.f.function_name
  function_version = aws_lambda_function.f.version
}
resource "aws_lambda_function_event_invoke_config" "latest" {
  function_name          = aws_lambda_function.f.function_name
  maximum_retry_attempts = 0
  destination_config {
    on_failure { destination = aws_sqs_queue.q.arn }
  }
}
resource "aws_lambda_function_event_invoke_config" "live" {
  function_name                = aws_lambda_alias.live.function_name
  qualifier                    = aws_lambda_alias.live.name
  maximum_event_age_in_seconds = 60
  destination_config {
    on_success { destination = aws_sqs_queue.q.arn }
  }
}
resource "aws_lambda_function_event_invoke_config" "named" {
  function_name = "f"
  qualifier     = "$LATEST"
  destination_config {
    on_failure { destination = var.open }
  }
}
resource "aws_lambda_function_event_invoke_config" "open" {
  function_name = "f"
  qualifier     = var.open
}
resource "aws_lambda_function_event_invoke_config" "elsewhere" {
  function_name = var.open
}
"#,
    );
    let f = |rest: &str| format!("aws_lambda_function.f{rest}");
    let (open, to) = (&observed.event_invoke_configs[3], &observed.event_invoke_configs[2].on_failure);
    assert_eq!(
        configs(&observed),
        [
            f(" 0 (21600) {ARN of aws_sqs_queue.q}"),
            f(":live (2) 60 nothing"),
            f(&format!(" (2) (21600) {}", told(to))),
            format!("{} (2) (21600) nothing", target(&open.function)),
            "elsewhere (2) (21600) nothing".to_owned(),
        ]
    );
    assert!(matches!(&open.function, Target::Qualified { qualifier, .. } if qualifier.known().is_none()));
    assert_eq!(told(&observed.functions[0].dead_letters), "{ARN of aws_sqs_queue.q}");
    assert_eq!(told(&module(r#"resource "aws_lambda_function" "f" {}"#).functions[0].dead_letters), "nothing");
}

#[test]
fn a_plan_says_what_a_module_says() {
    let of = |ty: &str, name: &str, values: serde_json::Value, expressions: serde_json::Value| {
        let address = format!("{ty}.{name}");
        (
            json!({"address": address, "mode": "managed", "type": ty, "name": name, "values": values}),
            json!({"address": address, "mode": "managed", "type": ty, "name": name, "expressions": expressions}),
        )
    };
    let refers = |to: &str| json!({"references": [to, to.rsplit_once('.').map(|(of, _)| of)]});
    let config = "aws_lambda_function_event_invoke_config";
    let (planned, configured): (Vec<_>, Vec<_>) = [
        of("aws_sqs_queue", "q", json!({"name": "q"}), json!({"name": {"constant_value": "q"}})),
        of(
            "aws_lambda_function",
            "f",
            json!({"function_name": "f", "dead_letter_config": []}),
            json!({"function_name": {"constant_value": "f"}}),
        ),
        of(
            config,
            "new",
            json!({"function_name": "f", "qualifier": null, "maximum_retry_attempts": 1,
                   "maximum_event_age_in_seconds": null, "destination_config": [{"on_failure": [{}], "on_success": []}]}),
            json!({"function_name": refers("aws_lambda_function.f.function_name"),
                   "destination_config": [{"on_failure": [{"destination": refers("aws_sqs_queue.q.arn")}]}]}),
        ),
        of(
            config,
            "old",
            json!({"function_name": "f", "qualifier": "live", "maximum_retry_attempts": 2,
                   "maximum_event_age_in_seconds": 0, "destination_config": []}),
            json!({"function_name": {"constant_value": "f"}}),
        ),
    ]
    .into_iter()
    .unzip();
    let unknown = json!({"destination_config": [{"on_failure": [{"destination": true}], "on_success": []}]});
    let change = json!({"actions": ["create"], "after": planned[2]["values"], "after_unknown": unknown});
    let text = json!({
        "format_version": "1.2", "terraform_version": "1.9.0",
        "resource_changes": [{"address": format!("{config}.new"), "change": change}],
        "planned_values": {"root_module": {"resources": planned}},
        "configuration": {"root_module": {"resources": configured}},
    });
    let observed = terraform::read_plan(&source("plan.json", &text.to_string())).unwrap();
    assert_eq!(
        configs(&observed),
        ["aws_lambda_function.f 1 (21600) {ARN of aws_sqs_queue.q}", "aws_lambda_function.f:live 2 (21600) nothing",]
    );
    assert_eq!(told(&observed.functions[0].dead_letters), "nothing");
}

/// What it is, its permission depends on.
#[test]
fn topics_buses_and_buckets_can_be_told() {
    let found = |observed: &Observed| -> Vec<String> {
        let mut all: Vec<String> = observed
            .destinations
            .iter()
            .map(|one| {
                let fifo = if one.is_fifo.value() == Some(&true) { " FIFO" } else { "" };
                format!("{} {}{fifo}", one.service, one.address)
            })
            .collect();
        all.sort();
        all
    };
    let resources = "\
Resources:
  T: {Type: AWS::SNS::Topic, Properties: {FifoTopic: true}}
  E: {Type: AWS::Events::EventBus, Properties: {Name: e}}
  B: {Type: AWS::S3::Bucket}
  R: {Type: AWS::IAM::Role}
";
    assert_eq!(found(&template(resources)), ["events E", "s3 B", "sns T FIFO"]);
    let indented = resources.replace('\n', "\n  ");
    let text = format!("service: s\nprovider: {{name: aws}}\nfunctions: {{}}\nresources:\n  {indented}\n");
    assert_eq!(found(&service(&text)), ["events E", "s3 B", "sns T FIFO"]);
    let text = r#"
resource "aws_sns_topic" "t" { fifo_topic = true }
resource "aws_cloudwatch_event_bus" "e" { name = "e" }
resource "aws_s3_bucket" "b" {}
resource "aws_iam_role" "r" {}
"#;
    let expected = ["events aws_cloudwatch_event_bus.e", "s3 aws_s3_bucket.b", "sns aws_sns_topic.t FIFO"];
    assert_eq!(found(&module(text)), expected);
}
