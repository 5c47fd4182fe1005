//! Whether what invokes a function may, from a template to the finding.

mod terraform;

use super::*;
use crate::check::read::{Source, cloudformation, serverless};

fn of(name: &str, text: &str) -> Source {
    Source { name: Rc::from(name), text: text.to_owned() }
}

/// Where something invokes the function without a permission, and what to write.
fn refused(observed: &Observed) -> Vec<(String, String)> {
    let handler = with(r#""trigger": {"source": "event"}"#);
    let found = check(&handler, observed, &place(""), &own()).findings;
    let refused = found.into_iter().filter(|finding| finding.rule.code == "LC814");
    refused.map(|finding| (finding.place.path, finding.fix)).collect()
}

const FUNCTION: &str = "
  F:
    Type: AWS::Lambda::Function
    Properties: {FunctionName: fulfil-prod, Handler: fulfil, Runtime: provided.al2023}
  Live: {Type: AWS::Lambda::Alias, Properties: {FunctionName: !Ref F, Name: live}}
";

fn in_cloudformation(resources: &str) -> Vec<(String, String)> {
    let text = format!("Parameters: {{Name: {{Type: String}}}}\nResources:{FUNCTION}{resources}");
    refused(&cloudformation::read(&of("template.yaml", &text), &[]).unwrap())
}

fn permission(function: &str, principal: &str, rest: &str) -> String {
    format!(
        "  P:\n    Type: AWS::Lambda::Permission\n    Properties: {{FunctionName: {function}, Principal: \
         {principal}, \
         Action: lambda:InvokeFunction{rest}}}\n"
    )
}

/// A resource that invokes the function, where that is found, the principal, and what the permission is for.
const CLOUDFORMATION: [(&str, &str, &str, &str); 14] = [
    (
        "  T: {Type: AWS::SNS::Subscription, Properties: {Protocol: lambda, Endpoint: !GetAtt F.Arn, TopicArn: \
         !Ref A}}\n  A: {Type: AWS::SNS::Topic}\n",
        "Resources.T",
        "sns.amazonaws.com",
        "SourceArn: !GetAtt A.Arn",
    ),
    (
        "  T: {Type: AWS::SNS::Topic, Properties: {Subscription: [{Protocol: lambda, Endpoint: !GetAtt F.Arn}]}}\n",
        "Resources.T.Properties.Subscription[0]",
        "sns.amazonaws.com",
        "SourceArn: !GetAtt T.Arn",
    ),
    (
        "  T: {Type: AWS::S3::Bucket, Properties: {NotificationConfiguration: {LambdaConfigurations: [{Event: \
         's3:ObjectCreated:*', Function: !GetAtt F.Arn}]}}}\n",
        "Resources.T.Properties.NotificationConfiguration.LambdaConfigurations[0]",
        "s3.amazonaws.com",
        "SourceAccount: !Ref AWS::AccountId",
    ),
    (
        "  T: {Type: AWS::Events::Rule, Properties: {EventPattern: {source: [a]}, Targets: [{Id: a, Arn: \
         !GetAtt F.Arn}]}}\n",
        "Resources.T",
        "events.amazonaws.com",
        "SourceArn: !GetAtt T.Arn",
    ),
    (
        "  T: {Type: AWS::Events::Rule, Properties: {ScheduleExpression: rate(1 day), Targets: [{Id: a, Arn: \
         !GetAtt F.Arn}]}}\n",
        "Resources.T",
        "events.amazonaws.com",
        "SourceArn: !GetAtt T.Arn",
    ),
    (
        "  T: {Type: AWS::Logs::SubscriptionFilter, Properties: {LogGroupName: !Ref A, FilterPattern: '', \
         DestinationArn: !GetAtt F.Arn}}\n  A: {Type: AWS::Logs::LogGroup}\n",
        "Resources.T",
        "logs.amazonaws.com",
        "SourceArn: !Sub \"arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:${A}:*\"",
    ),
    (
        "  T: {Type: AWS::IoT::TopicRule, Properties: {TopicRulePayload: {Sql: SELECT 1, Actions: [{Lambda: \
         {FunctionArn: !GetAtt F.Arn}}]}}}\n",
        "Resources.T",
        "iot.amazonaws.com",
        "SourceArn: !GetAtt T.Arn",
    ),
    (
        "  T: {Type: AWS::SES::ReceiptRule, Properties: {Rule: {Actions: [{LambdaAction: {FunctionArn: !GetAtt \
         F.Arn}}]}}}\n",
        "Resources.T.Properties.Rule.Actions[0].LambdaAction",
        "ses.amazonaws.com",
        "SourceAccount: !Ref AWS::AccountId",
    ),
    (
        "  T: {Type: AWS::ApiGatewayV2::Route, Properties: {ApiId: !Ref A, RouteKey: $default, Target: !Sub \
         'integrations/${I}'}}\n  A: {Type: AWS::ApiGatewayV2::Api}\n  I: {Type: \
         AWS::ApiGatewayV2::Integration, Properties: {IntegrationUri: !GetAtt F.Arn}}\n",
        "Resources.T",
        "apigateway.amazonaws.com",
        "SourceArn: !Sub \"arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${A}/*\"",
    ),
    (
        "  T: {Type: AWS::ApiGatewayV2::Api, Properties: {ProtocolType: HTTP, Target: !GetAtt F.Arn}}\n",
        "Resources.T",
        "apigateway.amazonaws.com",
        "SourceArn: !Sub \"arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${T}/*\"",
    ),
    (
        "  T: {Type: AWS::ApiGateway::Method, Properties: {RestApiId: A, HttpMethod: GET, ResourceId: B, \
         Integration: {Uri: !Sub 'arn:aws:apigateway:a:lambda:path/2015-03-31/functions/${F.Arn}/invocations'}}}\n",
        "Resources.T",
        "apigateway.amazonaws.com",
        "SourceArn: !Sub \"arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:A/*\"",
    ),
    (
        "  T: {Type: AWS::ApiGateway::RestApi, Properties: {Body: {paths: {/a: {get: \
         {x-amazon-apigateway-integration: {uri: !GetAtt F.Arn}}}}}}}\n",
        "Resources.T.Properties.Body.paths./a.get",
        "apigateway.amazonaws.com",
        "SourceArn: !Sub \"arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${T}/*\"",
    ),
    (
        "  T: {Type: AWS::ElasticLoadBalancingV2::TargetGroup, Properties: {TargetType: lambda, Targets: [{Id: \
         !GetAtt F.Arn}]}}\n",
        "Resources.T",
        "elasticloadbalancing.amazonaws.com",
        "SourceArn: !Sub \
         \"arn:${AWS::Partition}:elasticloadbalancing:${AWS::Region}:${AWS::AccountId}:targetgroup/*\"",
    ),
    (
        "  T: {Type: AWS::Lambda::Url, Properties: {TargetFunctionArn: !Ref F, AuthType: NONE}}\n",
        "Resources.T",
        "\"*\"",
        "FunctionUrlAuthType: NONE",
    ),
];

#[test]
fn each_service_needs_a_permission() {
    for (resources, at, principal, source) in CLOUDFORMATION {
        let action = if principal == "\"*\"" { "lambda:InvokeFunctionUrl" } else { "lambda:InvokeFunction" };
        let fix = format!(
            "an `AWS::Lambda::Permission` with `Action: {action}`, `FunctionName: !Ref F`, `Principal: {principal}`, \
             `{source}`"
        );
        assert_eq!(in_cloudformation(resources), [(at.to_owned(), fix)], "{resources}");
        let allowed = format!("{resources}{}", permission("!Ref F", principal, ""));
        let allowed = allowed.replace("lambda:InvokeFunction}", &format!("{action}}}"));
        assert_eq!(in_cloudformation(&allowed), [], "{allowed}");
    }
}

const RULE: &str = "  T:\n    Type: AWS::Events::Rule\n    Properties: {EventPattern: {source: [a]}, Targets: \
 [{Id: a, Arn: !GetAtt F.Arn}]}\n";

#[test]
fn a_permission_is_for_a_function_and_a_service() {
    let events = "events.amazonaws.com";
    for (permission, is_enough) in [
        (permission("!GetAtt F.Arn", events, ""), true),
        (permission("fulfil-prod", events, ""), true),
        (permission("'arn:aws:lambda:eu-west-1:123456789012:function:fulfil-prod'", events, ""), true),
        (permission("!Ref F", "!Sub 'events.${AWS::URLSuffix}'", ""), true),
        (permission("!Ref F", "'*'", ""), true),
        // What is not known may be the one.
        (permission("!Ref F", "!Ref Name", ""), true),
        (permission("!Ref Name", events, ""), true),
        (permission("!Ref F", events, "").replace("lambda:InvokeFunction", "lambda:*"), true),
        (permission("!Ref F", events, "").replace("lambda:InvokeFunction", "lambda:GetFunction"), false),
        (permission("!Ref F", "s3.amazonaws.com", ""), false),
        (permission("!Ref Name", "s3.amazonaws.com", ""), false),
        (permission("!Ref F", "'*'", ", InvokedViaFunctionUrl: true"), false),
        (
            permission("!Ref G", events, "")
                + "  G: {Type: AWS::Lambda::Function, Properties: {Runtime: nodejs22.x, Handler: index.handler}}\n",
            false,
        ),
        ("  N: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: a}}\n".to_owned(), true),
        (
            "  C: {Type: AWS::Serverless::Connector, Properties: {Source: {Id: T}, Destination: {Id: F}, \
         Permissions: [Write]}}\n"
                .to_owned(),
            true,
        ),
    ] {
        let found = in_cloudformation(&format!("{RULE}{permission}"));
        assert_eq!(found.is_empty(), is_enough, "{permission} {found:?}");
    }
    // Two rules are one finding.
    assert_eq!(in_cloudformation(&format!("{RULE}{}", RULE.replace("  T:", "  U:"))).len(), 1);
}

/// <https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html>
#[test]
fn a_permission_is_for_the_alias_that_is_invoked() {
    let events = "events.amazonaws.com";
    let of_alias = "'arn:aws:lambda:eu-west-1:123456789012:function:fulfil-prod:live'";
    let both = permission("!Ref F", events, "") + &permission("!Ref Live", events, "").replace("  P:", "  O:");
    let of_function = || "`FunctionName: !Ref F`".to_owned();
    let of_live = || "`FunctionName: !Sub \"${F}:live\"`".to_owned();
    for (invoked, permissions, written) in [
        ("!Ref Live", permission("!Ref Live", events, ""), None),
        ("!Ref Live", permission(of_alias, events, ""), None),
        ("!Sub '${F.Arn}:live'", permission("fulfil-prod:live", events, ""), None),
        ("!Ref Live", permission("!Ref F", events, ""), Some(of_live())),
        ("!Ref Live", permission("fulfil-prod:test", events, ""), Some(of_live())),
        ("!GetAtt F.Arn", permission("!Ref Live", events, ""), Some(of_function())),
        ("!GetAtt F.Arn", permission("!Sub '${F}:$LATEST'", events, ""), None),
        ("!GetAtt F.Arn", both.clone(), None),
        ("!Ref Live", both, None),
        // What is not known may be the one.
        ("!Ref Live", permission("!Sub '${F}:${Name}'", events, ""), None),
        ("!Sub '${F.Arn}:${Name}'", permission("!Ref F", events, ""), None),
    ] {
        let rule = RULE.replace("!GetAtt F.Arn", invoked);
        let expected: Vec<_> = written.into_iter().map(|fix| ("Resources.P".to_owned(), fix)).collect();
        assert_eq!(in_cloudformation(&format!("{rule}{permissions}")), expected, "{invoked} {permissions}");
    }
    // A function's URL has a qualifier beside the function.
    let url =
        "  T: {Type: AWS::Lambda::Url, Properties: {TargetFunctionArn: !Ref F, Qualifier: live, AuthType: NONE}}\n";
    let permission =
        |function: &str| permission(function, "'*'", "").replace("lambda:InvokeFunction}", "lambda:InvokeFunctionUrl}");
    assert_eq!(in_cloudformation(&format!("{url}{}", permission("!Ref Live"))), []);
    let refused = in_cloudformation(&format!("{url}{}", permission("!Ref F")));
    assert_eq!(refused, [("Resources.P".to_owned(), of_live())]);
    // Without any permission, what to write is for the alias.
    let rule = RULE.replace("!GetAtt F.Arn", "!Ref Live");
    assert!(in_cloudformation(&rule)[0].1.contains(&of_live()));
}

#[test]
fn a_role_needs_no_permission() {
    for resources in [
        RULE.replace("{Id: a,", "{Id: a, RoleArn: r,"),
        RULE.replace("{EventPattern", "{RoleArn: r, EventPattern"),
        "  T: {Type: AWS::Scheduler::Schedule, Properties: {ScheduleExpression: rate(1 day), Target: {Arn: \
         !GetAtt F.Arn}}}\n"
            .to_owned(),
        CLOUDFORMATION[8].0.replace("{IntegrationUri", "{CredentialsArn: r, IntegrationUri"),
        CLOUDFORMATION[9].0.replace("{ProtocolType", "{CredentialsArn: r, ProtocolType"),
        CLOUDFORMATION[10].0.replace("{Uri", "{Credentials: r, Uri"),
        CLOUDFORMATION[11].0.replace("{uri", "{credentials: r, uri"),
        CLOUDFORMATION[13].0.replace("NONE", "AWS_IAM"),
    ] {
        assert_eq!(in_cloudformation(&resources), [], "{resources}");
    }
}

#[test]
fn what_is_generated_has_its_permission() {
    let sam = "
Resources:
  F:
    Type: AWS::Serverless::Function
    Properties:
      Handler: fulfil
      Runtime: provided.al2023
      FunctionUrlConfig: {AuthType: NONE}
      Events:
        A: {Type: EventBridgeRule, Properties: {Pattern: {source: [a]}}}
        B: {Type: SNS, Properties: {Topic: arn}}
        C: {Type: HttpApi}
";
    let read = |more: &str| cloudformation::read(&of("template.yaml", &format!("{sam}{more}")), &[]).unwrap();
    assert_eq!(refused(&read("")), []);
    // Those are for what SAM makes, and another service has none.
    let [(at, _)] = refused(&read(CLOUDFORMATION[6].0)).try_into().unwrap();
    assert_eq!(at, "Resources.T");

    let service = "
service: s
provider: {name: aws, runtime: provided.al2023}
functions:
  fulfil-all:
    handler: fulfil
    url: true
    events: [{sns: a}, {httpApi: '*'}, {eventBridge: {pattern: {source: [a]}}}]
resources:
  Resources:
";
    let topic = "    T: {Type: AWS::SNS::Topic, Properties: {Subscription: [{Protocol: lambda, Endpoint: \
     !GetAtt FulfilDashallLambdaFunction.Arn}]}}\n";
    let read = |text: &str| serverless::read(&of("serverless.yml", text), &[]).unwrap();
    assert_eq!(refused(&read(service)), []);
    let own = format!("{}{topic}", service.replace("{sns: a}, ", ""));
    let [(at, fix)] = refused(&read(&own)).try_into().unwrap();
    assert_eq!(at, "resources.Resources.T.Properties.Subscription[0]");
    assert!(fix.contains("`FunctionName: !Ref FulfilDashallLambdaFunction`"), "{fix}");
}
