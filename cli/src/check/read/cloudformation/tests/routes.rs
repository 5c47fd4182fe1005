//! Routes, behind each front end.

use super::{line, observed};
use crate::check::observed::{Observed, Route, Trigger};

/// The routes of all triggers of HTTP, with their functions, what authorizes them, and whether CORS is answered.
fn routes(observed: &Observed) -> Vec<String> {
    let triggers = observed.triggers.iter().filter_map(|triggered| match &triggered.by {
        Trigger::Http(http) => Some((triggered, http)),
        _ => None,
    });
    triggers
        .map(|(triggered, http)| {
            let function = triggered.function.address().unwrap_or_else(|| panic!("{triggered:?}"));
            let route = match &http.route {
                Route::Of { method, path } => format!("{method} {path}"),
                other => format!("{other:?}"),
            };
            let authorization = http.authorization.value().map_or("?", String::as_str);
            let cors = http.cors.value().map(|cors| cors.origins.join(",")).unwrap_or_default();
            format!("{function} {:?} {route} {authorization} {cors}:{}", http.front_end, line(&triggered.place))
        })
        .collect()
}

#[test]
fn routes_are_found_behind_each_front_end_of_cloudformation() {
    let observed = observed(
        "\
Resources:
  F: {Type: AWS::Lambda::Function}
  V: {Type: AWS::Lambda::Alias, Properties: {FunctionName: !Ref F, Name: v, ProvisionedConcurrencyConfig: {ProvisionedConcurrentExecutions: 3}}}
  Quick: {Type: AWS::ApiGatewayV2::Api, Properties: {ProtocolType: HTTP, Target: !GetAtt F.Arn, CorsConfiguration: {AllowOrigins: [a, b]}}}
  Socket: {Type: AWS::ApiGatewayV2::Api, Properties: {ProtocolType: WEBSOCKET}}
  I: {Type: AWS::ApiGatewayV2::Integration, Properties: {IntegrationUri: !Sub 'arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${V}/invocations'}}
  R: {Type: AWS::ApiGatewayV2::Route, Properties: {ApiId: !Ref Socket, RouteKey: $connect, AuthorizationType: AWS_IAM, Target: !Join [/, [integrations, !Ref I]]}}
  Rest: {Type: AWS::ApiGateway::RestApi, Properties: {Body: {paths: {/b: {x-amazon-apigateway-any-method: {x-amazon-apigateway-integration: {uri: !GetAtt F.Arn}}}}}}}
  A: {Type: AWS::ApiGateway::Resource, Properties: {RestApiId: !Ref Rest, ParentId: !GetAtt Rest.RootResourceId, PathPart: orders}}
  B: {Type: AWS::ApiGateway::Resource, Properties: {RestApiId: !Ref Rest, ParentId: !Ref A, PathPart: '{id}'}}
  M: {Type: AWS::ApiGateway::Method, Properties: {ResourceId: !Ref B, HttpMethod: get, AuthorizationType: NONE, Integration: {Uri: !GetAtt F.Arn}}}
  G: {Type: AWS::ElasticLoadBalancingV2::TargetGroup, Properties: {TargetType: lambda, Targets: [{Id: !GetAtt F.Arn}]}}
  L:
    Type: AWS::ElasticLoadBalancingV2::ListenerRule
    Properties:
      Actions: [{Type: forward, TargetGroupArn: !Ref G}]
      Conditions: [{Field: path-pattern, Values: [/a, /b]}, {Field: http-request-method, HttpRequestMethodConfig: {Values: [GET]}}]
  U: {Type: AWS::Lambda::Url, Properties: {TargetFunctionArn: !GetAtt F.Arn, AuthType: AWS_IAM, Cors: {AllowOrigins: ['*']}}}
",
    );
    assert_eq!(
        routes(&observed),
        [
            "F HttpApi All NONE a,b:4",
            "F WebSocket ANY $connect AWS_IAM :7",
            "F RestApi ANY /b NONE :8",
            "F RestApi GET /orders/{id} NONE :11",
            "F LoadBalancer GET /a NONE :13",
            "F LoadBalancer GET /b NONE :13",
            "F FunctionUrl All AWS_IAM *:18",
        ]
    );
    assert_eq!(observed.functions[0].provisioned_concurrency.value(), Some(&3));
}

#[test]
fn routes_are_found_in_sam_s_apis() {
    let observed = observed(
        "\
Globals:
  HttpApi: {CorsConfiguration: true}
  Api: {Cors: {AllowOrigin: \"'https://a'\", AllowMethods: \"'GET, POST'\"}}
Resources:
  F:
    Type: AWS::Serverless::Function
    Properties:
      FunctionUrlConfig: {AuthType: NONE}
      Events:
        A: {Type: HttpApi}
        B: {Type: HttpApi, Properties: {Path: /b, Method: get}}
        C: {Type: HttpApi, Properties: {Path: /c, Method: any, ApiId: !Ref Own}}
        D: {Type: HttpApi, Properties: {Path: /d, Method: post, ApiId: !Ref Own, Auth: {Authorizer: NONE}}}
        E: {Type: Api, Properties: {Path: /e, Method: put}}
  Socket:
    Type: AWS::Serverless::WebSocketApi
    Properties: {Auth: {AuthType: AWS_IAM}, Routes: {$connect: {FunctionArn: !GetAtt F.Arn}, $default: {FunctionArn: !GetAtt F.Arn}}}
  Own:
    Type: AWS::Serverless::HttpApi
    Properties:
      CorsConfiguration: {AllowOrigins: [https://b], AllowCredentials: true}
      Auth: {DefaultAuthorizer: Login, Authorizers: {Login: {JwtConfiguration: {issuer: a}}}}
",
    );
    assert_eq!(
        routes(&observed),
        [
            "F FunctionUrl All NONE :8",
            "F HttpApi All NONE *:10",
            "F HttpApi GET /b NONE *:11",
            "F HttpApi ANY /c JWT https://b:12",
            "F HttpApi POST /d NONE https://b:13",
            "F RestApi PUT /e NONE https://a:14",
            "F WebSocket ANY $connect AWS_IAM :17",
            "F WebSocket All NONE :17",
        ]
    );
}
