//! AWS's own policies for functions: <https://docs.aws.amazon.com/lambda/latest/dg/permissions-managed-policies.html>.

use crate::check::observed::{Field, Part, Permissions, Place, Statement, Text};
use crate::check::read::terraform::value::known;

const LOGS: [&str; 3] = ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"];

/// By name, what each allows on anything besides `LOGS`; the last one has no logs.
const POLICIES: [(&str, &[&str]); 6] = [
    ("AWSLambdaBasicExecutionRole", &[]),
    ("AWSLambdaSQSQueueExecutionRole", &["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"]),
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
    ),
    (
        "AWSLambdaDynamoDBExecutionRole",
        &["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:ListStreams"],
    ),
    (
        "AWSLambdaMSKExecutionRole",
        &[
            "kafka:DescribeCluster",
            "kafka:DescribeClusterV2",
            "kafka:GetBootstrapBrokers",
            "ec2:CreateNetworkInterface",
            "ec2:DescribeNetworkInterfaces",
            "ec2:DescribeVpcs",
            "ec2:DeleteNetworkInterface",
            "ec2:DescribeSubnets",
            "ec2:DescribeSecurityGroups",
        ],
    ),
    (
        "AWSLambdaVPCAccessExecutionRole",
        &[
            "ec2:CreateNetworkInterface",
            "ec2:DescribeNetworkInterfaces",
            "ec2:DescribeSubnets",
            "ec2:DeleteNetworkInterface",
            "ec2:AssignPrivateIpAddresses",
            "ec2:UnassignPrivateIpAddresses",
        ],
    ),
];

const XRAY: [&str; 5] = [
    "xray:PutTraceSegments",
    "xray:PutTelemetryRecords",
    "xray:GetSamplingRules",
    "xray:GetSamplingTargets",
    "xray:GetSamplingStatisticSummaries",
];

/// Adds what a policy of AWS allows, given its name or its ARN; whether it is known.
pub(super) fn add(permissions: &mut Permissions, policy: &Text, place: &Place) -> bool {
    // The partition of the ARN may not be known, its end is. One of an account is no policy of AWS.
    let is_own = policy.0.iter().any(|part| matches!(part, Part::Account | Part::Unknown(_) | Part::Of { .. }));
    let Some(Part::Literal(end)) = policy.0.last().filter(|_| !is_own) else { return false };
    let name = end.rsplit('/').next().unwrap_or(end);
    if name == "AWSXRayDaemonWriteAccess" {
        permissions.statements.push(statement(&XRAY, place));
        return true;
    }
    let Some((_, actions)) = POLICIES.iter().find(|(known, _)| *known == name) else { return false };
    permissions.statements.push(statement(&[&LOGS, *actions].concat(), place));
    true
}

fn statement(actions: &[&str], place: &Place) -> Statement {
    Statement {
        is_allow: true,
        actions: actions.iter().map(|action| Field::Default((*action).to_owned())).collect(),
        not_actions: Vec::new(),
        resources: vec![Field::Default(known("*"))],
        not_resources: Vec::new(),
        has_condition: false,
        is_generated: true,
        place: place.clone(),
    }
}
