//! What invokes functions without HTTP.

use super::{line, observed};
use crate::check::observed::{Field, Polled, Trigger};
use crate::check::read::text;

#[test]
fn each_kind_of_trigger_is_found_with_its_settings() {
    let observed = observed(
        "\
Resources:
  F: {Type: AWS::Serverless::Function, Properties: {AutoPublishAlias: live}}
  Rule:
    Type: AWS::Events::Rule
    Properties:
      State: DISABLED
      ScheduleExpression: rate(1 day)
      Targets: [{Arn: !Ref F.Alias, Id: a}, {Arn: !GetAtt Q.Arn, Id: b}]
  Pattern:
    Type: AWS::Events::Rule
    Properties:
      EventPattern: {source: [a], detail-type: [{prefix: b}], account: ['1']}
      Targets: [{Arn: !Ref FAliaslive, Id: a}]
  Timer:
    Type: AWS::Scheduler::Schedule
    Properties: {ScheduleExpression: at(2030-01-01T00:00:00), State: ENABLED, Target: {Arn: !GetAtt F.Arn}}
  Topic:
    Type: AWS::SNS::Topic
    Properties: {Subscription: [{Protocol: lambda, Endpoint: !GetAtt F.Arn}, {Protocol: email, Endpoint: a}]}
  Lines:
    Type: AWS::Logs::SubscriptionFilter
    Properties: {LogGroupName: /a, FilterPattern: ERROR, DestinationArn: !GetAtt F.Arn}
  Q: {Type: AWS::SQS::Queue}
",
    );
    let found: Vec<_> = observed
        .triggers
        .iter()
        .map(|triggered| {
            assert_eq!(triggered.function.address(), Some("F"));
            let said = match &triggered.by {
                Trigger::Schedule { expression, enabled, .. } => {
                    format!("{} {:?}", expression.value().unwrap(), enabled.value())
                }
                Trigger::Rule { bus, sources, detail_types, has_more } => {
                    let bus = text::written(bus.value().unwrap());
                    format!("{bus} {:?} {} {has_more}", sources.value(), detail_types.is_unknown())
                }
                Trigger::Topic { topic } => text::written(topic.value().unwrap()),
                Trigger::LogGroup { filter, .. } => filter.value().unwrap().clone(),
                other => format!("{other:?}"),
            };
            (said, line(&triggered.place))
        })
        .collect();
    let expected = [
        ("rate(1 day) Some(false)", 3),
        ("default Some([\"a\"]) true true", 9),
        ("at(2030-01-01T00:00:00) Some(true)", 14),
        ("${Topic.Arn}", 19),
        ("ERROR", 20),
    ];
    assert_eq!(found, expected.map(|(said, line)| (said.to_owned(), line)));
}

#[test]
fn a_broker_with_virtual_hosts_is_no_activemq() {
    let kind = |engine: &str, access: &str| {
        let text = format!(
            "Resources:\n  B: {{Type: AWS::AmazonMQ::Broker{engine}}}\n  M: {{Type: AWS::Lambda::EventSourceMapping, Properties: \
             {{EventSourceArn: !GetAtt B.Arn, FunctionName: f, Queues: [a], SourceAccessConfigurations: [{{Type: \
             {access}}}]}}}}\n"
        );
        let observed = observed(&text);
        assert_eq!(observed.mappings[0].batch_size, Field::Default(100));
        observed.mappings[0].kind
    };
    assert_eq!(kind("", "BASIC_AUTH"), Some(Polled::ActiveMq));
    assert_eq!(kind("", "VIRTUAL_HOST"), Some(Polled::Other));
    assert_eq!(kind(", Properties: {EngineType: RABBITMQ}", "BASIC_AUTH"), Some(Polled::Other));
}
