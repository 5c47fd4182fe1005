//! The same in Terraform.

use super::{of, refused};
use crate::check::read::terraform;

fn in_terraform(resources: &str) -> Vec<(String, String)> {
    let function = "
resource \"aws_lambda_function\" \"f\" {
  function_name = \"fulfil-prod\"
  handler       = \"fulfil\"
  runtime       = \"provided.al2023\"
}
";
    refused(&terraform::read_module(&[of("main.tf", &format!("{function}{resources}"))], &[]).unwrap())
}

/// As those above.
const TERRAFORM: [(&str, &str, &str, &str); 9] = [
    (
        r#"resource "aws_sns_topic_subscription" "t" {
  protocol  = "lambda"
  endpoint  = aws_lambda_function.f.arn
  topic_arn = aws_sns_topic.a.arn
}
resource "aws_sns_topic" "a" {}"#,
        "aws_sns_topic_subscription.t",
        "sns.amazonaws.com",
        "source_arn = aws_sns_topic.a.arn",
    ),
    (
        r#"resource "aws_s3_bucket_notification" "t" {
  bucket = aws_s3_bucket.a.id
  lambda_function {
    lambda_function_arn = aws_lambda_function.f.arn
    events              = ["s3:ObjectCreated:*"]
  }
}
resource "aws_s3_bucket" "a" {}"#,
        "aws_s3_bucket_notification.t.lambda_function",
        "s3.amazonaws.com",
        "source_arn = aws_s3_bucket.a.arn",
    ),
    (
        r#"resource "aws_cloudwatch_event_rule" "a" {
  schedule_expression = "rate(1 day)"
}
resource "aws_cloudwatch_event_target" "t" {
  rule = aws_cloudwatch_event_rule.a.name
  arn  = aws_lambda_function.f.arn
}"#,
        "aws_cloudwatch_event_target.t",
        "events.amazonaws.com",
        "source_arn = aws_cloudwatch_event_rule.a.arn",
    ),
    (
        r#"resource "aws_cloudwatch_log_subscription_filter" "t" {
  log_group_name  = aws_cloudwatch_log_group.a.name
  filter_pattern  = ""
  destination_arn = aws_lambda_function.f.arn
}
resource "aws_cloudwatch_log_group" "a" {}"#,
        "aws_cloudwatch_log_subscription_filter.t",
        "logs.amazonaws.com",
        "source_arn = \"${aws_cloudwatch_log_group.a.arn}:*\"",
    ),
    (
        r#"resource "aws_ses_receipt_rule" "t" {
  lambda_action {
    function_arn = aws_lambda_function.f.arn
  }
}"#,
        "aws_ses_receipt_rule.t",
        "ses.amazonaws.com",
        "source_account = data.aws_caller_identity.current.account_id",
    ),
    (
        r#"resource "aws_iot_topic_rule" "t" {
  sql = "SELECT 1"
  lambda {
    function_arn = aws_lambda_function.f.arn
  }
}"#,
        "aws_iot_topic_rule.t",
        "iot.amazonaws.com",
        "source_arn = aws_iot_topic_rule.t.arn",
    ),
    (
        r#"resource "aws_apigatewayv2_api" "t" {
  protocol_type = "HTTP"
  target        = aws_lambda_function.f.arn
}"#,
        "aws_apigatewayv2_api.t",
        "apigateway.amazonaws.com",
        "source_arn = \"${aws_apigatewayv2_api.t.execution_arn}/*\"",
    ),
    (
        r#"resource "aws_api_gateway_integration" "t" {
  rest_api_id = aws_api_gateway_rest_api.a.id
  resource_id = aws_api_gateway_rest_api.a.root_resource_id
  http_method = "GET"
  uri         = aws_lambda_function.f.invoke_arn
}
resource "aws_api_gateway_rest_api" "a" {}"#,
        "aws_api_gateway_integration.t",
        "apigateway.amazonaws.com",
        "source_arn = \"${aws_api_gateway_rest_api.a.execution_arn}/*\"",
    ),
    (
        r#"resource "aws_lb_target_group_attachment" "a" {
  target_group_arn = aws_lb_target_group.a.arn
  target_id        = aws_lambda_function.f.arn
}
resource "aws_lb_target_group" "a" {}
resource "aws_lb_listener" "t" {
  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.a.arn
  }
}"#,
        "aws_lb_listener.t",
        "elasticloadbalancing.amazonaws.com",
        "source_arn = aws_lb_target_group.a.arn",
    ),
];

#[test]
fn terraform_needs_them_too() {
    let permission = |function: &str, principal: &str| {
        format!(
            "\nresource \"aws_lambda_permission\" \"p\" {{\n  action = \"lambda:InvokeFunction\"\n  \
             function_name = {function}\n  principal = \"{principal}\"\n}}\n"
        )
    };
    for (resources, at, principal, source) in TERRAFORM {
        let fix = format!(
            "an `aws_lambda_permission` with `action = \"lambda:InvokeFunction\"`, `function_name = \
             aws_lambda_function.f.function_name`, `principal = \"{principal}\"`, `{source}`"
        );
        let found = in_terraform(resources);
        assert_eq!(found.len(), 1, "{resources} {found:?}");
        assert!(found[0].0.starts_with(at) && found[0].1 == fix, "{found:?} {fix}");
        for function in ["aws_lambda_function.f.function_name", "aws_lambda_function.f.arn", "\"fulfil-prod\"", "var.f"]
        {
            let allowed = format!("{resources}{}", permission(function, principal));
            assert_eq!(in_terraform(&allowed), [], "{allowed}");
        }
        let other = format!("{resources}{}", permission("aws_lambda_function.f.arn", "lex.amazonaws.com"));
        assert_eq!(in_terraform(&other).len(), 1, "{other}");
    }
    for resources in [
        TERRAFORM[2].0.replace("rule =", "role_arn = \"r\"\n  rule ="),
        TERRAFORM[2].0.replace("schedule_expression", "role_arn = \"r\"\n  schedule_expression"),
        TERRAFORM[6].0.replace("target ", "credentials_arn = \"r\"\n  target "),
        TERRAFORM[7].0.replace("uri ", "credentials = \"r\"\n  uri "),
        format!("{}\nmodule \"m\" {{\n  source = \"./m\"\n}}\n", TERRAFORM[0].0),
        "resource \"aws_lambda_function_url\" \"t\" {\n  function_name = aws_lambda_function.f.arn\n  \
         authorization_type = \"NONE\"\n}\n"
            .to_owned(),
    ] {
        assert_eq!(in_terraform(&resources), [], "{resources}");
    }
}

#[test]
fn a_plan_needs_them_too() {
    let resource = |ty: &str, name: &str, values: serde_json::Value| {
        let address = format!("{ty}.{name}");
        serde_json::json!({"address": address, "mode": "managed", "type": ty, "name": name, "values": values})
    };
    let function = serde_json::json!({
        "function_name": "fulfil-prod", "handler": "fulfil", "runtime": "provided.al2023",
        "arn": "arn:aws:lambda:a:1:function:fulfil-prod",
    });
    let arn = "arn:aws:lambda:a:1:function:fulfil-prod";
    let integration = serde_json::json!({
        "rest_api_id": "a", "resource_id": "b", "http_method": "GET", "credentials": "",
        "uri": format!("arn:aws:apigateway:a:lambda:path/2015-03-31/functions/{arn}/invocations"),
    });
    let permission = serde_json::json!({
        "action": "lambda:InvokeFunction", "function_name": "fulfil-prod", "principal": "apigateway.amazonaws.com",
    });
    let mut resources =
        vec![resource("aws_lambda_function", "f", function), resource("aws_api_gateway_integration", "t", integration)];
    let read = |resources: &[serde_json::Value]| {
        let plan =
            serde_json::json!({"format_version": "1.2", "planned_values": {"root_module": {"resources": resources}}});
        refused(&terraform::read_plan(&of("plan.json", &plan.to_string())).unwrap())
    };
    let [(at, _)] = read(&resources).try_into().unwrap();
    assert_eq!(at, "aws_api_gateway_integration.t");
    resources.push(resource("aws_lambda_permission", "p", permission));
    assert_eq!(read(&resources), []);
}

#[test]
fn a_permission_is_for_the_alias_that_is_invoked() {
    let of = |endpoint: &str, qualifier: &str| {
        in_terraform(&format!(
            r#"resource "aws_lambda_alias" "live" {{
  name          = "live"
  function_name = aws_lambda_function.f.function_name
}}
resource "aws_sns_topic_subscription" "t" {{
  protocol  = "lambda"
  endpoint  = {endpoint}
  topic_arn = "arn:aws:sns:eu-west-1:123456789012:t"
}}
resource "aws_lambda_permission" "p" {{
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.f.function_name
  principal     = "sns.amazonaws.com"
  {qualifier}
}}
"#
        ))
    };
    let (function, alias) = ("aws_lambda_function.f.arn", "aws_lambda_alias.live.arn");
    for (endpoint, qualifier) in [
        (function, ""),
        (alias, "qualifier = aws_lambda_alias.live.name"),
        (alias, "qualifier = \"live\""),
        ("\"${aws_lambda_function.f.arn}:live\"", "qualifier = \"live\""),
        // What is not known may be the one.
        (alias, "qualifier = var.alias"),
        (function, "qualifier = var.alias"),
    ] {
        assert_eq!(of(endpoint, qualifier), [], "{endpoint} {qualifier}");
    }
    let at = "aws_lambda_permission.p".to_owned();
    let live = "`function_name = aws_lambda_function.f.function_name`, `qualifier = \"live\"`".to_owned();
    assert_eq!(of(alias, ""), [(at.clone(), live.clone())]);
    assert_eq!(of(alias, "qualifier = \"test\""), [(at.clone(), live)]);
    let itself = "no `qualifier`, and `function_name` without an alias".to_owned();
    assert_eq!(of(function, "qualifier = \"live\""), [(at, itself)]);
}
