//! What `Ref` and `Fn::GetAtt` say of a resource, by its kind.

use crate::check::observed::Attribute;

/// The kinds whose `Ref` is an ARN, from "Return values" on the page of each:
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html>.
const BY_ARN: [&str; 16] = [
    "AWS::CertificateManager::Certificate",
    "AWS::ElasticLoadBalancingV2::Listener",
    "AWS::ElasticLoadBalancingV2::ListenerRule",
    "AWS::ElasticLoadBalancingV2::LoadBalancer",
    "AWS::ElasticLoadBalancingV2::TargetGroup",
    "AWS::IAM::ManagedPolicy",
    "AWS::Kinesis::StreamConsumer",
    "AWS::Lambda::Alias",
    "AWS::Lambda::LayerVersion",
    "AWS::Lambda::Version",
    "AWS::MSK::Cluster",
    "AWS::SecretsManager::Secret",
    "AWS::Serverless::LayerVersion",
    "AWS::Serverless::StateMachine",
    "AWS::SNS::Topic",
    "AWS::StepFunctions::StateMachine",
];

pub(super) fn reference(kind: &str) -> Attribute {
    if BY_ARN.contains(&kind) { Attribute::Arn } else { Attribute::Name }
}

pub(super) fn attribute(name: &str) -> Attribute {
    match name {
        "Arn" | "TopicArn" | "FunctionArn" | "AliasArn" | "ListenerArn" | "RuleArn" | "TargetGroupArn"
        | "PolicyArn" => Attribute::Arn,
        "StreamArn" => Attribute::StreamArn,
        "Name" | "QueueName" | "QueueUrl" | "TopicName" | "ApiId" | "RestApiId" => Attribute::Name,
        other => Attribute::Other(other.to_owned()),
    }
}
