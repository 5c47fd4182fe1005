use super::*;
use crate::check::observed::{Field, Polled, Target, Trigger};

fn given(text: &str, given: &[(&str, &str)]) -> Observed {
    let source = Source { name: "serverless.yml".into(), text: text.to_owned() };
    let given: Vec<Given> =
        given.iter().map(|(name, value)| Given { name: (*name).to_owned(), value: (*value).to_owned() }).collect();
    read(&source, &given).unwrap_or_else(|error| panic!("{error}"))
}

fn line<T: std::fmt::Debug>(field: &Field<T>) -> usize {
    field.place().and_then(|place| place.line).unwrap_or_else(|| panic!("{field:?}"))
}

const ORDERS: &str = "\
service: orders
provider:
  name: aws
  stage: ${opt:stage, 'dev'}
  runtime: provided.al2023
  architecture: arm64
  timeout: 20
  environment:
    TABLE: ${self:custom.tables.${sls:stage}, 'none'}
    REGION: ${aws:region}
  iam:
    role:
      statements:
        - Effect: Allow
          Action: [dynamodb:PutItem]
          Resource: !GetAtt Orders.Arn
custom:
  tables: {dev: orders-dev, prod: orders-prod}
  size: ${param:size, 256}
params:
  default: {who: all}
  prod: {who: few}
functions:
  fulfil-order:
    handler: fulfil
    memorySize: ${self:custom.size}
    environment:
      WHO: ${param:who}
      LATER: ${ssm:/a/b}
      MAYBE: ${env:MAYBE, 'no'}
    events:
      - sqs: arn:aws:sqs:eu-west-1:1:orders
      - sqs:
          arn: !GetAtt [Queue, Arn]
          batchSize: 5
          maximumBatchingWindow: 3
          functionResponseType: ReportBatchItemFailures
          maximumConcurrency: 4
      - stream:
          type: dynamodb
          arn: !GetAtt Orders.StreamArn
          destinations: {onFailure: !GetAtt Queue.Arn}
      - httpApi: 'GET /orders/{id}'
      - httpApi: '*'
      - httpApi: {path: /b, method: '*', authorizer: {type: aws_iam}}
      - http: {path: users, method: post, cors: true}
      - schedule: rate(2 hours)
      - schedule: {rate: [cron(0 1 * * ? *), rate(1 day)], enabled: false}
      - s3: {bucket: photos, event: 's3:ObjectRemoved:*', rules: [{prefix: a/}, {suffix: .jpg}]}
      - sns: orders-topic
      - eventBridge: {pattern: {source: [a], detail: {b: [c]}}}
      - cloudwatchLog: /aws/lambda/other
      - iot: {sql: SELECT 1}
      - alb: {listenerArn: arn, priority: 1, conditions: {path: [/x, /y], method: GET}}
    url: {cors: true}
  other:
    handler: other
    timeout: 3
    role: OwnRole
    tracing: true
    reservedConcurrency: 2
resources:
  - Resources:
      Queue: {Type: AWS::SQS::Queue, Properties: {QueueName: 'orders-${sls:stage}'}}
      OwnRole: {Type: AWS::IAM::Role, Properties: {Policies: []}}
  - Resources:
      Orders: {Type: AWS::DynamoDB::Table}
      Alarm:
        Type: AWS::SNS::Subscription
        Properties: {Protocol: lambda, Endpoint: !GetAtt FulfilDashorderLambdaFunction.Arn, TopicArn: arn}
";

#[test]
fn a_function_s_settings_stand_before_those_of_all() {
    let observed = given(ORDERS, &[]);
    assert!(observed.unread.is_empty(), "{:?}", observed.unread);
    let [fulfil, other] = observed.functions.as_slice() else { panic!("{:?}", observed.functions) };
    assert_eq!(fulfil.address, "functions.fulfil-order");
    assert_eq!(fulfil.name, Field::Default(text::literal("orders-dev-fulfil-order")));
    assert_eq!((fulfil.memory.value(), line(&fulfil.memory)), (Some(&256), 26));
    assert_eq!((fulfil.timeout.value(), line(&fulfil.timeout)), (Some(&20), 7));
    assert_eq!((other.timeout.value(), &other.memory), (Some(&3), &Field::Default(1024)));
    assert_eq!(other.tracing.value().map(String::as_str), Some("Active"));
    assert_eq!(other.reserved_concurrency.value(), Some(&2));
    let variables: Vec<_> = fulfil
        .environment
        .variables
        .iter()
        .map(|variable| (variable.name.as_str(), text::written(variable.value.value().unwrap())))
        .collect();
    let expected = [
        ("TABLE", "orders-dev"),
        ("REGION", "${AWS::Region}"),
        ("WHO", "all"),
        ("LATER", "${ssm:/a/b}"),
        ("MAYBE", "no"),
    ];
    assert_eq!(variables, expected.map(|(name, value)| (name, value.to_owned())));
    let prod = given(ORDERS, &[("stage", "prod"), ("size", "512")]);
    assert_eq!(prod.functions[0].memory.value(), Some(&512));
    assert_eq!(text::written(prod.queues[0].name.value().unwrap()), "orders-prod");
    let who = prod.functions[0].environment.variables[2].value.value().unwrap();
    assert_eq!(text::written(who), "few");
}

#[test]
fn events_become_mappings_and_triggers() {
    let observed = given(ORDERS, &[]);
    let [short, long, stream] = observed.mappings.as_slice() else { panic!("{:?}", observed.mappings) };
    assert!(
        observed.mappings.iter().all(|mapping| mapping.function == Target::Function("functions.fulfil-order".into()))
    );
    assert_eq!((short.kind, &short.batch_size, line(&short.source)), (Some(Polled::Sqs), &Field::Default(10), 32));
    assert_eq!(
        (long.batch_size.value(), long.window.value(), long.maximum_concurrency.value()),
        (Some(&5), Some(&3), Some(&4))
    );
    assert_eq!(long.reports_failures.value(), Some(&true));
    let place = long.batch_size.place().unwrap();
    assert_eq!((place.line, place.path.as_str()), (Some(35), "functions.fulfil-order.events[1].sqs.batchSize"));
    assert_eq!((stream.kind, &stream.batch_size), (Some(Polled::DynamoDb), &Field::Default(10)));
    assert_eq!(stream.starting_position, Field::Default("TRIM_HORIZON".to_owned()));
    assert_eq!(text::written(stream.on_failure.value().unwrap()), "${Queue.Arn}");
    let shown: Vec<String> = observed
        .triggers
        .iter()
        .map(|triggered| match &triggered.by {
            Trigger::Http(http) => {
                let cors = http.cors.value().map(|cors| cors.methods.join(",")).unwrap_or_default();
                format!("{:?} {:?} {} {cors}", http.front_end, http.route, http.authorization.value().unwrap())
            }
            Trigger::Schedule { expression, enabled, .. } => {
                format!("{} {:?}", expression.value().unwrap(), enabled.value())
            }
            Trigger::Bucket { bucket, events, prefix, suffix } => {
                let bucket = text::written(bucket.value().unwrap());
                format!("{bucket} {:?} {:?} {:?}", events[0].value(), prefix.value(), suffix.value())
            }
            Trigger::Topic { topic } => text::written(topic.value().unwrap()),
            Trigger::Rule { sources, has_more, .. } => format!("{:?} {has_more}", sources.value()),
            Trigger::LogGroup { group, .. } => text::written(group.value().unwrap()),
            Trigger::Devices { sql } => sql.value().unwrap().clone(),
            Trigger::Mail { .. } => "mail".to_owned(),
        })
        .collect();
    assert_eq!(
        shown,
        [
            "arn",
            "HttpApi Of { method: \"GET\", path: \"/orders/{id}\" } NONE ",
            "HttpApi All NONE ",
            "HttpApi Of { method: \"ANY\", path: \"/b\" } AWS_IAM ",
            "RestApi Of { method: \"POST\", path: \"/users\" } NONE OPTIONS,POST",
            "rate(2 hours) Some(true)",
            "cron(0 1 * * ? *) Some(false)",
            "rate(1 day) Some(false)",
            "photos Some(\"s3:ObjectRemoved:*\") Some(\"a/\") Some(\".jpg\")",
            "arn:${AWS::Partition}:sns:${AWS::Region}:${AWS::AccountId}:orders-topic",
            "Some([\"a\"]) true",
            "/aws/lambda/other",
            "SELECT 1",
            "LoadBalancer Of { method: \"GET\", path: \"/x\" } NONE ",
            "LoadBalancer Of { method: \"GET\", path: \"/y\" } NONE ",
            "FunctionUrl All NONE *",
        ]
    );
}

#[test]
fn a_filter_is_what_the_framework_makes_json_of() {
    for (patterns, expected) in [
        (
            "[{body: {type: [order, \"1\", 1, 1.0, .5, true, \"true\", null, ~, 1e3]}}]",
            r#"{"body":{"type":["order","1",1,1,0.5,true,"true",null,null,1000]}}"#,
        ),
        (
            "[{a: [True, FALSE, \"True\", 0x1F, \"0x1F\", 0o17, 0b11, 0xg, \"2020-01-01\", 12:30:00, 1-2-3]}]",
            r#"{"a":[true,false,"True",31,"0x1F",15,3,"0xg","2020-01-01","12:30:00","1-2-3"]}"#,
        ),
        // The framework writes a time anew.
        ("[{a: [2020-01-01]}, {a: [2020-01-01T10:00:00Z]}]", "? ?"),
        ("[{eventName: INSERT}]", r#"{"eventName":"INSERT"}"#),
        ("[{a: [\"${sls:stage}\"]}, {b: [\"${ssm:/x}\"]}]", r#"{"a":["dev"]} ?"#),
        ("[{a: [\"\\\\${x}\"]}]", r#"{"a":["${x}"]}"#),
        ("${ssm:/all}", "unknown"),
    ] {
        let text = format!(
            "service: s\nprovider: {{name: aws}}\nfunctions:\n  f:\n    handler: f\n    events:\n      - sqs:\n          \
             arn: arn:aws:sqs:eu-west-1:1:q\n          filterPatterns: {patterns}\n"
        );
        let observed = given(&text, &[]);
        let found = match &observed.mappings[0].filters {
            Field::Known(filters, _) => {
                let one = |filter: &Field<String>| filter.value().cloned().unwrap_or_else(|| "?".to_owned());
                filters.iter().map(one).collect::<Vec<_>>().join(" ")
            }
            Field::Unknown(_) => "unknown".to_owned(),
            other => format!("{other:?}"),
        };
        assert_eq!(found, expected, "{patterns}");
    }
}

#[test]
fn the_framework_s_role_holds_what_all_events_take() {
    let observed = given(ORDERS, &[]);
    let statements = &observed.functions[0].permissions.statements;
    let written = statements.iter().find(|statement| !statement.is_generated).unwrap();
    assert_eq!(text::written(written.resources[0].value().unwrap()), "${Orders.Arn}");
    assert_eq!(written.place.line, Some(14));
    let allows = |action: &str| {
        statements.iter().any(|statement| {
            statement.is_generated
                && statement.actions.iter().any(|known| known.value().is_some_and(|known| known == action))
        })
    };
    for action in ["logs:PutLogEvents", "sqs:ReceiveMessage", "dynamodb:GetRecords", "xray:PutTraceSegments"] {
        assert!(allows(action), "{action}");
    }
    assert!(!allows("kinesis:GetRecords"));
    let own = &observed.functions[1].permissions;
    assert!(own.statements.is_empty() && own.unread.is_none());
}

#[test]
fn files_beside_are_read_and_others_are_said_to_be_unread() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    std::fs::write(at("more.yml"), "dev: {size: 300}\nQ: {Type: AWS::SQS::Queue}\n").unwrap();
    let text = "\
service: a
provider: {name: aws}
functions:
  f: {handler: f, memorySize: '${file(./more.yml):${sls:stage}.size}', timeout: '${file(../out.yml):x}'}
  g: ${file(./missing.yml)}
resources:
  - Resources: {Q: '${file(more.yml):Q}'}
  - ${file(./program.js)}
";
    let name = at("serverless.yml").display().to_string();
    let source = Source { name: name.as_str().into(), text: text.to_owned() };
    let observed = read(&source, &[]).unwrap();
    assert_eq!(observed.functions[0].memory.value(), Some(&300));
    assert!(observed.functions[0].timeout.is_unknown());
    assert_eq!(observed.queues.len(), 1);
    // What is in another file is said to be where it is, and its way leads there from this one.
    assert_eq!(observed.queues[0].place.path, "resources[0].Resources.Q");
    let unread: Vec<_> = observed.unread.iter().map(|unread| unread.place.line).collect();
    assert_eq!(unread.len(), 2, "{:?}", observed.unread);
    assert!(unread.contains(&Some(5)) && unread.contains(&Some(8)), "{unread:?}");
}

#[test]
fn what_is_included_has_the_way_that_leads_to_it() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    std::fs::write(at("functions.yml"), "f:\n  handler: f\n  timeout: 7\n  events: ${file(events.yml):f}\n").unwrap();
    std::fs::write(at("events.yml"), "f:\n  - sqs: {arn: !GetAtt Q.Arn, batchSize: 5}\n").unwrap();
    let text = "service: a\nprovider: {name: aws}\nfunctions: ${file(functions.yml)}\n";
    let name = at("serverless.yml").display().to_string();
    let observed = read(&Source { name: name.as_str().into(), text: text.to_owned() }, &[]).unwrap();
    let place = observed.functions[0].timeout.place().unwrap();
    assert_eq!((place.path.as_str(), place.line), ("functions.f.timeout", Some(3)));
    assert!(place.file.ends_with("functions.yml"));
    let place = observed.mappings[0].batch_size.place().unwrap();
    assert_eq!((place.path.as_str(), place.line), ("functions.f.events[0].sqs.batchSize", Some(2)));
    assert!(place.file.ends_with("events.yml"));
}

#[test]
fn changes_of_what_the_framework_makes_are_not_read() {
    let observed = given(
        "\
service: a
provider: {name: aws}
functions:
  f: {handler: f, environment: {A: own, B: null}}
resources:
  Resources:
    FLambdaFunction: {Type: AWS::Lambda::Function, Properties: {Timeout: 5}}
  extensions:
    FLambdaFunction: {Properties: {MemorySize: 5}}
",
        &[],
    );
    assert_eq!(observed.functions.len(), 1);
    let names: Vec<&str> = observed.functions[0].environment.variables.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(names, ["A"]);
    let mut lines: Vec<_> = observed.unread.iter().map(|unread| unread.place.line.unwrap()).collect();
    lines.sort_unstable();
    assert_eq!(lines, [7, 8]);
}

#[test]
fn variables_come_to_an_end() {
    let mut text = "service: a\nprovider: {name: aws, stage: '${self:provider.stage}'}\nfunctions: {f: {handler: '${self:custom.a}'}}\n\
                    custom:\n  a: ${self:custom.b}\n  b: ${self:custom.a}\n  c0: xxxxxxxxxx\n"
        .to_owned();
    for number in 0..60 {
        text.push_str(&format!("  c{}: ${{self:custom.c{number}}}${{self:custom.c{number}}}\n", number + 1));
    }
    let observed = given(&text, &[]);
    assert!(observed.functions[0].handler.is_unknown());
    assert!(!observed.unread.is_empty());
    let nested = format!(
        "service: a\nprovider: {{name: aws}}\ncustom:\n  a: {}x{}\n",
        "${self:".repeat(5_000),
        "}".repeat(5_000)
    );
    let _ = given(&nested, &[]);
}

#[test]
fn pieces_are_told_apart() {
    use super::syntax::{Piece, call, constant, pieces, sources};
    let all = pieces("a-${self:b.${sls:stage}, 'x}'}-${AWS::Region}${c}");
    assert_eq!(
        all,
        [Piece::Literal("a-"), Piece::Variable("self:b.${sls:stage}, 'x}'"), Piece::Literal("-${AWS::Region}${c}"),]
    );
    assert_eq!(sources("self:b.${sls:stage, 'y'}, 'x, z', 3"), ["self:b.${sls:stage, 'y'}", "'x, z'", "3"]);
    let file = call("file(./a.yml):b.c").unwrap();
    assert_eq!((file.name, file.arguments, file.address), ("file", Some("./a.yml"), "b.c"));
    assert_eq!(
        [constant("'a'"), constant("\"b\""), constant("3"), constant("true")],
        [Some("a"), Some("b"), Some("3"), Some("true")]
    );
    assert_eq!(constant("self:a"), None);
}

#[test]
fn what_is_no_service_is_refused() {
    let source = Source { name: "serverless.yml".into(), text: "functions: {}\n".to_owned() };
    assert!(read(&source, &[]).unwrap_err().to_string().contains("no `service` or no `provider`"));
    let source = Source { name: "serverless.yml".into(), text: "service: a\nprovider: {name: google}\n".to_owned() };
    assert_eq!(
        read(&source, &[]).unwrap_err().to_string(),
        "`serverless.yml`: its provider is `google`, and what is checked is AWS"
    );
    let observed = given("service: a\nprovider: aws\nfunctions: {f: {handler: f}}\n", &[]);
    assert_eq!(observed.functions.len(), 1);
}
