//! What clients of the AWS SDK have in common.

use std::time::Duration;

use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, SdkConfig};
use aws_smithy_http_client::tls::{self, rustls_provider::CryptoMode};

/// How long one attempt may take. A connection that died while Lambda had frozen the process costs this once.
const ATTEMPT: Duration = Duration::from_secs(2);

/// Attempts of one step, with the SDK's own pauses between them. Each step may be repeated.
const ATTEMPTS: u32 = 3;

/// The environment's region and credentials, with a TLS that is as small as it gets.
pub(crate) async fn sdk_config(endpoint: Option<String>, region: Option<String>) -> SdkConfig {
    let http =
        aws_smithy_http_client::Builder::new().tls_provider(tls::Provider::Rustls(CryptoMode::Ring)).build_https();
    let timeouts = TimeoutConfig::builder().connect_timeout(ATTEMPT).operation_attempt_timeout(ATTEMPT).build();
    let mut loader = aws_config::defaults(BehaviorVersion::latest())
        .http_client(http)
        .timeout_config(timeouts)
        .retry_config(RetryConfig::standard().with_max_attempts(ATTEMPTS));
    if let Some(endpoint) = endpoint {
        loader = loader.endpoint_url(endpoint);
    }
    if let Some(region) = region {
        loader = loader.region(aws_config::Region::new(region));
    }
    loader.load().await
}
