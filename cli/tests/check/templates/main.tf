variable "stage" {
  type    = string
  default = "prod"
}

data "aws_caller_identity" "current" {}
data "aws_region" "current" {}

locals {
  account = data.aws_caller_identity.current.account_id
  region  = data.aws_region.current.region
}

resource "aws_sqs_queue" "orders" {
  name                       = "orders-${var.stage}"
  visibility_timeout_seconds = 185
  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.letters.arn
    maxReceiveCount     = 5
  })
}

resource "aws_sqs_queue" "letters" {
  name                      = "orders-letters-${var.stage}"
  message_retention_seconds = 1209600
}

resource "aws_kinesis_stream" "clicks" {
  name        = "clicks-${var.stage}"
  shard_count = 1
}

resource "aws_dynamodb_table" "records" {
  name         = "records-${var.stage}"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "id"

  attribute {
    name = "id"
    type = "S"
  }

  ttl {
    attribute_name = "expiration"
    enabled        = true
  }
}

data "aws_iam_policy_document" "assume" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["lambda.amazonaws.com"]
    }
  }
}

data "aws_iam_policy_document" "orders" {
  statement {
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["arn:aws:logs:${local.region}:${local.account}:log-group:/aws/lambda/orders-*"]
  }
  statement {
    actions   = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"]
    resources = [aws_sqs_queue.orders.arn]
  }
  statement {
    actions   = ["sqs:SendMessage"]
    resources = [aws_sqs_queue.letters.arn]
  }
  statement {
    actions = [
      "kinesis:DescribeStream",
      "kinesis:DescribeStreamSummary",
      "kinesis:GetRecords",
      "kinesis:GetShardIterator",
      "kinesis:ListShards",
    ]
    resources = [aws_kinesis_stream.clicks.arn]
  }
  statement {
    actions   = ["secretsmanager:GetSecretValue"]
    resources = ["arn:aws:secretsmanager:${local.region}:${local.account}:secret:${var.stage}/db/password-*"]
  }
  statement {
    actions   = ["ssm:GetParametersByPath"]
    resources = ["arn:aws:ssm:${local.region}:${local.account}:parameter/orders/limits*"]
  }
  statement {
    actions   = ["dynamodb:PutItem", "dynamodb:DeleteItem"]
    resources = [aws_dynamodb_table.records.arn]
  }
}

resource "aws_iam_role" "orders" {
  name               = "orders-${var.stage}"
  assume_role_policy = data.aws_iam_policy_document.assume.json
}

resource "aws_iam_role_policy" "orders" {
  role   = aws_iam_role.orders.id
  policy = data.aws_iam_policy_document.orders.json
}

resource "aws_lambda_function" "fulfil" {
  function_name                  = "orders-${var.stage}-fulfil"
  role                           = aws_iam_role.orders.arn
  runtime                        = "provided.al2023"
  architectures                  = ["arm64"]
  handler                        = "fulfil"
  filename                       = "target/lambda/orders/bootstrap.zip"
  memory_size                    = 256
  timeout                        = 30
  reserved_concurrent_executions = 20

  environment {
    variables = {
      STAGE               = var.stage
      TABLE_NAME          = "orders-${var.stage}"
      LAMBKIN_IDEMPOTENCY = "dynamodb://${aws_dynamodb_table.records.name}"
    }
  }

  logging_config {
    log_format = "JSON"
  }
}

resource "aws_lambda_event_source_mapping" "fulfil" {
  event_source_arn                   = aws_sqs_queue.orders.arn
  function_name                      = aws_lambda_function.fulfil.arn
  batch_size                         = 50
  maximum_batching_window_in_seconds = 5
  function_response_types            = ["ReportBatchItemFailures"]

  scaling_config {
    maximum_concurrency = 10
  }

  filter_criteria {
    filter {
      pattern = jsonencode({ body = { type = ["order"] } })
    }
  }
}

resource "aws_lambda_function" "api" {
  function_name = "orders-${var.stage}-api"
  role          = aws_iam_role.orders.arn
  runtime       = "provided.al2023"
  architectures = ["arm64"]
  handler       = "api"
  filename      = "target/lambda/orders/bootstrap.zip"
  memory_size   = 256
  timeout       = 10
}

resource "aws_apigatewayv2_api" "shop" {
  name          = "orders-${var.stage}"
  protocol_type = "HTTP"

  cors_configuration {
    allow_origins = ["https://shop.example.com"]
    allow_methods = ["GET", "POST"]
    allow_headers = ["content-type"]
  }
}

resource "aws_apigatewayv2_integration" "api" {
  api_id                 = aws_apigatewayv2_api.shop.id
  integration_type       = "AWS_PROXY"
  integration_uri        = aws_lambda_function.api.invoke_arn
  payload_format_version = "2.0"
}

resource "aws_apigatewayv2_route" "list" {
  api_id    = aws_apigatewayv2_api.shop.id
  route_key = "GET /orders"
  target    = "integrations/${aws_apigatewayv2_integration.api.id}"
}

resource "aws_apigatewayv2_route" "create" {
  api_id    = aws_apigatewayv2_api.shop.id
  route_key = "POST /orders"
  target    = "integrations/${aws_apigatewayv2_integration.api.id}"
}

resource "aws_apigatewayv2_route" "show" {
  api_id    = aws_apigatewayv2_api.shop.id
  route_key = "GET /orders/{id}"
  target    = "integrations/${aws_apigatewayv2_integration.api.id}"
}

resource "aws_lambda_permission" "api" {
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.api.function_name
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${aws_apigatewayv2_api.shop.execution_arn}/*"
}

resource "aws_lambda_function" "count" {
  function_name = "orders-${var.stage}-count"
  role          = aws_iam_role.orders.arn
  runtime       = "provided.al2023"
  architectures = ["arm64"]
  handler       = "count"
  filename      = "target/lambda/orders/bootstrap.zip"
  memory_size   = 256
  timeout       = 60
}

resource "aws_lambda_event_source_mapping" "count" {
  event_source_arn               = aws_kinesis_stream.clicks.arn
  function_name                  = aws_lambda_function.count.arn
  starting_position              = "LATEST"
  batch_size                     = 500
  maximum_retry_attempts         = 5
  bisect_batch_on_function_error = true
  parallelization_factor         = 2
  function_response_types        = ["ReportBatchItemFailures"]

  destination_config {
    on_failure {
      destination_arn = aws_sqs_queue.letters.arn
    }
  }

  filter_criteria {
    filter {
      pattern = jsonencode({
        data = {
          page  = [{ prefix = "/shop" }]
          total = [{ numeric = [">", 0] }]
        }
      })
    }

    filter {
      pattern = "{\"partitionKey\": [\"1\"]}"
    }
  }
}

resource "aws_lambda_function" "nightly" {
  function_name = "orders-${var.stage}-nightly"
  role          = aws_iam_role.orders.arn
  runtime       = "provided.al2023"
  architectures = ["arm64"]
  handler       = "nightly"
  filename      = "target/lambda/orders/bootstrap.zip"
  memory_size   = 256
  timeout       = 900
}

resource "aws_lambda_function_event_invoke_config" "nightly" {
  function_name                = aws_lambda_function.nightly.function_name
  maximum_retry_attempts       = 1
  maximum_event_age_in_seconds = 3600

  destination_config {
    on_failure {
      destination = aws_sqs_queue.letters.arn
    }
  }
}

resource "aws_scheduler_schedule" "nightly" {
  name                         = "orders-${var.stage}-nightly"
  schedule_expression          = "cron(0 3 * * ? *)"
  schedule_expression_timezone = "Europe/Berlin"

  flexible_time_window {
    mode = "OFF"
  }

  target {
    arn      = aws_lambda_function.nightly.arn
    role_arn = aws_iam_role.scheduler.arn
  }
}

resource "aws_cloudwatch_event_rule" "nightly" {
  name          = "orders-${var.stage}-nightly"
  event_pattern = jsonencode({ source = ["orders"] })
}

resource "aws_cloudwatch_event_target" "nightly" {
  rule = aws_cloudwatch_event_rule.nightly.name
  arn  = aws_lambda_function.nightly.arn
}

resource "aws_lambda_permission" "nightly" {
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.nightly.arn
  principal     = "events.amazonaws.com"
  source_arn    = aws_cloudwatch_event_rule.nightly.arn
}

resource "aws_iam_role" "scheduler" {
  name               = "orders-${var.stage}-scheduler"
  assume_role_policy = data.aws_iam_policy_document.assume.json
}
