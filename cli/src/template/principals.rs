//! The services that invoke functions by a permission of the function's, as they are called in it:
//! <https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html>.

pub(crate) const API_GATEWAY: &str = "apigateway.amazonaws.com";
pub(crate) const EVENTBRIDGE: &str = "events.amazonaws.com";
pub(crate) const IOT: &str = "iot.amazonaws.com";
pub(crate) const LOAD_BALANCING: &str = "elasticloadbalancing.amazonaws.com";
pub(crate) const LOGS: &str = "logs.amazonaws.com";
pub(crate) const S3: &str = "s3.amazonaws.com";
pub(crate) const SES: &str = "ses.amazonaws.com";
pub(crate) const SNS: &str = "sns.amazonaws.com";
