//! SAM's policy templates: <https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/serverless-policy-template-list.html>.

use crate::check::observed::{Part, Text};
use crate::check::read::document::Node;
use crate::check::read::text;

type Actions = &'static [&'static str];

/// The statements of a template: what is allowed, and on what. A resource is `service:rest`, which becomes an ARN of the
/// deployment's own account; `{Name}` is a parameter of the template.
type Statements = &'static [(Actions, &'static [&'static str])];

/// Those for what lambkin's functions read, write and are invoked by.
const TEMPLATES: [(&str, Statements); 29] = [
    ("AWSSecretsManagerGetSecretValuePolicy", &[(&["secretsmanager:GetSecretValue"], &["{SecretArn}"])]),
    ("CloudWatchPutMetricPolicy", &[(&["cloudwatch:PutMetricData"], &["*"])]),
    ("DynamoDBCrudPolicy", &[(DYNAMODB_CRUD, TABLE)]),
    ("DynamoDBReadPolicy", &[(DYNAMODB_READ, TABLE)]),
    (
        "DynamoDBStreamReadPolicy",
        &[
            (
                &["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"],
                &["dynamodb:table/{TableName}/stream/{StreamName}"],
            ),
            (&["dynamodb:ListStreams"], &["dynamodb:table/{TableName}/stream/*"]),
        ],
    ),
    ("DynamoDBWritePolicy", &[(&["dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:BatchWriteItem"], TABLE)]),
    ("EventBridgePutEventsPolicy", &[(&["events:PutEvents"], &["events:event-bus/{EventBusName}"])]),
    ("FilterLogEventsPolicy", &[(&["logs:FilterLogEvents"], &["logs:log-group:{LogGroupName}:log-stream:*"])]),
    ("KMSDecryptPolicy", &[(&["kms:Decrypt"], &["kms:key/{KeyId}"])]),
    ("KMSEncryptPolicy", &[(&["kms:Encrypt"], &["kms:key/{KeyId}"])]),
    ("KMSEncryptPolicy_v2", &[(KMS_ENCRYPT, &["kms:key/{KeyId}"])]),
    ("KinesisCrudPolicy", &[(KINESIS_CRUD, &["kinesis:stream/{StreamName}"])]),
    (
        "KinesisStreamReadPolicy",
        &[
            (&["kinesis:ListStreams", "kinesis:DescribeLimits"], &["kinesis:stream/*"]),
            (KINESIS_READ, &["kinesis:stream/{StreamName}"]),
        ],
    ),
    ("LambdaInvokePolicy", &[(&["lambda:InvokeFunction"], &["lambda:function:{FunctionName}*"])]),
    ("S3CrudPolicy", &[(S3_CRUD, BUCKET)]),
    ("S3FullAccessPolicy", &[(S3_OBJECTS, &["s3:{BucketName}/*"]), (S3_BUCKET, &["s3:{BucketName}"])]),
    ("S3ReadPolicy", &[(S3_READ, BUCKET)]),
    ("S3WritePolicy", &[(&["s3:PutObject", "s3:PutObjectAcl", "s3:PutLifecycleConfiguration"], BUCKET)]),
    (
        "SESCrudPolicy",
        &[(
            &["ses:GetIdentityVerificationAttributes", "ses:SendEmail", "ses:SendRawEmail", "ses:VerifyEmailIdentity"],
            &["ses:identity/{IdentityName}"],
        )],
    ),
    ("SNSCrudPolicy", &[(SNS_CRUD, &["sns:{TopicName}*"])]),
    ("SNSPublishMessagePolicy", &[(&["sns:Publish"], &["sns:{TopicName}"])]),
    ("SQSPollerPolicy", &[(SQS_POLL, &["sqs:{QueueName}"])]),
    ("SQSSendMessagePolicy", &[(&["sqs:SendMessage*"], &["sqs:{QueueName}"])]),
    (
        "SSMParameterReadPolicy",
        &[(&["ssm:DescribeParameters"], &["*"]), (SSM_READ, &["ssm:parameter/{ParameterName}"])],
    ),
    (
        "SSMParameterWithSlashPrefixReadPolicy",
        &[(&["ssm:DescribeParameters"], &["*"]), (SSM_READ, &["ssm:parameter{ParameterName}"])],
    ),
    ("StepFunctionsCallbackPolicy", &[(STATES_CALLBACK, &["states:stateMachine:{StateMachineName}"])]),
    ("StepFunctionsExecutionPolicy", &[(&["states:StartExecution"], &["states:stateMachine:{StateMachineName}"])]),
    (
        "StepFunctionsExecutionPolicy_v2",
        &[(&["states:StartExecution", "states:StartSyncExecution"], &["states:stateMachine:{StateMachineName}"])],
    ),
    ("VPCAccessPolicy", &[(NETWORK, &["*"])]),
];

const TABLE: &[&str] = &["dynamodb:table/{TableName}", "dynamodb:table/{TableName}/index/*"];
const BUCKET: &[&str] = &["s3:{BucketName}", "s3:{BucketName}/*"];
const DYNAMODB_CRUD: Actions = &[
    "dynamodb:BatchGetItem",
    "dynamodb:BatchWriteItem",
    "dynamodb:ConditionCheckItem",
    "dynamodb:DeleteItem",
    "dynamodb:DescribeTable",
    "dynamodb:GetItem",
    "dynamodb:PutItem",
    "dynamodb:Query",
    "dynamodb:Scan",
    "dynamodb:UpdateItem",
];
const DYNAMODB_READ: Actions =
    &["dynamodb:BatchGetItem", "dynamodb:DescribeTable", "dynamodb:GetItem", "dynamodb:Query", "dynamodb:Scan"];
const KINESIS_CRUD: Actions = &[
    "kinesis:AddTagsToStream",
    "kinesis:CreateStream",
    "kinesis:DecreaseStreamRetentionPeriod",
    "kinesis:DeleteStream",
    "kinesis:DescribeStream",
    "kinesis:DescribeStreamSummary",
    "kinesis:GetShardIterator",
    "kinesis:IncreaseStreamRetentionPeriod",
    "kinesis:ListTagsForStream",
    "kinesis:MergeShards",
    "kinesis:PutRecord",
    "kinesis:PutRecords",
    "kinesis:RemoveTagsFromStream",
    "kinesis:SplitShard",
];
const KINESIS_READ: Actions =
    &["kinesis:DescribeStream", "kinesis:DescribeStreamSummary", "kinesis:GetRecords", "kinesis:GetShardIterator"];
const KMS_ENCRYPT: Actions = &[
    "kms:Encrypt",
    "kms:GenerateDataKey",
    "kms:GenerateDataKeyPair",
    "kms:GenerateDataKeyPairWithoutPlaintext",
    "kms:GenerateDataKeyWithoutPlaintext",
];
const NETWORK: Actions = &[
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DetachNetworkInterface",
];
const S3_BUCKET: Actions =
    &["s3:GetBucketLocation", "s3:GetLifecycleConfiguration", "s3:ListBucket", "s3:PutLifecycleConfiguration"];
const S3_CRUD: Actions = &[
    "s3:DeleteObject",
    "s3:GetBucketLocation",
    "s3:GetLifecycleConfiguration",
    "s3:GetObject",
    "s3:GetObjectVersion",
    "s3:ListBucket",
    "s3:PutLifecycleConfiguration",
    "s3:PutObject",
    "s3:PutObjectAcl",
];
const S3_OBJECTS: Actions = &[
    "s3:DeleteObject",
    "s3:DeleteObjectTagging",
    "s3:DeleteObjectVersionTagging",
    "s3:GetObject",
    "s3:GetObjectAcl",
    "s3:GetObjectTagging",
    "s3:GetObjectVersion",
    "s3:GetObjectVersionTagging",
    "s3:PutObject",
    "s3:PutObjectAcl",
    "s3:PutObjectTagging",
    "s3:PutObjectVersionTagging",
];
const S3_READ: Actions =
    &["s3:GetBucketLocation", "s3:GetLifecycleConfiguration", "s3:GetObject", "s3:GetObjectVersion", "s3:ListBucket"];
const SNS_CRUD: Actions =
    &["sns:CreateTopic", "sns:ListSubscriptionsByTopic", "sns:Publish", "sns:SetTopicAttributes", "sns:Subscribe"];
const SQS_POLL: Actions = &[
    "sqs:ChangeMessageVisibility",
    "sqs:ChangeMessageVisibilityBatch",
    "sqs:DeleteMessage",
    "sqs:DeleteMessageBatch",
    "sqs:GetQueueAttributes",
    "sqs:ReceiveMessage",
];
const SSM_READ: Actions = &["ssm:GetParameter", "ssm:GetParameters", "ssm:GetParametersByPath"];
const STATES_CALLBACK: Actions = &["states:SendTaskFailure", "states:SendTaskHeartbeat", "states:SendTaskSuccess"];

/// What a template allows, with these parameters; nothing if it is none that is known here.
pub(super) fn expand(name: &str, parameters: &Node) -> Option<Vec<(Actions, Vec<Text>)>> {
    let (_, statements) = TEMPLATES.iter().find(|(known, _)| *known == name)?;
    let on = |resources: &[&str]| resources.iter().map(|resource| self::resource(resource, parameters)).collect();
    Some(statements.iter().map(|(actions, resources)| (*actions, on(resources))).collect())
}

fn resource(written: &str, parameters: &Node) -> Text {
    let Some((service, rest)) = written.split_once(':') else { return filled(written, parameters) };
    let rest = filled(rest, parameters);
    if service != "s3" {
        return text::by_arn(text::own_arn(service, rest));
    }
    let mut arn = Text(vec![Part::Literal("arn:".to_owned()), Part::Partition]);
    text::add(&mut arn, ":s3:::");
    text::append(&mut arn, rest);
    text::by_arn(arn)
}

fn filled(written: &str, parameters: &Node) -> Text {
    let mut made = Text::default();
    let mut rest = written;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((name, after)) = after.split_once('}') else { break };
        text::add(&mut made, before);
        match parameters.get(name).and_then(Node::text) {
            Some(value) => text::append(&mut made, value.clone()),
            None => text::push(&mut made, Part::Unknown(format!("{{{name}}}"))),
        }
        rest = after;
    }
    text::add(&mut made, rest);
    made
}
