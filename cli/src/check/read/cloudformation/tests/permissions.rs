//! What roles may do.

use super::{line, observed};
use crate::check::observed::{Field, Observed, Polled};
use crate::check::read::text;

/// What a function may do, as `action on address`.
pub(super) fn actions(observed: &Observed, number: usize) -> Vec<(String, bool)> {
    let statements = observed.functions[number].permissions.statements.iter();
    statements
        .flat_map(|statement| {
            statement.actions.iter().map(|action| {
                let on = statement.resources.first().and_then(Field::value).map(text::written).unwrap_or_default();
                (format!("{} on {on}", action.value().unwrap()), statement.is_generated)
            })
        })
        .collect()
}

#[test]
fn a_role_has_its_own_policies_and_those_attached_to_it() {
    let observed = observed(
        "\
Resources:
  F: {Type: AWS::Lambda::Function, Properties: {Role: !GetAtt Role.Arn}}
  Role:
    Type: AWS::IAM::Role
    Properties:
      RoleName: worker
      ManagedPolicyArns:
        - !Sub 'arn:${AWS::Partition}:iam::aws:policy/service-role/AWSLambdaSQSQueueExecutionRole'
        - !Ref Own
      Policies: [{PolicyName: a, PolicyDocument: {Statement: {Effect: Allow, Action: a:A, Resource: '*'}}}]
  Own:
    Type: AWS::IAM::ManagedPolicy
    Properties: {PolicyDocument: {Statement: [{Effect: Allow, Action: [b:B], Resource: !GetAtt T.Arn}]}}
  Apart:
    Type: AWS::IAM::RolePolicy
    Properties:
      RoleName: worker
      PolicyDocument: {Statement: [{Effect: Deny, NotAction: [c:C], Resource: 'x', Condition: {}}]}
  Table:
    Type: AWS::IAM::Policy
    Properties:
      Roles: [!Ref Role, other]
      PolicyDocument:
        Statement:
          - Effect: Allow
            Action: dynamodb:PutItem
            Resource: !Sub 'arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/${T}'
  T: {Type: AWS::DynamoDB::Table}
",
    );
    let permissions = &observed.functions[0].permissions;
    assert!(permissions.unread.is_none());
    assert_eq!(line(permissions.place.as_ref().unwrap()), 3);
    let all = actions(&observed, 0);
    for (action, is_generated) in [
        ("a:A on *", false),
        ("logs:PutLogEvents on *", true),
        ("sqs:ReceiveMessage on *", true),
        ("b:B on ${T.Arn}", false),
        ("dynamodb:PutItem on ${T.Arn}", false),
    ] {
        assert!(all.contains(&(action.to_owned(), is_generated)), "{action} {all:?}");
    }
    let denied = permissions.statements.iter().find(|statement| !statement.is_allow).unwrap();
    assert!(denied.has_condition && denied.actions.is_empty() && denied.not_actions.len() == 1);
    assert_eq!(line(&denied.place), 18);
}

#[test]
fn a_policy_that_is_made_elsewhere_is_not_known() {
    let role = |policies: &str| {
        let text = format!(
            "Resources:\n  F: {{Type: AWS::Lambda::Function, Properties: {{Role: !GetAtt R.Arn}}}}\n  R:\n    Type: \
             AWS::IAM::Role\n    Properties: {{{policies}}}\n"
        );
        observed(&text).functions[0].permissions.unread.is_some()
    };
    assert!(!role("ManagedPolicyArns: ['arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole']"));
    assert!(role("ManagedPolicyArns: ['arn:aws:iam::123456789012:policy/mine']"));
    assert!(role("ManagedPolicyArns: ['arn:aws:iam::123456789012:policy/AWSLambdaBasicExecutionRole']"));
    assert!(role(
        "ManagedPolicyArns: [!Sub 'arn:${AWS::Partition}:iam::${AWS::AccountId}:policy/AdministratorAccess']"
    ));
    assert!(role("ManagedPolicyArns: [!ImportValue mine]"));
    assert!(role("Policies: [!ImportValue mine]"));
    assert!(role("Policies: [{PolicyName: a, PolicyDocument: !Ref B}]"));
}

#[test]
fn sam_s_policies_are_spelled_out() {
    let observed = observed(
        "\
Resources:
  F:
    Type: AWS::Serverless::Function
    Properties:
      VpcConfig: {SubnetIds: [a]}
      Policies:
        - AmazonSQSFullAccess
        - SQSPollerPolicy: {QueueName: !GetAtt Q.QueueName}
        - DynamoDBCrudPolicy: {TableName: !Ref T}
        - SSMParameterReadPolicy: {ParameterName: a/b}
        - AWSSecretsManagerGetSecretValuePolicy: {SecretArn: !Ref S}
        - Statement: [{Effect: Allow, Action: own:Own, Resource: '*'}]
  More:
    Type: AWS::IAM::Policy
    Properties:
      Roles: [!Ref FRole]
      PolicyDocument: {Statement: [{Effect: Allow, Action: more:More, Resource: '*'}]}
  Q: {Type: AWS::SQS::Queue}
  T: {Type: AWS::Serverless::SimpleTable}
  S: {Type: AWS::SecretsManager::Secret}
",
    );
    let all = actions(&observed, 0);
    for (action, is_generated) in [
        ("sqs:* on *", true),
        ("sqs:ReceiveMessage on ${Q.Arn}", true),
        ("dynamodb:PutItem on ${T.Arn}", true),
        ("ssm:GetParameters on arn:${AWS::Partition}:ssm:${AWS::Region}:${AWS::AccountId}:parameter/a/b", true),
        ("secretsmanager:GetSecretValue on ${S.Arn}", true),
        ("own:Own on *", false),
        ("more:More on *", false),
        ("ec2:CreateNetworkInterface on *", true),
        ("logs:CreateLogGroup on *", true),
    ] {
        assert!(all.contains(&(action.to_owned(), is_generated)), "{action} {all:?}");
    }
    assert!(observed.functions[0].permissions.unread.is_none());
    assert_eq!(observed.tables[0].partition_key, Field::Default("id".to_owned()));
    let unknown = "Resources: {F: {Type: AWS::Serverless::Function, Properties: {Policies: [{OtherPolicy: {A: b}}]}}}";
    assert!(super::observed(unknown).functions[0].permissions.unread.is_some());
}

#[test]
fn sam_adds_what_events_and_destinations_take() {
    let observed = observed(
        "\
Resources:
  F:
    Type: AWS::Serverless::Function
    Properties:
      DeadLetterQueue: {Type: SNS, TargetArn: !Ref Topic}
      EventInvokeConfig: {DestinationConfig: {OnSuccess: {Type: SQS, Destination: !GetAtt Q.Arn}}}
      Events:
        Mail: {Type: MQ, Properties: {Broker: broker, Queues: [a], SourceAccessConfigurations: [{Type: BASIC_AUTH, URI: secret}]}}
        Log:
          Type: SelfManagedKafka
          Properties:
            Topics: [a]
            SourceAccessConfigurations: [{Type: VPC_SUBNET, URI: 'subnet:a'}, {Type: SASL_SCRAM_512_AUTH, URI: other}]
            DestinationConfig: {OnFailure: {Type: SQS, Destination: !GetAtt Q.Arn}}
        Told: {Type: SNS, Properties: {Topic: !Ref Topic, SqsSubscription: true}}
  Topic: {Type: AWS::SNS::Topic}
  Q: {Type: AWS::SQS::Queue}
",
    );
    let all = actions(&observed, 0);
    for action in [
        "sns:Publish on ${Topic.Arn}",
        "sqs:SendMessage on ${Q.Arn}",
        "mq:DescribeBroker on broker",
        "secretsmanager:GetSecretValue on secret",
        "secretsmanager:GetSecretValue on other",
        "ec2:CreateNetworkInterface on *",
        "sqs:ReceiveMessage on *",
    ] {
        assert!(all.contains(&(action.to_owned(), true)), "{action} {all:?}");
    }
    let kinds: Vec<_> = observed.mappings.iter().map(|mapping| mapping.kind.unwrap()).collect();
    assert_eq!(kinds, [Polled::ActiveMq, Polled::Kafka, Polled::Sqs]);
    let made = observed.queues.iter().find(|queue| queue.address == "FToldQueue").unwrap();
    assert_eq!(line(&made.place), 15);
}

#[test]
fn a_connector_allows_what_is_not_spelled_out() {
    let observed = observed(
        "\
Resources:
  A: {Type: AWS::Serverless::Function}
  B:
    Type: AWS::Serverless::Function
    Connectors: {ToTable: {Properties: {Destination: {Id: T}, Permissions: [Write]}}}
  C: {Type: AWS::Serverless::Function}
  Joined: {Type: AWS::Serverless::Connector, Properties: {Source: {Id: Q}, Destination: {Arn: !GetAtt C.Arn}}}
  T: {Type: AWS::DynamoDB::Table}
  Q: {Type: AWS::SQS::Queue}
",
    );
    let unread: Vec<_> =
        observed.functions.iter().map(|function| function.permissions.unread.as_ref().map(line)).collect();
    assert_eq!(unread, [None, Some(5), Some(7)]);
}
