//! What HTTP requests come through.

use crate::template::cloudformation::{BINARY_MEDIA_TYPES, key};
use crate::template::model::{Cors, FrontEnd, Function, Http, Listener};
use crate::template::plan::names::snake;
use crate::template::terraform::Writer;
use crate::template::terraform::hcl::{Body, Expr, Part};
use crate::template::text::{Kind, Piece, Text};

impl Writer<'_> {
    pub(super) fn front_end(&self, function: &Function, http: &Http, file: &mut Body) {
        match http.front_end {
            FrontEnd::HttpApi => self.http_api(function, http, file),
            FrontEnd::RestApi => self.rest_api(function, file),
            FrontEnd::FunctionUrl => self.url(function, file),
            FrontEnd::Alb => {
                if let Some(listener) = &http.listener {
                    self.load_balancer(function, listener, file);
                }
            }
        }
    }

    /// The URI that an API invokes the function by; an ARN of API Gateway's own.
    fn uri(&self, function: &Function) -> Expr {
        let label = snake(&function.id);
        let of = match function.provisioned_concurrency {
            Some(_) => format!("aws_lambda_alias.{label}.invoke_arn"),
            None => format!("aws_lambda_function.{label}.invoke_arn"),
        };
        Expr::Raw(of)
    }

    fn http_api(&self, function: &Function, http: &Http, file: &mut Body) {
        let label = snake(&function.id);
        let api = || Expr::Raw(format!("aws_apigatewayv2_api.{label}.id"));
        let body = Body::new()
            .with("name", self.text(&function.name))
            .with("protocol_type", "HTTP")
            .maybe_block("cors_configuration", http.cors.as_ref().map(cors));
        file.resource("aws_apigatewayv2_api", &label, body);
        let body = Body::new()
            .with("api_id", api())
            .with("integration_type", "AWS_PROXY")
            .with("integration_uri", self.uri(function))
            .with("payload_format_version", "2.0");
        file.resource("aws_apigatewayv2_integration", &label, body);
        let keys: Vec<Expr> = http.routes.iter().map(|route| key(route).as_str().into()).collect();
        let target = vec![
            Part::Literal("integrations/".to_owned()),
            Part::Reference(format!("aws_apigatewayv2_integration.{label}.id")),
        ];
        let body = Body::new()
            .with("for_each", Expr::Call("toset", Box::new(Expr::List(keys))))
            .with("api_id", api())
            .with("route_key", Expr::Raw("each.value".to_owned()))
            .with("target", Expr::Template(target));
        file.resource("aws_apigatewayv2_route", &label, body);
        let body = Body::new().with("api_id", api()).with("name", "$default").with("auto_deploy", true);
        file.resource("aws_apigatewayv2_stage", &label, body);
    }

    /// Each request, whatever its path: the function has the routes.
    fn rest_api(&self, function: &Function, file: &mut Body) {
        let label = snake(&function.id);
        let api = format!("aws_api_gateway_rest_api.{label}");
        let api_id = || Expr::Raw(format!("{api}.id"));
        let body = Body::new()
            .with("name", self.text(&function.name))
            .with("binary_media_types", BINARY_MEDIA_TYPES.to_vec())
            .block("endpoint_configuration", Body::new().with("types", vec!["REGIONAL"]));
        file.resource("aws_api_gateway_rest_api", &label, body);
        let root = || Expr::Raw(format!("{api}.root_resource_id"));
        let body = Body::new().with("rest_api_id", api_id()).with("parent_id", root()).with("path_part", "{proxy+}");
        file.resource("aws_api_gateway_resource", &label, body);
        let path = Expr::Raw(format!("aws_api_gateway_resource.{label}.id"));
        let mut integrations = Vec::new();
        for (end, resource) in [("root", root()), ("path", path)] {
            let label = format!("{label}_{end}");
            let method = || Body::new().with("rest_api_id", api_id()).with("resource_id", resource.clone());
            let body = method().with("http_method", "ANY").with("authorization", "NONE");
            file.resource("aws_api_gateway_method", &label, body);
            let body = method()
                .with("http_method", Expr::Raw(format!("aws_api_gateway_method.{label}.http_method")))
                .with("type", "AWS_PROXY")
                .with("integration_http_method", "POST")
                .with("uri", self.uri(function));
            file.resource("aws_api_gateway_integration", &label, body);
            integrations.push(Expr::Raw(format!("aws_api_gateway_integration.{label}")));
        }
        let body = Body::new().with("rest_api_id", api_id()).with("depends_on", integrations);
        file.resource("aws_api_gateway_deployment", &label, body);
        let stage = self.of.stage.as_deref().map_or(Text::from(Piece::Stage), Text::from);
        let body = Body::new()
            .with("rest_api_id", api_id())
            .with("deployment_id", Expr::Raw(format!("aws_api_gateway_deployment.{label}.id")))
            .with("stage_name", self.text(&stage))
            .maybe("xray_tracing_enabled", self.of.tracing.then_some(true));
        file.resource("aws_api_gateway_stage", &label, body);
    }

    fn url(&self, function: &Function, file: &mut Body) {
        let label = snake(&function.id);
        file.resource("aws_lambda_function_url", &label, self.named(function).with("authorization_type", "NONE"));
        // Open to all takes two permissions since October 2025:
        // <https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html>.
        let body = self
            .named(function)
            .with("action", "lambda:InvokeFunctionUrl")
            .with("principal", "*")
            .with("function_url_auth_type", "NONE");
        file.resource("aws_lambda_permission", &format!("{label}_url"), body);
        let body = self
            .named(function)
            .with("action", "lambda:InvokeFunction")
            .with("principal", "*")
            .with("invoked_via_function_url", true);
        file.resource("aws_lambda_permission", &format!("{label}_url_invocation"), body);
    }

    fn load_balancer(&self, function: &Function, listener: &Listener, file: &mut Body) {
        let label = snake(&function.id);
        let group = Expr::Raw(format!("aws_lb_target_group.{label}.arn"));
        let body = Body::new().with("target_type", "lambda").with("lambda_multi_value_headers_enabled", true);
        file.resource("aws_lb_target_group", &label, body);
        let body = Body::new()
            .with("target_group_arn", group.clone())
            .with("target_id", self.text(&Kind::Target.of(&function.id).arn()))
            .with("depends_on", self.after_permission(function));
        file.resource("aws_lb_target_group_attachment", &label, body);
        let body = Body::new()
            .with("listener_arn", self.text(&listener.arn))
            .with("priority", self.text(&listener.priority))
            .block("action", Body::new().with("type", "forward").with("target_group_arn", group))
            .block("condition", Body::new().block("path_pattern", Body::new().with("values", vec!["/*"])));
        file.resource("aws_lb_listener_rule", &label, body);
    }
}

fn cors(cors: &Cors) -> Body {
    let Cors { origins, methods, headers, expose, credentials, max_age } = cors;
    let all = |texts: &[String]| -> Expr { texts.iter().collect::<Vec<_>>().into() };
    Body::new()
        .with("allow_origins", all(origins))
        .with("allow_methods", all(methods))
        .with("allow_headers", all(headers))
        .maybe("expose_headers", (!expose.is_empty()).then(|| all(expose)))
        .maybe("allow_credentials", credentials.then_some(true))
        .maybe("max_age", *max_age)
}
