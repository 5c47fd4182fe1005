//! An account at moto, and the tool that is shown it.

use std::path::Path;
use std::time::{Duration, SystemTime};

use aws_sdk_cloudwatch::types::{Dimension, MetricDatum, StatisticSet};
use aws_sdk_lambda::config::{BehaviorVersion, Credentials, Region};
use aws_sdk_lambda::primitives::Blob;
use aws_sdk_lambda::types::{FunctionCode, Runtime, ScalingConfig};
use lambkin_e2e::Moto;
use lambkin_e2e::tool::{Output, run_in};

/// moto's helpers make what they make here.
const REGION: &str = "us-east-2";

/// Three handlers: of a queue that invokes twenty at the same time, of HTTP requests, of a schedule.
pub(crate) const MANIFEST: &str = r#"{"version": 1, "functions": [
    {"name": "fulfil", "package": "orders", "trigger": {"source": "sqs", "settings": {"queue": "q", "maximum_concurrency": 20}}},
    {"name": "api", "package": "orders", "trigger": {"source": "http"}},
    {"name": "nightly", "package": "orders", "reserved_concurrency": 15, "trigger": {"source": "schedule"}}
]}"#;

pub(crate) const MINUTE: u64 = 60;
pub(crate) const HOUR: u64 = 60 * MINUTE;
pub(crate) const DAY: u64 = 24 * HOUR;

pub(crate) struct Cloud {
    moto: Moto,
    pub(crate) lambda: aws_sdk_lambda::Client,
    cloudwatch: aws_sdk_cloudwatch::Client,
}

impl Cloud {
    /// An account for so many invocations at the same time.
    pub(crate) async fn start(limit: u32) -> Self {
        let moto = Moto::start_with_concurrency(limit).await;
        let credentials = || Credentials::new("key", "secret-key", None, None, "test");
        let lambda = aws_sdk_lambda::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .http_client(aws_smithy_http_client::Builder::new().build_http())
            .region(Region::new(REGION))
            .credentials_provider(credentials())
            .endpoint_url(moto.url())
            .build();
        let cloudwatch = aws_sdk_cloudwatch::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .http_client(aws_smithy_http_client::Builder::new().build_http())
            .region(Region::new(REGION))
            .credentials_provider(credentials())
            .endpoint_url(moto.url())
            .build();
        let (lambda, cloudwatch) =
            (aws_sdk_lambda::Client::from_conf(lambda), aws_sdk_cloudwatch::Client::from_conf(cloudwatch));
        Self { moto, lambda, cloudwatch }
    }

    /// Deploys a function.
    pub(crate) async fn function(&self, name: &str, handler: &str) {
        let code = FunctionCode::builder().zip_file(Blob::new(EMPTY_ZIP)).build();
        let function = self.lambda.create_function().function_name(name).handler(handler).code(code);
        let function = function.runtime(Runtime::Providedal2023).role("arn:aws:iam::123456789012:role/functions");
        function.send().await.unwrap();
    }

    pub(crate) async fn reserve(&self, function: &str, number: i32) {
        let request = self.lambda.put_function_concurrency().function_name(function);
        request.reserved_concurrent_executions(number).send().await.unwrap();
    }

    pub(crate) async fn reserved(&self, function: &str) -> Option<i32> {
        let answer = self.lambda.get_function_concurrency().function_name(function).send().await;
        answer.unwrap().reserved_concurrent_executions()
    }

    pub(crate) async fn provision(&self, function: &str, alias: &str, number: i32) {
        let request = self.lambda.put_provisioned_concurrency_config().function_name(function).qualifier(alias);
        request.provisioned_concurrent_executions(number).send().await.unwrap();
    }

    /// Samples of a metric, so many seconds ago.
    pub(crate) async fn samples(&self, metric: &str, dimensions: &[(&str, &str)], ago: u64, samples: &[f64]) {
        let statistics = StatisticSet::builder()
            .maximum(samples.iter().copied().fold(f64::MIN, f64::max))
            .minimum(samples.iter().copied().fold(f64::MAX, f64::min))
            .sum(samples.iter().sum())
            .sample_count(samples.len() as f64)
            .build();
        let dimensions = dimensions.iter().map(|(name, value)| Dimension::builder().name(*name).value(*value).build());
        let datum = MetricDatum::builder()
            .metric_name(metric)
            .set_dimensions(Some(dimensions.collect()))
            .timestamp((SystemTime::now() - Duration::from_secs(ago)).into())
            .statistic_values(statistics)
            .build();
        self.cloudwatch.put_metric_data().namespace("AWS/Lambda").metric_data(datum).send().await.unwrap();
    }

    /// How many ran of a function at the same time, so many seconds ago.
    pub(crate) async fn ran(&self, function: &str, ago: u64, samples: &[f64]) {
        self.samples("ConcurrentExecutions", &[("FunctionName", function)], ago, samples).await;
    }

    /// Lets a queue invoke a function so many times at once.
    pub(crate) async fn polls(&self, function: &str, queue: &str, most: i32) {
        let scaling = ScalingConfig::builder().maximum_concurrency(most).build();
        let request = self.lambda.create_event_source_mapping().function_name(function).scaling_config(scaling);
        request.event_source_arn(self.moto.queue(queue).await).send().await.unwrap();
    }

    /// Runs the tool in a folder without templates.
    pub(crate) async fn run(&self, arguments: &[&str]) -> Output {
        self.run_in(tempfile::tempdir().unwrap().path(), arguments).await
    }

    /// Runs the tool in this folder.
    pub(crate) async fn run_in(&self, folder: &Path, arguments: &[&str]) -> Output {
        let variables = self.variables();
        let variables: Vec<(&str, &str)> = variables.iter().map(|(name, value)| (*name, value.as_str())).collect();
        tool_in(folder, arguments, &variables).await
    }

    /// The variables by which the tool finds it.
    pub(crate) fn variables(&self) -> [(&'static str, String); 4] {
        [
            ("AWS_ENDPOINT_URL", self.moto.url()),
            ("AWS_ACCESS_KEY_ID", "key".to_owned()),
            ("AWS_SECRET_ACCESS_KEY", "secret-key".to_owned()),
            ("AWS_REGION", REGION.to_owned()),
        ]
    }
}

/// The tool with the manifest of the three handlers, in a folder without templates and with these variables alone.
pub(crate) async fn tool(arguments: &[&str], variables: &[(&str, &str)]) -> Output {
    tool_in(tempfile::tempdir().unwrap().path(), arguments, variables).await
}

async fn tool_in(folder: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> Output {
    let binary = Path::new(env!("CARGO_BIN_EXE_cargo-lambkin"));
    let arguments = [&["concurrency"], arguments, &["--manifest", "-"]].concat();
    // Nothing of the machine's own is to be found.
    let nowhere = [("HOME", "/nowhere"), ("AWS_EC2_METADATA_DISABLED", "true")];
    run_in(folder, binary, &arguments, MANIFEST, nowhere.into_iter().chain(variables.iter().copied())).await
}

/// The end of a directory that holds nothing.
const EMPTY_ZIP: [u8; 22] = *b"PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";
