//! What invokes functions.

use super::resources::with_function;
use super::*;
use crate::check::observed::Trigger;

#[test]
fn events() {
    let observed = with_function(
        r#"
        resource "aws_sns_topic_subscription" "f" {
          topic_arn = "arn:aws:sns:a:1:t"
          protocol  = "lambda"
          endpoint  = aws_lambda_alias.live.arn
        }
        resource "aws_sns_topic_subscription" "queue" {
          topic_arn = "arn:aws:sns:a:1:t"
          protocol  = "sqs"
          endpoint  = "arn:aws:sqs:a:1:q"
        }
        resource "aws_s3_bucket_notification" "b" {
          bucket = "b"
          lambda_function {
            lambda_function_arn = aws_lambda_function.f.arn
            events              = ["s3:ObjectCreated:*"]
            filter_prefix       = "in/"
          }
        }
        resource "aws_cloudwatch_event_rule" "pattern" {
          name          = "pattern"
          event_pattern = jsonencode({ source = ["a", "b"], detail = { x = [1] } })
        }
        resource "aws_cloudwatch_event_rule" "every" {
          name                = "every"
          schedule_expression = "rate(5 minutes)"
          is_enabled          = false
        }
        resource "aws_cloudwatch_event_rule" "any" {
          name          = "any"
          event_pattern = jsonencode({ source = [{ prefix = "" }], detail-type = [{ prefix = "x" }] })
        }
        resource "aws_cloudwatch_event_target" "pattern" {
          rule = aws_cloudwatch_event_rule.pattern.name
          arn  = aws_lambda_function.f.arn
        }
        resource "aws_cloudwatch_event_target" "every" {
          rule = "every"
          arn  = aws_lambda_function.f.arn
        }
        resource "aws_cloudwatch_event_target" "any" {
          rule = aws_cloudwatch_event_rule.any.id
          arn  = aws_lambda_function.f.arn
        }
        resource "aws_cloudwatch_event_target" "open" {
          rule = var.open
          arn  = aws_lambda_function.f.arn
        }
        resource "aws_cloudwatch_event_target" "queue" {
          rule = "every"
          arn  = "arn:aws:sqs:a:1:q"
        }
        resource "aws_scheduler_schedule" "s" {
          schedule_expression = "rate(1 day)"
          state               = "DISABLED"
          target {
            arn = aws_lambda_function.f.arn
          }
        }
        resource "aws_ses_receipt_rule" "m" {
          recipients = ["a@example.com"]
          lambda_action {
            function_arn = aws_lambda_function.f.arn
          }
        }
        resource "aws_iot_topic_rule" "d" {
          sql = "SELECT * FROM 'a'"
          lambda {
            function_arn = aws_lambda_function.f.arn
          }
        }
        "#,
    );
    let f = "aws_lambda_function.f";
    assert_eq!(
        triggers_of(&observed),
        [
            format!("{f}:live: topic arn:aws:sns:a:1:t"),
            format!("{f}: bucket b s3:ObjectCreated:* Some(\"in/\") None"),
            format!("{f}: rule default Some([\"a\", \"b\"]) None true"),
            format!("{f}: schedule Some(\"rate(5 minutes)\") Some(\"UTC\") Some(false)"),
            format!("{f}: rule default None None false"),
            format!("{f}: rule default None None true"),
            format!("{f}: schedule Some(\"rate(1 day)\") Some(\"UTC\") Some(false)"),
            format!("{f}: mail a@example.com Some(\"Event\")"),
            format!("{f}: devices Some(\"SELECT * FROM 'a'\")"),
        ]
    );
    let Trigger::Rule { sources, detail_types, .. } = &observed.triggers[4].by else { panic!() };
    assert_eq!(*sources, Field::Absent);
    assert!(detail_types.is_unknown());
}

#[test]
fn front_ends() {
    let observed = with_function(
        r#"
        resource "aws_apigatewayv2_api" "quick" {
          name          = "quick"
          protocol_type = "HTTP"
          target        = aws_lambda_function.f.arn
          cors_configuration {
            allow_origins     = ["https://a.example"]
            allow_methods     = ["GET"]
            allow_credentials = true
          }
        }
        resource "aws_apigatewayv2_api" "ws" {
          name          = "ws"
          protocol_type = "WEBSOCKET"
        }
        resource "aws_apigatewayv2_integration" "ws" {
          api_id          = aws_apigatewayv2_api.ws.id
          integration_uri = "arn:aws:apigateway:a:lambda:path/2015-03-31/functions/${aws_lambda_function.f.arn}/invocations"
        }
        resource "aws_apigatewayv2_route" "ws" {
          api_id             = aws_apigatewayv2_api.ws.id
          route_key          = "$connect"
          target             = "integrations/${aws_apigatewayv2_integration.ws.id}"
          authorization_type = "AWS_IAM"
        }
        resource "aws_apigatewayv2_integration" "web" {
          api_id          = aws_apigatewayv2_api.quick.id
          integration_uri = "https://example.com"
        }
        resource "aws_api_gateway_rest_api" "r" {
          name = "r"
        }
        resource "aws_api_gateway_resource" "orders" {
          rest_api_id = aws_api_gateway_rest_api.r.id
          parent_id   = aws_api_gateway_rest_api.r.root_resource_id
          path_part   = "orders"
        }
        resource "aws_api_gateway_resource" "order" {
          rest_api_id = aws_api_gateway_rest_api.r.id
          parent_id   = aws_api_gateway_resource.orders.id
          path_part   = "{id}"
        }
        resource "aws_api_gateway_method" "order" {
          rest_api_id   = aws_api_gateway_rest_api.r.id
          resource_id   = aws_api_gateway_resource.order.id
          http_method   = "get"
          authorization = "AWS_IAM"
        }
        resource "aws_api_gateway_integration" "order" {
          rest_api_id = aws_api_gateway_rest_api.r.id
          resource_id = aws_api_gateway_resource.order.id
          http_method = aws_api_gateway_method.order.http_method
          type        = "AWS_PROXY"
          uri         = aws_lambda_alias.live.invoke_arn
        }
        resource "aws_api_gateway_integration" "mock" {
          rest_api_id = aws_api_gateway_rest_api.r.id
          resource_id = aws_api_gateway_resource.order.id
          http_method = "OPTIONS"
          type        = "MOCK"
        }
        resource "aws_lambda_function_url" "u" {
          function_name      = aws_lambda_function.f.function_name
          authorization_type = "NONE"
        }
        resource "aws_lb_target_group" "g" {
          target_type = "lambda"
        }
        resource "aws_lb_target_group_attachment" "g" {
          target_group_arn = aws_lb_target_group.g.arn
          target_id        = aws_lambda_function.f.arn
        }
        resource "aws_lb_listener_rule" "g" {
          action {
            type             = "forward"
            target_group_arn = aws_lb_target_group.g.arn
          }
          condition {
            path_pattern {
              values = ["/orders", "/orders/*"]
            }
          }
          condition {
            http_request_method {
              values = ["GET"]
            }
          }
        }
        resource "aws_alb_listener" "g" {
          default_action {
            type = "forward"
            forward {
              target_group {
                arn = aws_lb_target_group.g.arn
              }
            }
          }
        }
        "#,
    );
    let f = "aws_lambda_function.f";
    assert_eq!(
        triggers_of(&observed),
        [
            format!("{f}: HttpApi all Some(\"NONE\")"),
            format!("{f}: WebSocket ANY $connect Some(\"AWS_IAM\")"),
            format!("{f}:live: RestApi GET /orders/{{id}} Some(\"AWS_IAM\")"),
            format!("{f}: FunctionUrl all Some(\"NONE\")"),
            format!("{f}: LoadBalancer GET /orders Some(\"NONE\")"),
            format!("{f}: LoadBalancer GET /orders/* Some(\"NONE\")"),
            format!("{f}: LoadBalancer all Some(\"NONE\")"),
        ]
    );
    let Trigger::Http(quick) = &observed.triggers[0].by else { panic!() };
    let cors = quick.cors.value().unwrap();
    assert_eq!(
        (cors.origins.as_slice(), cors.methods.as_slice()),
        (&["https://a.example".to_owned()][..], &["GET".to_owned()][..])
    );
    assert!(cors.credentials && cors.headers.is_empty());
}
