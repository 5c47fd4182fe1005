//! Terraform: the same deployment in the words of its AWS provider.

mod events;
pub(crate) mod hcl;
mod http;
mod resources;

use crate::template::cloudformation::{ALIAS, RUNTIME};
use crate::template::model::{Deployment, FrontEnd, Function, Permission, Scope, Setting, Trigger};
use crate::template::plan::names::snake;
use crate::template::terraform::hcl::{Body, Expr, Part};
use crate::template::text::{Kind, Piece, Resource, Text};

/// The file.
pub(crate) fn render(deployment: &Deployment) -> String {
    let writer = Writer { of: deployment };
    let mut file = Body::new().comment(
        "For the provider hashicorp/aws, version 6 or newer. The providers are yours to require, because a module requires \
         them once.",
    );
    writer.variables(&mut file);
    for (ty, label) in [("aws_caller_identity", DATA), ("aws_partition", DATA), ("aws_region", DATA)] {
        file.add(&format!("data \"{ty}\" \"{label}\""), Body::new());
    }
    for function in &deployment.functions {
        writer.function(function, &mut file);
    }
    writer.shared(&mut file);
    writer.outputs(&mut file);
    file.to_hcl()
}

/// The label of data sources, which a user's own file hardly has.
const DATA: &str = "lambkin";

struct Writer<'d> {
    of: &'d Deployment,
}

impl Writer<'_> {
    fn text(&self, text: &Text) -> Expr {
        match text.0.as_slice() {
            [] => "".into(),
            [Piece::Literal(text)] => text.into(),
            [piece] => Expr::Raw(self.reference(piece)),
            pieces => {
                let part = |piece: &Piece| match piece {
                    Piece::Literal(text) => Part::Literal(text.clone()),
                    piece => Part::Reference(self.reference(piece)),
                };
                Expr::Template(pieces.iter().map(part).collect())
            }
        }
    }

    fn reference(&self, piece: &Piece) -> String {
        match piece {
            Piece::Literal(text) => text.clone(),
            Piece::Stage => "var.stage".to_owned(),
            Piece::Region => format!("data.aws_region.{DATA}.region"),
            Piece::Account => format!("data.aws_caller_identity.{DATA}.account_id"),
            Piece::Partition => format!("data.aws_partition.{DATA}.partition"),
            Piece::Parameter(id) => format!("var.{}", snake(id)),
            Piece::Arn(resource) => format!("{}.arn", self.address(resource)),
            Piece::Name(resource) => {
                let attribute = match resource.kind {
                    Kind::HttpApi | Kind::RestApi => "id",
                    _ => "name",
                };
                format!("{}.{attribute}", self.address(resource))
            }
        }
    }

    /// `aws_sqs_queue.orders`.
    fn address(&self, resource: &Resource) -> String {
        let label = snake(&resource.id);
        match resource.kind {
            Kind::Queue => format!("aws_sqs_queue.{label}"),
            Kind::DeadLetters => format!("aws_sqs_queue.{label}_dead_letters"),
            Kind::Stream => format!("aws_kinesis_stream.{label}"),
            Kind::Table => format!("aws_dynamodb_table.{label}"),
            Kind::Topic => format!("aws_sns_topic.{label}"),
            Kind::Bucket => format!("aws_s3_bucket.{label}"),
            Kind::Bus => format!("aws_cloudwatch_event_bus.{label}"),
            Kind::Rule => format!("aws_cloudwatch_event_rule.{label}"),
            Kind::TopicRule => format!("aws_iot_topic_rule.{label}"),
            Kind::HttpApi => format!("aws_apigatewayv2_api.{label}"),
            Kind::RestApi => format!("aws_api_gateway_rest_api.{label}"),
            Kind::TargetGroup => format!("aws_lb_target_group.{label}"),
            Kind::Role => format!("aws_iam_role.{label}"),
            Kind::Invoker => format!("aws_iam_role.{label}_invoker"),
            Kind::LogGroup => format!("aws_cloudwatch_log_group.{label}"),
            Kind::Target if self.is_provisioned(&resource.id) => format!("aws_lambda_alias.{label}"),
            Kind::Target => format!("aws_lambda_function.{label}"),
        }
    }

    fn is_provisioned(&self, id: &str) -> bool {
        self.of.functions.iter().any(|function| function.id == id && function.provisioned_concurrency.is_some())
    }

    fn variables(&self, file: &mut Body) {
        let variable = |description: &str| {
            Body::new().with("description", description).with("type", Expr::Raw("string".to_owned()))
        };
        if self.of.stage.is_none() {
            let stage = variable("The stage: part of the names of what is deployed").with("default", "dev");
            file.add("variable \"stage\"", stage);
        }
        let code = variable("The functions' code: what `cargo lambda build --release --output-format zip` makes");
        file.add("variable \"code\"", code.with("default", &self.of.code.artifact));
        for parameter in &self.of.parameters {
            let ty = if parameter.is_list { "list(string)" } else { "string" };
            let body = Body::new()
                .with("description", &parameter.description)
                .with("type", Expr::Raw(ty.to_owned()))
                .maybe("default", parameter.default.as_ref());
            file.add(&format!("variable \"{}\"", snake(&parameter.id)), body);
        }
    }

    fn function(&self, function: &Function, file: &mut Body) {
        let label = snake(&function.id);
        let group = self.address(&Kind::LogGroup.of(&function.id));
        let number = |body: Body, key: &str, setting: Setting, name: &str| match setting.is_default {
            true => {
                body.comment(format!("Lambda's own default: the attribute has no `{name}`.")).with(key, setting.value)
            }
            false => body.with(key, setting.value),
        };
        let body = Body::new()
            .with("function_name", self.text(&function.name))
            .with("runtime", RUNTIME)
            .with("architectures", vec![self.of.architecture.name()])
            .with("handler", function.entry_point())
            .with("filename", Expr::Raw("var.code".to_owned()))
            .with("source_code_hash", Expr::Raw("filebase64sha256(var.code)".to_owned()))
            .with("role", self.text(&Kind::Role.of(&function.id).arn()));
        let body = number(body, "memory_size", function.memory, "memory");
        let body = number(body, "timeout", function.timeout, "timeout");
        let variables: Vec<(String, Expr)> =
            function.environment.iter().map(|(name, value)| (name.clone(), self.text(value))).collect();
        let layers: Vec<Expr> = function.layers.iter().map(|layer| self.text(layer)).collect();
        let after = Expr::Raw(format!("aws_iam_role_policy.{label}"));
        let provisioned = function.provisioned_concurrency;
        let body = body
            .maybe("layers", (!layers.is_empty()).then_some(layers))
            .maybe("reserved_concurrent_executions", function.reserved_concurrency)
            .maybe("publish", provisioned.map(|_| true))
            .with("depends_on", vec![after])
            .maybe_block(
                "environment",
                (!variables.is_empty()).then(|| Body::new().with("variables", Expr::Object(variables))),
            )
            .block(
                "logging_config",
                Body::new().with("log_format", "JSON").with("log_group", Expr::Raw(format!("{group}.name"))),
            )
            .maybe_block("tracing_config", self.of.tracing.then(|| Body::new().with("mode", "Active")));
        file.comments(&function.notes);
        file.resource("aws_lambda_function", &label, body);
        if let Some(environments) = provisioned {
            let alias = Body::new()
                .with("name", ALIAS)
                .with("function_name", Expr::Raw(format!("aws_lambda_function.{label}.function_name")))
                .with("function_version", Expr::Raw(format!("aws_lambda_function.{label}.version")));
            file.resource("aws_lambda_alias", &label, alias);
            let config = Body::new()
                .with("function_name", Expr::Raw(format!("aws_lambda_function.{label}.function_name")))
                .with("qualifier", Expr::Raw(format!("aws_lambda_alias.{label}.name")))
                .with("provisioned_concurrent_executions", environments);
            file.resource("aws_lambda_provisioned_concurrency_config", &label, config);
        }
        self.event_invoke_config(function, file);
        self.role(function, file);
        let name = Text::from("/aws/lambda/").then(function.name.clone());
        let group = Body::new().with("name", self.text(&name)).with("retention_in_days", self.of.log_retention);
        file.resource("aws_cloudwatch_log_group", &label, group);
        self.events(function, file);
    }

    fn role(&self, function: &Function, file: &mut Body) {
        let label = snake(&function.id);
        let role = Body::new().with("assume_role_policy", policy(vec![trust("lambda.amazonaws.com")]));
        file.resource("aws_iam_role", &label, role);
        let reasons: Vec<String> = function.permissions.iter().filter_map(reason).collect();
        let statements = function.permissions.iter().map(|permission| self.statement(permission)).collect();
        let body = Body::new()
            .with("name", "lambkin")
            .with("role", Expr::Raw(format!("aws_iam_role.{label}.id")))
            .with("policy", policy(statements));
        file.comments(&reasons);
        file.resource("aws_iam_role_policy", &label, body);
        if let Some(parameter) = &function.key_parameter {
            let key = format!("var.{}", snake(parameter));
            let statement = vec![
                ("Sid".to_owned(), "Decrypt".into()),
                ("Effect".to_owned(), "Allow".into()),
                ("Action".to_owned(), vec!["kms:Decrypt"].into()),
                ("Resource".to_owned(), Expr::Raw(key.clone())),
            ];
            let body = Body::new()
                .with("count", Expr::Raw(format!("{key} == \"\" ? 0 : 1")))
                .with("name", "lambkin-decrypt")
                .with("role", Expr::Raw(format!("aws_iam_role.{label}.id")))
                .with("policy", policy(vec![Expr::Object(statement)]));
            file.resource("aws_iam_role_policy", &format!("{label}_decryption"), body);
        }
    }

    fn statement(&self, Permission { id, actions, on }: &Permission) -> Expr {
        let resources = match on {
            Scope::Resources(resources) => Expr::List(resources.iter().map(|resource| self.text(resource)).collect()),
            Scope::Anything(_) => "*".into(),
        };
        Expr::Object(vec![
            ("Sid".to_owned(), (*id).into()),
            ("Effect".to_owned(), "Allow".into()),
            ("Action".to_owned(), actions.clone().into()),
            ("Resource".to_owned(), resources),
        ])
    }

    fn outputs(&self, file: &mut Body) {
        for function in &self.of.functions {
            let Trigger::Http(http) = &function.trigger else { continue };
            let label = snake(&function.id);
            let value = match http.front_end {
                FrontEnd::HttpApi => format!("aws_apigatewayv2_api.{label}.api_endpoint"),
                FrontEnd::RestApi => format!("aws_api_gateway_stage.{label}.invoke_url"),
                FrontEnd::FunctionUrl => format!("aws_lambda_function_url.{label}.function_url"),
                FrontEnd::Alb => continue,
            };
            let body = Body::new()
                .with("description", format!("Where {} answers", function.handler).as_str())
                .with("value", Expr::Raw(value));
            file.add(&format!("output \"{label}_address\""), body);
        }
    }
}

fn reason(permission: &Permission) -> Option<String> {
    match permission.on {
        Scope::Anything(why) => Some(format!("{} is on anything: {why}.", permission.id)),
        Scope::Resources(_) => None,
    }
}

fn policy(statements: Vec<Expr>) -> Expr {
    let document = vec![("Version".to_owned(), "2012-10-17".into()), ("Statement".to_owned(), Expr::List(statements))];
    Expr::Call("jsonencode", Box::new(Expr::Object(document)))
}

fn trust(service: &str) -> Expr {
    Expr::Object(vec![
        ("Effect".to_owned(), "Allow".into()),
        ("Principal".to_owned(), Expr::Object(vec![("Service".to_owned(), service.into())])),
        ("Action".to_owned(), "sts:AssumeRole".into()),
    ])
}
