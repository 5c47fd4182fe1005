//! AWS's own policies that functions have, by name: <https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html>.

use crate::check::observed::{Part, Permissions, Place, Text};
use crate::check::read::policy::{anything, generated};
use crate::check::read::text;

const LOGS: [&str; 3] = ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"];

/// What a policy allows on anything. Those of AWS that functions commonly have; of the wide ones what a function of
/// lambkin may need of them.
const POLICIES: [(&str, &[&str], bool); 24] = [
    ("AWSLambdaBasicExecutionRole", &[], true),
    ("AWSLambdaSQSQueueExecutionRole", &["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"], true),
    (
        "AWSLambdaKinesisExecutionRole",
        &[
            "kinesis:DescribeStream",
            "kinesis:DescribeStreamSummary",
            "kinesis:GetRecords",
            "kinesis:GetShardIterator",
            "kinesis:ListShards",
            "kinesis:ListStreams",
            "kinesis:SubscribeToShard",
        ],
        true,
    ),
    (
        "AWSLambdaDynamoDBExecutionRole",
        &["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:ListStreams"],
        true,
    ),
    (
        "AWSLambdaMSKExecutionRole",
        &[
            "kafka:DescribeCluster",
            "kafka:DescribeClusterV2",
            "kafka:GetBootstrapBrokers",
            "ec2:CreateNetworkInterface",
            "ec2:DeleteNetworkInterface",
            "ec2:DescribeNetworkInterfaces",
            "ec2:DescribeSecurityGroups",
            "ec2:DescribeSubnets",
            "ec2:DescribeVpcs",
        ],
        true,
    ),
    (
        "AWSLambdaVPCAccessExecutionRole",
        &[
            "ec2:CreateNetworkInterface",
            "ec2:DeleteNetworkInterface",
            "ec2:DescribeNetworkInterfaces",
            "ec2:DescribeSubnets",
            "ec2:AssignPrivateIpAddresses",
            "ec2:UnassignPrivateIpAddresses",
        ],
        true,
    ),
    (
        "AWSLambdaENIManagementAccess",
        &[
            "ec2:CreateNetworkInterface",
            "ec2:DeleteNetworkInterface",
            "ec2:DescribeNetworkInterfaces",
            "ec2:DescribeSubnets",
            "ec2:AssignPrivateIpAddresses",
            "ec2:UnassignPrivateIpAddresses",
        ],
        false,
    ),
    ("AWSXRayDaemonWriteAccess", &XRAY, false),
    ("AWSXrayWriteOnlyAccess", &XRAY, false),
    ("CloudWatchLambdaInsightsExecutionRolePolicy", &LOGS, false),
    ("CloudWatchLogsFullAccess", &["logs:*"], false),
    ("AdministratorAccess", &["*"], false),
    ("AmazonDynamoDBFullAccess", &["dynamodb:*"], false),
    (
        "AmazonDynamoDBReadOnlyAccess",
        &[
            "dynamodb:BatchGetItem",
            "dynamodb:Describe*",
            "dynamodb:GetItem",
            "dynamodb:List*",
            "dynamodb:Query",
            "dynamodb:Scan",
        ],
        false,
    ),
    ("AmazonKinesisFullAccess", &["kinesis:*"], false),
    ("AmazonKinesisReadOnlyAccess", &["kinesis:Describe*", "kinesis:Get*", "kinesis:List*"], false),
    ("AmazonSQSFullAccess", &["sqs:*"], false),
    ("AmazonSSMFullAccess", &["ssm:*"], false),
    ("AmazonSSMReadOnlyAccess", &["ssm:Describe*", "ssm:Get*", "ssm:List*"], false),
    ("AWSLambdaRole", &["lambda:InvokeFunction"], false),
    ("AmazonSNSFullAccess", &["sns:*"], false),
    ("AmazonS3FullAccess", &["s3:*"], false),
    ("AmazonS3ReadOnlyAccess", &["s3:Get*", "s3:List*", "s3:Describe*"], false),
    ("SecretsManagerReadWrite", &["secretsmanager:*"], false),
];

const XRAY: [&str; 5] = [
    "xray:PutTraceSegments",
    "xray:PutTelemetryRecords",
    "xray:GetSamplingRules",
    "xray:GetSamplingTargets",
    "xray:GetSamplingStatisticSummaries",
];

/// Adds what a policy allows, given its name or its ARN; whether it is known.
pub(crate) fn add(permissions: &mut Permissions, policy: &Text, place: &Place) -> bool {
    // One of an account is no policy of AWS; the partition need not be known.
    if policy.0.iter().any(|part| matches!(part, Part::Account | Part::Of { .. })) {
        return false;
    }
    let written = text::written(policy);
    let name = match written.strip_prefix("arn:") {
        Some(arn) => match arn.split_once(":iam::aws:policy/") {
            Some((_, name)) => name,
            None => return false,
        },
        None if policy.known().is_some() => &written,
        None => return false,
    };
    let name = name.rsplit('/').next().unwrap_or(name);
    let Some((_, actions, has_logs)) = POLICIES.iter().find(|(known, ..)| *known == name) else { return false };
    if *has_logs {
        permissions.statements.push(generated(&LOGS, anything(), place));
    }
    if !actions.is_empty() {
        permissions.statements.push(generated(actions, anything(), place));
    }
    true
}
