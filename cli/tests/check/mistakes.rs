//! One mistake in a template that is right: the code that is for it, on the line where it is, and nothing else.

use crate::given::{checked, findings, json, line_of, template};

/// What is written instead of what, the code, and what stands on the line that is named.
type Mistake = (&'static str, &'static str, &'static str, &'static str);

const SAM: &[Mistake] = &[
    ("Handler: fulfil\n", "Handler: fulfill\n", "LC101", "Handler: fulfill"),
    ("Handler: nightly\n", "Handler: bootstrap\n", "LC103", "Handler: bootstrap"),
    ("Handler: count\n", "Handler: count\n      Runtime: python3.13\n", "LC104", "Runtime: python3.13"),
    ("Handler: count\n", "Handler: count\n      Runtime: provided.al2\n", "LC105", ""),
    ("Handler: api\n", "Handler: api\n      MemorySize: 512\n", "LC107", "MemorySize: 512"),
    ("Timeout: 10\n", "Timeout: 8\n", "LC108", "Timeout: 8"),
    ("Timeout: 60\n", "Timeout: 61\n", "LC109", "Timeout: 61"),
    ("Timeout: 900\n", "Timeout: 901\n", "LC111", "Timeout: 901"),
    ("LogFormat: JSON", "LogFormat: JSON # mine", "", ""),
    (
        "            FunctionResponseTypes: [ReportBatchItemFailures]\n            ScalingConfig",
        "            ScalingConfig",
        "LC201",
        "        Orders:",
    ),
    (
        "MaximumBatchingWindowInSeconds: 5\n",
        "MaximumBatchingWindowInSeconds: 5\n            Enabled: false\n",
        "LC205",
        "Enabled: false",
    ),
    ("BatchSize: 500", "BatchSize: 100", "LC206", "BatchSize: 100"),
    ("WindowInSeconds: 5", "WindowInSeconds: 1", "LC207", "WindowInSeconds: 1"),
    ("MaximumConcurrency: 10", "MaximumConcurrency: 11", "LC209", "MaximumConcurrency: 11"),
    ("StartingPosition: LATEST", "StartingPosition: TRIM_HORIZON", "LC211", "TRIM_HORIZON"),
    ("MaximumRetryAttempts: 5", "MaximumRetryAttempts: 50", "LC212", "MaximumRetryAttempts: 50"),
    ("BisectBatchOnFunctionError: true", "BisectBatchOnFunctionError: false", "LC212", "BisectBatchOnFunctionError"),
    (
        "ParallelizationFactor: 2",
        "ParallelizationFactor: 2\n            TumblingWindowInSeconds: 60",
        "LC214",
        "TumblingWindow",
    ),
    ("Pattern: '{\"body\": {\"type\": [\"order\"]}}'", "Pattern: '{\"body\": {\"type\": [\"orders\"]}}'", "LC221", ""),
    ("                - Pattern: '{\"partitionKey\": [\"1\"]}'\n", "", "LC221", ""),
    (
        "                - Pattern: '{\"partitionKey\": [\"1\"]}'\n",
        "                - Pattern: '{\"partitionKey\": [\"1\"]}'\n                - Pattern: '{\"partitionKey\": [\"2\"]}'\n",
        "LC222",
        "",
    ),
    (
        "            FilterCriteria:\n              Filters:\n                - Pattern: '{\"body\": {\"type\": [\"order\"]}}'\n",
        "",
        "LC222",
        "        Orders:",
    ),
    ("'{\"partitionKey\": [\"1\"]}'", "'{\"partitionKey\": \"1\"}'", "LC223", "partitionKey"),
    ("'{\"partitionKey\": [\"1\"]}'", "'{\"partitionKey\": [1]'", "LC223", "partitionKey"),
    // Known only when it is deployed.
    ("'{\"partitionKey\": [\"1\"]}'", "!Sub '{\"partitionKey\": [\"${AWS::StackName}\"]}'", "", ""),
    ("VisibilityTimeout: 185", "VisibilityTimeout: 20", "LC301", "VisibilityTimeout: 20"),
    ("VisibilityTimeout: 185", "VisibilityTimeout: 184", "LC302", "VisibilityTimeout: 184"),
    ("      VisibilityTimeout: 185\n", "", "LC302", "  Queue:"),
    (
        "VisibilityTimeout: 185",
        "QueueName: orders.fifo\n      VisibilityTimeout: 185",
        "LC303",
        "QueueName: orders.fifo",
    ),
    (
        "      RedrivePolicy:\n        deadLetterTargetArn: !GetAtt Letters.Arn\n        maxReceiveCount: 5\n",
        "",
        "LC306",
        "  Queue:",
    ),
    ("maxReceiveCount: 5", "maxReceiveCount: 3", "LC307", "maxReceiveCount: 3"),
    ("      MessageRetentionPeriod: 1209600", "      MessageRetentionPeriod: 3600", "LC309", "MessageRetentionPeriod"),
    // What is given up is told to it too.
    ("MessageRetentionPeriod: 1209600", "FifoQueue: true", "LC310 LC815", ""),
    ("VisibilityTimeout: 185", "VisibilityTimeout: 50000", "LC311 LC606", "VisibilityTimeout: 50000"),
    ("VisibilityTimeout: 185", "VisibilityTimeout: 185\n      KmsMasterKeyId: alias/own", "LC409", "      Policies:"),
    ("VisibilityTimeout: 185", "VisibilityTimeout: 185\n      KmsMasterKeyId: alias/aws/sqs", "", ""),
    ("secret:${Stage}/db/password-*", "secret:${Stage}/db/user-*", "LC402", "      Policies:"),
    ("parameter/orders/limits*", "parameter/orders/limit", "LC403", "      Policies:"),
    ("Action: [dynamodb:PutItem, dynamodb:DeleteItem]", "Action: dynamodb:*", "LC406", "dynamodb:*"),
    ("Resource: !GetAtt Records.Arn", "Resource: \"*\"", "LC407", "Resource: \"*\""),
    ("          TABLE_NAME: !Sub \"orders-${Stage}\"\n", "", "LC501", "      Environment:"),
    ("          TABLE_NAME: !Sub \"orders-${Stage}\"", "          TABLE_NAME: \"\"", "LC501", "TABLE_NAME"),
    ("STAGE: !Ref Stage\n", "STAGE: !Ref Stage\n          TABLE: orders\n", "LC502", "TABLE: orders"),
    ("STAGE: !Ref Stage\n", "STAGE: !Ref Stage\n          LAMBKIN_API_TOKEN: abc123\n", "LC503", "LAMBKIN_API_TOKEN"),
    ("STAGE: !Ref Stage\n", "STAGE: !Ref Stage\n          AWS_REGION: eu-west-1\n", "LC504", "AWS_REGION: eu"),
    ("          LAMBKIN_IDEMPOTENCY: !Sub \"dynamodb://${Records}\"\n", "", "LC601", "      Environment:"),
    ("!Sub \"dynamodb://${Records}\"", "file:/tmp/records", "LC602", "file:/tmp/records"),
    ("[dynamodb:PutItem, dynamodb:DeleteItem]", "[dynamodb:PutItem, dynamodb:GetItem]", "LC603", "      Policies:"),
    (
        "AttributeName: expiration\n        Enabled: true",
        "AttributeName: expires\n        Enabled: true",
        "LC605",
        "AttributeName: expires",
    ),
    (
        "      TimeToLiveSpecification:\n        AttributeName: expiration\n        Enabled: true\n",
        "",
        "LC605",
        "  Records:",
    ),
    (
        "        Create:\n          Type: HttpApi\n          Properties: { ApiId: !Ref Shop, Method: POST, Path: /orders }\n",
        "",
        "LC701",
        "  Api:",
    ),
    (
        "        Create:\n",
        "        Old:\n          Type: HttpApi\n          Properties: { ApiId: !Ref Shop, Method: PUT, Path: /orders }\n        Create:\n",
        "LC702",
        "        Old:",
    ),
    ("AllowOrigins: [\"https://shop.example.com\"]", "AllowOrigins: [\"*\"]", "LC703", "CorsConfiguration"),
    ("ScheduleExpression: cron(0 3 * * ? *)", "ScheduleExpression: rate(1 day)", "LC803", "rate(1 day)"),
    ("ScheduleExpressionTimezone: Europe/Berlin", "ScheduleExpressionTimezone: UTC", "LC803", "UTC"),
    (
        "ScheduleExpressionTimezone: Europe/Berlin",
        "ScheduleExpressionTimezone: Europe/Berlin\n            State: DISABLED",
        "LC804",
        "DISABLED",
    ),
    (
        "Action: [dynamodb:PutItem, dynamodb:DeleteItem]\n              Resource: !GetAtt Records.Arn",
        "Action: [dynamodb:PutItem, dynamodb:DeleteItem]\n              Resource: !GetAtt Records.Arn\n            - { Effect: Allow, Action: sqs:SendMessage, Resource: !GetAtt Queue.Arn }",
        "LC811",
        "sqs:SendMessage",
    ),
    (
        "        DestinationConfig:\n          OnFailure:\n            Type: SQS\n            Destination: !GetAtt Letters.Arn\n",
        "",
        "LC815",
        "      EventInvokeConfig:",
    ),
    ("MaximumRetryAttempts: 1\n", "MaximumRetryAttempts: 0\n", "LC816", "MaximumRetryAttempts: 0"),
    ("        MaximumRetryAttempts: 1\n", "", "LC816", "      EventInvokeConfig:"),
    ("MaximumEventAgeInSeconds: 3600", "MaximumEventAgeInSeconds: 30", "LC816 LC817", "MaximumEventAgeInSeconds: 30"),
    ("ReservedConcurrentExecutions: 20", "ReservedConcurrentExecutions: 0", "LC901", "ReservedConcurrentExecutions: 0"),
    (
        "ReservedConcurrentExecutions: 20",
        "ReservedConcurrentExecutions: 30",
        "LC902",
        "ReservedConcurrentExecutions: 30",
    ),
];

const CLOUDFORMATION: &[Mistake] = &[
    ("\"Handler\": \"fulfil\"", "\"Handler\": \"fullfil\"", "LC101", "\"fullfil\""),
    ("\"Timeout\": 30,", "\"Timeout\": 20,", "LC108", "\"Timeout\": 20,"),
    ("\"BatchSize\": 50,", "\"BatchSize\": 5,", "LC206", "\"BatchSize\": 5,"),
    ("[\\\"order\\\"]", "[\\\"order\\\", \\\"ping\\\"]", "LC221", ""),
    ("[\\\"order\\\"]", "\\\"order\\\"", "LC223", ": \\\"order\\\""),
    ("\\\"numeric\\\": [\\\">\\\", 0]", "\\\"numeric\\\": [\\\">\\\", 1]", "LC221", ""),
    ("\\\"numeric\\\": [\\\">\\\", 0]", "\\\"numeric\\\": [\\\">\\\", 0.0]", "", ""),
    ("\"VisibilityTimeout\": 185,", "\"VisibilityTimeout\": 29,", "LC301", "\"VisibilityTimeout\": 29,"),
    ("\"sqs:ReceiveMessage\",", "\"sqs:ChangeMessageVisibility\",", "LC401", "    \"Role\": {"),
    ("\"kinesis:GetRecords\",", "\"kinesis:PutRecord\",", "LC401", "    \"Role\": {"),
    ("\"sqs:SendMessage\"\n", "\"sqs:GetQueueUrl\"\n", "LC408", "    \"Role\": {"),
    ("secret:${Stage}/db/password-*", "secret:test/db/password-*", "LC402", "    \"Role\": {"),
    ("\"dynamodb:PutItem\",", "\"dynamodb:GetItem\",", "LC603", "    \"Role\": {"),
    ("\"KeyType\": \"HASH\"", "\"KeyType\": \"HASH\" ", "", ""),
    ("\"RouteKey\": \"GET /orders/{id}\"", "\"RouteKey\": \"GET /orders/{id}/items\"", "LC701 LC702", ""),
    ("\"StartingPosition\": \"LATEST\",", "\"StartingPosition\": \"TRIM_HORIZON\",", "LC211", "TRIM_HORIZON"),
    ("AWSLambdaBasicExecutionRole", "AWSLambdaSQSQueueExecutionRole", "", ""),
    (
        "    \"ApiPermission\": {\n      \"Type\": \"AWS::Lambda::Permission\",",
        "    \"ApiPermission\": {\n      \"Type\": \"AWS::Lambda::LayerVersionPermission\",",
        "LC814",
        "    \"List\": {",
    ),
    // Another principal is no permission.
    ("events.${AWS::URLSuffix}", "sns.${AWS::URLSuffix}", "LC814", "    \"NightRule\": {"),
    ("\"Principal\": \"apigateway.amazonaws.com\"", "\"Principal\": \"123456789012\"", "LC814", ""),
];

const CLOUDFORMATION_EVENTS: &[Mistake] = &[
    // Nobody invokes an alias here.
    ("\"Qualifier\": \"$LATEST\"", "\"Qualifier\": \"live\"", "LC815 LC816 LC816", ""),
    (
        "\"MaximumEventAgeInSeconds\": 3600,\n        \"DestinationConfig\": {\n          \"OnFailure\"",
        "\"MaximumEventAgeInSeconds\": 3600,\n        \"DestinationConfig\": {\n          \"OnSuccess\"",
        "LC815",
        "    \"NightlyEvents\": {",
    ),
    ("\"MaximumRetryAttempts\": 1", "\"MaximumRetryAttempts\": 3", "LC816 LC817", "\"MaximumRetryAttempts\": 3"),
    ("\"MaximumEventAgeInSeconds\": 3600", "\"MaximumEventAgeInSeconds\": 60", "LC816", "InSeconds\": 60"),
    // A parameter's, an import's or another template's may well be right.
    ("\"Ref\": \"Nightly\"", "\"Fn::ImportValue\": \"nightly\"", "", ""),
];

const SERVERLESS: &[Mistake] = &[
    ("handler: count\n", "handler: counts\n", "LC101", "handler: counts"),
    ("  memorySize: 256\n", "", "LC107 LC107", ""),
    ("    timeout: 60\n", "", "LC108", "  count:"),
    (
        "          functionResponseType: ReportBatchItemFailures\n          maximumConcurrency",
        "          maximumConcurrency",
        "LC201",
        "- sqs:",
    ),
    ("          maximumBatchingWindow: 5\n", "", "LC207 LC208", ""),
    ("maximumConcurrency: 10", "maximumConcurrency: 1", "LC209 LC210", ""),
    ("type: [order]", "type: [\"order\", 1]", "LC221", ""),
    ("type: [order]", "type: order", "LC223", "            - body:"),
    ("partitionKey: [\"1\"]", "partitionKey: [1]", "LC221", ""),
    ("          filterPatterns:\n            - body:\n                type: [order]\n", "", "LC222", "      - sqs:"),
    ("partitionKey: [\"1\"]", "partitionKey: [\"${ssm:/key}\"]", "", ""),
    ("VisibilityTimeout: 185", "VisibilityTimeout: 100", "LC302", "VisibilityTimeout: 100"),
    ("VisibilityTimeout: 185", "VisibilityTimeout: 185\n        KmsMasterKeyId: alias/own", "LC409", ""),
    ("db/password-*", "db/other-*", "LC402", "      statements:"),
    ("      TABLE_NAME: orders-${sls:stage}\n", "", "LC501", "    environment:"),
    ("dynamodb://orders-records", "\"memory:\"", "LC602", "memory:"),
    (
        "- AttributeName: id\n            KeyType",
        "- AttributeName: key\n            KeyType",
        "LC604",
        "AttributeName: key",
    ),
    ("          Enabled: true", "          Enabled: false", "LC605", "    Records:"),
    ("      - httpApi: GET /orders/{id}\n", "", "LC701", "  api:"),
    (
        "      - httpApi: POST /orders\n",
        "      - httpApi: POST /orders\n      - httpApi: DELETE /orders\n",
        "LC702",
        "DELETE /orders",
    ),
    ("        - https://shop.example.com", "        - https://example.com", "LC703", "    cors:"),
    ("rate: cron(0 3 * * ? *)", "rate: cron(0 4 * * ? *)", "LC803", "cron(0 4"),
    ("      onFailure: {", "      onSuccess: {", "LC815", "  nightly:"),
    ("    maximumRetryAttempts: 1\n", "", "LC816", "  nightly:"),
    ("maximumEventAge: 3600", "maximumEventAge: 21600", "LC816", "maximumEventAge: 21600"),
    // The framework allows a topic alone.
    (
        "    destinations:\n      onFailure: { type: sqs, arn: !GetAtt Letters.Arn }\n",
        "    onError: !GetAtt Queue.Arn\n",
        "LC408",
        "      statements:",
    ),
    ("reservedConcurrency: 20", "reservedConcurrency: 0", "LC901", "reservedConcurrency: 0"),
];

const TERRAFORM: &[Mistake] = &[
    ("= \"nightly\"\n", "= \"nightley\"\n", "LC101", "\"nightley\""),
    ("  memory_size                    = 256\n", "", "LC107", "\"aws_lambda_function\" \"fulfil\""),
    ("timeout       = 10\n", "timeout       = 20\n", "LC109", "timeout       = 20"),
    (
        "  function_response_types            = [\"ReportBatchItemFailures\"]\n",
        "",
        "LC201",
        "\"aws_lambda_event_source_mapping\" \"fulfil\"",
    ),
    ("= [\"ReportBatchItemFailures\"]\n\n  scaling", "= []\n\n  scaling", "LC201", "= []"),
    ("type = [\"order\"]", "type = [\"orders\"]", "LC221", ""),
    ("type = [\"order\"]", "type = \"order\"", "LC223", "type = \"order\""),
    ("type = [\"order\"]", "type = [aws_kinesis_stream.clicks.arn]", "", ""),
    ("{\\\"partitionKey\\\": [\\\"1\\\"]}", "{partitionKey: [1]}", "LC223", "{partitionKey: [1]}"),
    (
        "\n  filter_criteria {\n    filter {\n      pattern = jsonencode({ body = { type = [\"order\"] } })\n    }\n  }\n",
        "",
        "LC222",
        "\"aws_lambda_event_source_mapping\" \"fulfil\"",
    ),
    ("visibility_timeout_seconds = 185", "visibility_timeout_seconds = 10", "LC301", "visibility_timeout_seconds = 10"),
    (
        "visibility_timeout_seconds = 185\n",
        "visibility_timeout_seconds = 185\n  kms_master_key_id = aws_kms_key.own.arn\n}\nresource \"aws_kms_key\" \"own\" {\n}\n\
         resource \"aws_sqs_queue_redrive_policy\" \"orders\" {\n  queue_url = aws_sqs_queue.orders.url\n",
        "LC409",
        "",
    ),
    ("\"sqs:DeleteMessage\", ", "", "LC401", "\"aws_iam_role\" \"orders\""),
    ("[\"sqs:SendMessage\"]", "[\"sqs:GetQueueUrl\"]", "LC408", ""),
    ("    resources = [aws_dynamodb_table.records.arn]", "    resources = [aws_sqs_queue.orders.arn]", "LC603", ""),
    ("actions   = [\"ssm:GetParametersByPath\"]", "actions   = [\"ssm:*\"]", "LC406", "\"ssm:*\""),
    ("      TABLE_NAME          = \"orders-${var.stage}\"\n", "", "LC501", "environment {"),
    ("hash_key     = \"id\"", "hash_key     = \"pk\"", "LC604", "hash_key"),
    ("    enabled        = true", "    enabled        = false", "LC605", "\"aws_dynamodb_table\" \"records\""),
    ("route_key = \"POST /orders\"", "route_key = \"PATCH /orders\"", "LC701 LC702", ""),
    ("allow_methods = [\"GET\", \"POST\"]", "allow_methods = [\"GET\"]", "LC703", "cors_configuration {"),
    (
        "architectures = [\"arm64\"]\n  handler       = \"count\"",
        "architectures = [\"x86_64\"]\n  handler       = \"count\"",
        "LC106",
        "x86_64",
    ),
    ("reserved_concurrent_executions = 20", "reserved_concurrent_executions = 5", "LC902 LC905", ""),
    ("      destination = aws_sqs_queue.letters.arn\n", "", "LC815", "_event_invoke_config\" \"nightly\""),
    (
        "maximum_retry_attempts       = 1\n",
        "maximum_retry_attempts       = 1\n  qualifier = \"live\"\n",
        "LC815 LC816 LC816",
        "",
    ),
    ("  maximum_retry_attempts       = 1\n", "", "LC816", "_event_invoke_config\" \"nightly\""),
    ("age_in_seconds = 3600", "age_in_seconds = 21601", "LC816 LC817", "age_in_seconds = 21601"),
    (
        "resource \"aws_lambda_permission\" \"api\" {\n  action        = \"lambda:InvokeFunction\"\n  function_name = \
         aws_lambda_function.api.function_name\n  principal     = \"apigateway.amazonaws.com\"\n  source_arn    = \
         \"${aws_apigatewayv2_api.shop.execution_arn}/*\"\n}\n",
        "",
        "LC814",
        "\"aws_apigatewayv2_route\" \"list\"",
    ),
    (
        "  function_name = aws_lambda_function.nightly.arn\n  principal     = \"events.amazonaws.com\"",
        "  function_name = aws_lambda_function.count.arn\n  principal     = \"events.amazonaws.com\"",
        "LC814",
        "\"aws_cloudwatch_event_target\" \"nightly\"",
    ),
    (
        "  principal     = \"apigateway.amazonaws.com\"",
        "  principal     = \"events.amazonaws.com\"",
        "LC814",
        "\"aws_apigatewayv2_route\" \"list\"",
    ),
];

/// Runs all mistakes of a template, and says everything that is not as it should be.
fn held(name: &str, mistakes: &[Mistake]) {
    let right = template(name);
    let folder = tempfile::tempdir().unwrap();
    let report = |text: &str| {
        std::fs::write(folder.path().join(name), text).unwrap();
        json(&checked(folder.path(), &["--format=json", name]))
    };
    assert_eq!(findings(&report(&right)), [], "{name}");
    let mut wrong = Vec::new();
    for (instead, written, codes, marker) in mistakes {
        assert_eq!(right.matches(instead).count(), 1, "`{instead}` in {name}");
        let text = right.replace(instead, written);
        let report = report(&text);
        let found = findings(&report);
        let mut found_codes: Vec<&str> = found.iter().map(|(code, _)| code.as_str()).collect();
        found_codes.sort_unstable();
        let is_there = marker.is_empty() || found.iter().all(|(_, line)| *line == Some(line_of(&text, marker)));
        if found_codes.join(" ") != *codes || !is_there {
            wrong.push(format!("{written:?}: {codes} at {marker:?}, not {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "{name}: {wrong:#?}");
}

#[test]
fn mistakes_in_sam() {
    held("template.yaml", SAM);
}

#[test]
fn mistakes_in_cloudformation() {
    held("cloudformation.json", CLOUDFORMATION);
    held("cloudformation.json", CLOUDFORMATION_EVENTS);
}

#[test]
fn mistakes_in_serverless() {
    held("serverless.yml", SERVERLESS);
}

#[test]
fn mistakes_in_terraform() {
    held("main.tf", TERRAFORM);
}
