//! What HTTP requests come through.

use crate::template::cloudformation::resources::{permission_id, resource};
use crate::template::cloudformation::text::{Dialect, Writer, get_att};
use crate::template::model::{Cors, FrontEnd, Function, Http, Listener, Route, Trigger};
use crate::template::text::{Kind, Piece, Text};
use crate::template::yaml::{Map, Node};

/// What a REST API passes on as bytes, in both directions; of everything else it makes text, and Base64 of a function's
/// answer stays Base64: <https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-payload-encodings.html>.
pub(crate) const BINARY_MEDIA_TYPES: [&str; 1] = ["*/*"];

impl Writer<'_> {
    pub(crate) fn front_end(&self, function: &Function, http: &Http, resources: &mut Map) {
        match http.front_end {
            FrontEnd::HttpApi => self.http_api(function, http, resources),
            FrontEnd::RestApi => self.rest_api(function, resources),
            FrontEnd::FunctionUrl => self.url(function, resources),
            FrontEnd::Alb => {
                if let Some(listener) = &http.listener {
                    self.load_balancer(function, listener, resources);
                }
            }
        }
    }

    fn http_api(&self, function: &Function, http: &Http, resources: &mut Map) {
        let api = self.logical_id(&Kind::HttpApi.of(&function.id));
        let api_id = || Map::of("Ref", &api);
        let properties = Map::new()
            .with("Name", self.text(&function.name))
            .with("ProtocolType", "HTTP")
            .maybe("CorsConfiguration", http.cors.as_ref().map(|cors| self.cors(cors)));
        resources.set(&api, resource("AWS::ApiGatewayV2::Api", properties));
        let integration = format!("{}Integration", function.id);
        let properties = Map::new()
            .with("ApiId", api_id())
            .with("IntegrationType", "AWS_PROXY")
            .with("IntegrationUri", self.target(function))
            .with("PayloadFormatVersion", "2.0");
        resources.set(&integration, resource("AWS::ApiGatewayV2::Integration", properties));
        let target = Map::of("Fn::Sub", format!("integrations/${{{integration}}}"));
        for (number, route) in http.routes.iter().enumerate() {
            let properties = Map::new()
                .with("ApiId", api_id())
                .with("RouteKey", self.literal(&key(route)))
                .with("Target", target.clone());
            let id = format!("{}Route{}", function.id, number + 1);
            resources.set(&id, resource("AWS::ApiGatewayV2::Route", properties));
        }
        let properties = Map::new().with("ApiId", api_id()).with("StageName", "$default").with("AutoDeploy", true);
        resources.set(&format!("{}ApiStage", function.id), resource("AWS::ApiGatewayV2::Stage", properties));
    }

    /// As API Gateway takes it.
    pub(crate) fn cors(&self, cors: &Cors) -> Map {
        let Cors { origins, methods, headers, expose, credentials, max_age } = cors;
        Map::new()
            .with("AllowOrigins", origins.clone())
            .with("AllowMethods", methods.clone())
            .with("AllowHeaders", headers.clone())
            .maybe("ExposeHeaders", (!expose.is_empty()).then(|| expose.clone()))
            .maybe("AllowCredentials", credentials.then_some(true))
            .maybe("MaxAge", *max_age)
    }

    /// Each request, whatever its path: the function has the routes.
    fn rest_api(&self, function: &Function, resources: &mut Map) {
        let api = self.logical_id(&Kind::RestApi.of(&function.id));
        let api_id = || Map::of("Ref", &api);
        let properties = Map::new()
            .with("Name", self.text(&function.name))
            .with("BinaryMediaTypes", BINARY_MEDIA_TYPES.to_vec())
            .with("EndpointConfiguration", Map::of("Types", vec!["REGIONAL"]));
        resources.set(&api, resource("AWS::ApiGateway::RestApi", properties));
        let path = format!("{}ApiPath", function.id);
        let properties = Map::new()
            .with("RestApiId", api_id())
            .with("ParentId", get_att(&api, "RootResourceId"))
            .with("PathPart", "{proxy+}");
        resources.set(&path, resource("AWS::ApiGateway::Resource", properties));
        let uri = Text::from("arn:")
            .then(Piece::Partition)
            .then(":apigateway:")
            .then(Piece::Region)
            .then(":lambda:path/2015-03-31/functions/")
            .then(Kind::Target.of(&function.id).arn())
            .then("/invocations");
        let integration =
            Map::new().with("Type", "AWS_PROXY").with("IntegrationHttpMethod", "POST").with("Uri", self.text(&uri));
        let methods = [("Root", get_att(&api, "RootResourceId")), ("Path", Map::of("Ref", &path).into())];
        let mut names = Vec::new();
        for (name, id) in methods {
            let properties = Map::new()
                .with("RestApiId", api_id())
                .with("ResourceId", id)
                .with("HttpMethod", "ANY")
                .with("AuthorizationType", "NONE")
                .with("Integration", integration.clone());
            let method = format!("{}Any{name}", function.id);
            resources.set(&method, resource("AWS::ApiGateway::Method", properties));
            names.push(method);
        }
        let deployment = format!("{}ApiDeployment", function.id);
        let made = resource("AWS::ApiGateway::Deployment", Map::of("RestApiId", api_id())).with("DependsOn", names);
        resources.set(&deployment, made);
        let stage = self.of.stage.as_deref().map_or(Text::from(Piece::Stage), Text::from);
        let properties = Map::new()
            .with("RestApiId", api_id())
            .with("DeploymentId", Map::of("Ref", deployment))
            .with("StageName", self.text(&stage))
            .maybe("TracingEnabled", self.of.tracing.then_some(true));
        resources.set(&format!("{}ApiStage", function.id), resource("AWS::ApiGateway::Stage", properties));
    }

    fn url(&self, function: &Function, resources: &mut Map) {
        let alias = function.provisioned_concurrency.map(|_| "live");
        let named = get_att(&self.logical_id(&Kind::Target.of(&function.id)), "Arn");
        let properties = Map::new().with("TargetFunctionArn", named).maybe("Qualifier", alias).with("AuthType", "NONE");
        let mut url = resource("AWS::Lambda::Url", properties);
        if alias.is_some() && self.dialect == Dialect::CloudFormation {
            url.set("DependsOn", format!("{}Alias", function.id));
        }
        resources.set(&format!("{}Url", function.id), url);
        self.open_url(function, resources);
    }

    /// Open to all takes two permissions since October 2025:
    /// <https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html>.
    pub(crate) fn open_url(&self, function: &Function, resources: &mut Map) {
        let permission = |action: &str| {
            Map::new().with("Action", action).with("FunctionName", self.target(function)).with("Principal", "*")
        };
        let url = permission("lambda:InvokeFunctionUrl").with("FunctionUrlAuthType", "NONE");
        resources.set(&format!("{}OpenAccess", function.id), resource("AWS::Lambda::Permission", url));
        let invoke = permission("lambda:InvokeFunction").with("InvokedViaFunctionUrl", true);
        resources.set(&format!("{}OpenInvocation", function.id), resource("AWS::Lambda::Permission", invoke));
    }

    fn load_balancer(&self, function: &Function, listener: &Listener, resources: &mut Map) {
        let group = self.logical_id(&Kind::TargetGroup.of(&function.id));
        let attribute = |key: &str, value: &str| Map::new().with("Key", key).with("Value", value);
        let properties = Map::new()
            .with("TargetType", "lambda")
            .with("TargetGroupAttributes", vec![attribute("lambda.multi_value_headers.enabled", "true")])
            .with("Targets", vec![Map::of("Id", self.target(function))]);
        // A load balancer tries the permission when it is given the function. The group's ARN is not known by then, so
        // the permission is for its name's part of the account.
        let made = resource("AWS::ElasticLoadBalancingV2::TargetGroup", properties);
        resources.set(&group, made.with("DependsOn", permission_id(function)));
        let paths = Map::new().with("Field", "path-pattern").with("PathPatternConfig", Map::of("Values", vec!["/*"]));
        let forward = Map::new().with("Type", "forward").with("TargetGroupArn", Map::of("Ref", &group));
        let properties = Map::new()
            .with("ListenerArn", self.text(&listener.arn))
            .with("Priority", self.text(&listener.priority))
            .with("Conditions", vec![paths])
            .with("Actions", vec![forward]);
        let id = format!("{}ListenerRule", function.id);
        resources.set(&id, resource("AWS::ElasticLoadBalancingV2::ListenerRule", properties));
    }

    /// Where the functions are found.
    pub(crate) fn outputs(&self) -> Map {
        let mut outputs = Map::new();
        for function in &self.of.functions {
            let Trigger::Http(http) = &function.trigger else { continue };
            let value: Node = match http.front_end {
                FrontEnd::HttpApi => get_att(&self.logical_id(&Kind::HttpApi.of(&function.id)), "ApiEndpoint"),
                FrontEnd::RestApi => {
                    let api = self.logical_id(&Kind::RestApi.of(&function.id));
                    let stage = self.of.stage.clone().unwrap_or_else(|| "${Stage}".to_owned());
                    let url = format!("https://${{{api}}}.execute-api.${{AWS::Region}}.${{AWS::URLSuffix}}/{stage}");
                    Map::of("Fn::Sub", url).into()
                }
                FrontEnd::FunctionUrl => get_att(&self.url_id(function), "FunctionUrl"),
                FrontEnd::Alb => continue,
            };
            let description = format!("Where {} answers", self.literal(&function.handler));
            outputs.set(
                &format!("{}Address", function.id),
                Map::new().with("Description", description).with("Value", value),
            );
        }
        outputs
    }

    fn url_id(&self, function: &Function) -> String {
        match self.dialect {
            // Made by SAM for `FunctionUrlConfig`.
            Dialect::Sam => format!("{}Url", self.logical_id(&Kind::Target.of(&function.id))),
            Dialect::CloudFormation | Dialect::Serverless => format!("{}Url", function.id),
        }
    }
}

/// `GET /users/{id}`, or the route of what no other takes.
pub(crate) fn key(route: &Route) -> String {
    match &route.path {
        Some(path) => format!("{} {path}", route.method),
        None => "$default".to_owned(),
    }
}
