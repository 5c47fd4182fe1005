//! Values, settings and mappings.

mod keys;
mod permissions;
mod routes;
mod triggers;

use self::permissions::actions;
use super::*;

fn source(text: &str) -> Source {
    Source { name: "template.yaml".into(), text: text.to_owned() }
}

fn observed(text: &str) -> Observed {
    given(text, &[])
}

fn given(text: &str, given: &[(&str, &str)]) -> Observed {
    let given: Vec<Given> =
        given.iter().map(|(name, value)| Given { name: (*name).to_owned(), value: (*value).to_owned() }).collect();
    read(&source(text), &given).unwrap_or_else(|error| panic!("{error}"))
}

fn line(place: &Place) -> usize {
    place.line.unwrap()
}

const ORDERS: &str = "\
Transform: AWS::Serverless-2016-10-31
Resources:
  Fulfil:
    Type: AWS::Serverless::Function
    Properties:
      Handler: fulfil
      Timeout: 30
      Events:
        Orders:
          Type: SQS
          Properties:
            Queue: !GetAtt Orders.Arn
            BatchSize: 5
  Orders:
    Type: AWS::SQS::Queue
    Properties:
      VisibilityTimeout: 180
";

#[test]
fn a_function_s_settings_have_their_places() {
    let observed = observed(ORDERS);
    let function = &observed.functions[0];
    assert_eq!(function.address, "Fulfil");
    assert_eq!((line(&function.place), function.place.column), (3, Some(3)));
    assert_eq!(function.timeout.value(), Some(&30));
    let place = function.timeout.place().unwrap();
    assert_eq!((line(place), place.column), (7, Some(7)));
    assert_eq!(place.path, "Resources.Fulfil.Properties.Timeout");
    assert_eq!(function.memory, Field::Default(128));
    let mapping = &observed.mappings[0];
    assert_eq!((mapping.kind, mapping.batch_size.value()), (Some(Polled::Sqs), Some(&5)));
    assert_eq!(mapping.function, Target::Function("Fulfil".to_owned()));
    assert_eq!(template::of(mapping.source.value().unwrap()), Some("Orders"));
    assert_eq!(mapping.reports_failures, Field::Default(false));
    assert_eq!(line(observed.queues[0].visibility_timeout.place().unwrap()), 17);
    let polling = function
        .permissions
        .statements
        .iter()
        .find(|statement| statement.actions.len() == 3 && statement.place.path.contains("Events"));
    assert!(polling.unwrap().is_generated);
}

#[test]
fn values_are_resolved_as_far_as_they_are_known() {
    let text = "\
Parameters:
  Seconds: {Type: Number, Default: 60}
  Name: {Type: String}
  Names: {Type: CommaDelimitedList, Default: 'a, b'}
  Stored: {Type: 'AWS::SSM::Parameter::Value<String>', Default: /a}
Mappings:
  Sizes:
    dev: {Memory: 512}
Conditions:
  IsLong: !Equals [!Ref Seconds, 60]
  IsNamed: !Not [!Equals [!Ref Name, '']]
  Both: !And [!Condition IsLong, !Not [!Condition IsLong]]
  Cyclic: !Not [!Condition Cyclic]
Resources:
  Fulfil:
    Type: AWS::Lambda::Function
    Properties:
      FunctionName: !Join ['-', [orders, !Select [1, !Ref Names], !Ref Name]]
      Timeout: !Ref Seconds
      MemorySize: !FindInMap [Sizes, dev, Memory]
      Handler: !If [IsLong, fulfil, other]
      Runtime: !If [IsNamed, provided.al2, provided.al2023]
      Architectures: !If [IsNamed, [arm64], [arm64]]
      ReservedConcurrentExecutions: !If [IsLong, !Ref AWS::NoValue, 5]
      Role: !Sub 'arn:${AWS::Partition}:iam::${AWS::AccountId}:role/${Name}'
      Layers: [!Sub ['${a}-${!kept}-${Queue.Arn}', {a: !Ref Seconds}], '{{resolve:ssm:/layer}}:3']
      Environment:
        Variables:
          QUEUE: !Ref Queue
          STORED: !Ref Stored
          CYCLE: !If [Cyclic, a, b]
  Gone:
    Type: AWS::Lambda::Function
    Condition: Both
  Queue:
    Type: AWS::SQS::Queue
    Condition: IsNamed
";
    let observed = observed(text);
    let [function] = observed.functions.as_slice() else { panic!("{:?}", observed.functions) };
    let literal = |text: &str| Part::Literal(text.to_owned());
    let unknown = |text: &str| Part::Unknown(text.to_owned());
    let queue = |attribute| Part::Of { address: "Queue".to_owned(), attribute };
    assert_eq!(function.name.value().unwrap().0, [literal("orders-b-"), unknown("${Name}")]);
    assert_eq!((function.timeout.value(), line(function.timeout.place().unwrap())), (Some(&60), 19));
    assert_eq!(function.memory.value(), Some(&512));
    assert_eq!(function.handler.value().unwrap(), "fulfil");
    assert!(function.runtime.is_unknown());
    assert_eq!(function.architecture.value().unwrap(), "arm64");
    assert_eq!(function.reserved_concurrency, Field::Absent);
    assert_eq!(line(function.permissions.unread.as_ref().unwrap()), 25);
    let layers: Vec<_> = function.layers.iter().map(|layer| layer.value().unwrap().0.clone()).collect();
    assert_eq!(layers[0], [literal("60-${kept}-"), queue(Attribute::Arn)]);
    assert_eq!(layers[1], [unknown("{{resolve:ssm:/layer}}"), literal(":3")]);
    let variables = &function.environment.variables;
    assert_eq!(variables[0].value.value().unwrap().0, [queue(Attribute::Name)]);
    assert_eq!(variables[1].value.value().unwrap().0, [unknown("${Stored}")]);
    assert_eq!((line(&variables[2].place), variables[2].value.value().unwrap().0.len()), (31, 1));
    assert_eq!(observed.queues.len(), 1);
    let other = given(text, &[("Seconds", "5"), ("Name", "x")]);
    assert_eq!(other.functions[0].timeout.value(), Some(&5));
    assert_eq!(other.functions[0].handler.value().unwrap(), "other");
    assert_eq!(other.functions[0].runtime.value().unwrap(), "provided.al2");
    assert_eq!(other.functions[0].reserved_concurrency.value(), Some(&5));
}

#[test]
fn what_cannot_be_read_is_said() {
    let observed = observed(
        "\
Transform: [AWS::Serverless-2016-10-31, Mine]
Resources:
  Network: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: a}}
  Fn::ForEach::Queues: [Name, [A], {'${Name}': {Type: AWS::SQS::Queue}}]
  Api: {Type: AWS::Serverless::Api, Properties: {DefinitionUri: a.yaml}}
  Included:
    Type: AWS::SQS::Queue
    Properties:
      Fn::Transform: {Name: AWS::Include}
      DelaySeconds: 1
",
    );
    let unread: Vec<_> = observed.unread.iter().map(|unread| (unread.what.as_str(), line(&unread.place))).collect();
    let mut sorted = unread.clone();
    sorted.sort_by_key(|(_, line)| *line);
    assert_eq!(
        sorted,
        [
            ("what the macro Mine makes", 1),
            ("the nested stack Network", 3),
            ("what `Fn::ForEach::Queues` makes", 4),
            ("the definition of the API Api", 5),
            ("what `Fn::Transform` makes", 9)
        ]
    );
}

#[test]
fn globals_merge_as_sam_merges_them() {
    let observed = observed(
        "\
Transform: AWS::Serverless-2016-10-31
Globals:
  Function:
    Timeout: 30
    MemorySize: 512
    Layers: [a]
    Tracing: Active
    AutoPublishAlias: live
    ProvisionedConcurrencyConfig: {ProvisionedConcurrentExecutions: 2}
    Environment:
      Variables: {A: all, B: all}
Resources:
  One:
    Type: AWS::Serverless::Function
    Properties:
      Timeout: 10
      Layers: [b]
      Environment:
        Variables: {B: own, C: own}
  Two:
    Type: AWS::Serverless::Function
    IgnoreGlobals: [Timeout]
  Url:
    Type: AWS::Lambda::Url
    Properties: {TargetFunctionArn: !Ref TwoAliaslive, AuthType: NONE, Cors: {AllowOrigins: ['*']}}
",
    );
    let [one, two] = observed.functions.as_slice() else { panic!("{:?}", observed.functions) };
    let values: Vec<_> = one
        .environment
        .variables
        .iter()
        .map(|variable| (variable.name.as_str(), text::written(variable.value.value().unwrap()), line(&variable.place)))
        .collect();
    assert_eq!(values, [("A", "all".to_owned(), 11), ("B", "own".to_owned(), 19), ("C", "own".to_owned(), 19)]);
    assert_eq!((one.timeout.value(), two.timeout.value()), (Some(&10), Some(&3)));
    assert_eq!((one.layers.len(), two.layers.len()), (2, 1));
    assert_eq!(line(one.memory.place().unwrap()), 5);
    assert_eq!(two.provisioned_concurrency.value(), Some(&2));
    assert!(actions(&observed, 1).contains(&("xray:PutTraceSegments on *".to_owned(), true)));
    let two = Target::Function("Two".to_owned());
    assert_eq!(observed.triggers[0].function, two.qualified(Some(text::literal("live"))));
}

#[test]
fn mappings_are_read_with_what_aws_takes_where_nothing_is_said() {
    let observed = observed(
        "\
Resources:
  F: {Type: AWS::Lambda::Function, Properties: {FunctionName: orders-fulfil}}
  ByName: {Type: AWS::Lambda::EventSourceMapping, Properties: {FunctionName: 'orders-fulfil:live', EventSourceArn: 'arn:aws:kinesis:eu-west-1:1:stream/a'}}
  ByArn:
    Type: AWS::Lambda::EventSourceMapping
    Properties:
      FunctionName: !Sub 'arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:orders-fulfil'
      EventSourceArn: !GetAtt T.StreamArn
      FunctionResponseTypes: [ReportBatchItemFailures]
      FilterCriteria: {Filters: [{Pattern: '{}'}]}
      DestinationConfig: {OnFailure: {Destination: !GetAtt Q.Arn}}
      ProvisionedPollerConfig: {MinimumPollers: 2}
  Kafka: {Type: AWS::Lambda::EventSourceMapping, Properties: {FunctionName: !Ref F, Topics: [a], SelfManagedEventSource: {}, SelfManagedKafkaEventSourceConfig: {ConsumerGroupId: g}}}
  Rest: {Type: AWS::ApiGateway::Method, Properties: {HttpMethod: GET, Integration: {Uri: 'arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-west-1:1:function:orders-fulfil:live/invocations'}}}
  T: {Type: AWS::DynamoDB::Table, Properties: {StreamSpecification: {StreamViewType: NEW_IMAGE}, KeySchema: [{AttributeName: id, KeyType: HASH}], TimeToLiveSpecification: {AttributeName: expiration, Enabled: true}}}
  Q: {Type: AWS::SQS::Queue, Properties: {FifoQueue: true, RedrivePolicy: {deadLetterTargetArn: !GetAtt D.Arn, maxReceiveCount: 3}}}
  D: {Type: AWS::SQS::Queue}
  Off: {Type: AWS::DynamoDB::Table, Properties: {TimeToLiveSpecification: {AttributeName: x, Enabled: false}}}
",
    );
    let [kinesis, table, kafka] = observed.mappings.as_slice() else { panic!("{:?}", observed.mappings) };
    let function = Target::Function("F".to_owned());
    assert_eq!(kinesis.function, function.clone().qualified(Some(text::literal("live"))));
    assert_eq!([&table.function, &kafka.function], [&function; 2]);
    assert_eq!(
        [kinesis.kind, table.kind, kafka.kind],
        [Some(Polled::Kinesis), Some(Polled::DynamoDb), Some(Polled::Kafka)]
    );
    assert_eq!((&kinesis.batch_size, &kinesis.maximum_retry_attempts), (&Field::Default(100), &Field::Default(-1)));
    assert_eq!(kinesis.reports_failures, Field::Default(false));
    assert_eq!(table.reports_failures.value(), Some(&true));
    let Field::Known(filters, place) = &table.filters else { panic!("{:?}", table.filters) };
    assert_eq!((line(place), filters[0].value().unwrap().as_str()), (10, "{}"));
    assert_eq!(table.minimum_pollers.value(), Some(&2));
    assert_eq!(template::of(table.on_failure.value().unwrap()), Some("Q"));
    assert_eq!(observed.triggers[0].function, kinesis.function);
    assert_eq!(kafka.source, Field::Absent);
    assert_eq!(kafka.consumer_group.value().unwrap(), "g");
    let [queue, dead] = observed.queues.as_slice() else { panic!("{:?}", observed.queues) };
    assert_eq!((queue.is_fifo.value(), queue.max_receive_count.value()), (Some(&true), Some(&3)));
    assert_eq!(template::of(queue.dead_letters.value().unwrap()), Some("D"));
    assert_eq!((&dead.visibility_timeout, &dead.retention), (&Field::Default(30), &Field::Default(345_600)));
    let [table, off] = observed.tables.as_slice() else { panic!("{:?}", observed.tables) };
    assert_eq!(
        (table.ttl.value().unwrap().as_str(), table.partition_key.value().unwrap().as_str()),
        ("expiration", "id")
    );
    assert_eq!(table.stream.value().unwrap(), "NEW_IMAGE");
    assert_eq!(off.ttl, Field::Absent);
}

#[test]
fn a_chain_of_conditions_and_a_flood_of_values_come_to_an_end() {
    let mut chain = "Conditions:\n".to_owned();
    for number in 0..5_000 {
        chain.push_str(&format!("  C{number}: !Equals [!If [C{}, a, b], a]\n", number + 1));
    }
    chain.push_str("Resources:\n  Q: {Type: AWS::SQS::Queue, Properties: {QueueName: !If [C0, a, b]}}\n");
    assert_eq!(observed(&chain).queues.len(), 1);
    let list = "x,".repeat(2_000);
    let mut flood = format!("Parameters: {{L: {{Type: CommaDelimitedList, Default: '{list}'}}}}\nResources:\n");
    for number in 0..2_000 {
        flood.push_str(&format!("  Q{number}: {{Type: AWS::SQS::Queue, Properties: {{Tags: !Ref L}}}}\n"));
    }
    assert!(!observed(&flood).unread.is_empty());
}
