//! What a setting is called where it is written, for what a finding says to write.

use crate::check::observed::Place;

/// Whose words are meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Language {
    /// Of SAM too, which has the same names for all that is said here.
    CloudFormation,
    Serverless,
    Terraform,
}

impl Language {
    /// The way to a place tells: a `serverless.yml` holds resources of CloudFormation too.
    pub(crate) fn of(place: &Place) -> Self {
        let path = place.path.as_str();
        if path.starts_with("Resources") || path.contains("resources.Resources") || path.starts_with("Globals") {
            return Self::CloudFormation;
        }
        if path.starts_with("functions") || path.starts_with("provider") {
            return Self::Serverless;
        }
        let file = place.file.rsplit(['/', '\\']).next().unwrap_or_default();
        match file {
            _ if path.starts_with("aws_") || path.starts_with("module.") || path.starts_with("data.") => {
                Self::Terraform
            }
            _ if file.ends_with(".tf") => Self::Terraform,
            _ if file.starts_with("serverless.") => Self::Serverless,
            _ => Self::CloudFormation,
        }
    }
}

/// A setting's name in each of them.
#[derive(Debug)]
pub(crate) struct Setting(&'static str, &'static str, &'static str);

pub(crate) const HANDLER: Setting = Setting("Handler", "handler", "handler");
pub(crate) const RUNTIME: Setting = Setting("Runtime", "runtime", "runtime");
pub(crate) const MEMORY: Setting = Setting("MemorySize", "memorySize", "memory_size");
pub(crate) const TIMEOUT: Setting = Setting("Timeout", "timeout", "timeout");
pub(crate) const RESERVED_CONCURRENCY: Setting =
    Setting("ReservedConcurrentExecutions", "reservedConcurrency", "reserved_concurrent_executions");
pub(crate) const PROVISIONED_CONCURRENCY: Setting =
    Setting("ProvisionedConcurrentExecutions", "provisionedConcurrency", "provisioned_concurrent_executions");
pub(crate) const LOG_FORMAT: Setting = Setting("LogFormat", "logFormat", "log_format");

pub(crate) const BATCH_SIZE: Setting = Setting("BatchSize", "batchSize", "batch_size");
pub(crate) const WINDOW: Setting =
    Setting("MaximumBatchingWindowInSeconds", "maximumBatchingWindow", "maximum_batching_window_in_seconds");
pub(crate) const ENABLED: Setting = Setting("Enabled", "enabled", "enabled");
pub(crate) const STARTING_POSITION: Setting = Setting("StartingPosition", "startingPosition", "starting_position");
pub(crate) const PARALLELIZATION_FACTOR: Setting =
    Setting("ParallelizationFactor", "parallelizationFactor", "parallelization_factor");
pub(crate) const RETRIES: Setting = Setting("MaximumRetryAttempts", "maximumRetryAttempts", "maximum_retry_attempts");
pub(crate) const RECORD_AGE: Setting =
    Setting("MaximumRecordAgeInSeconds", "maximumRecordAgeInSeconds", "maximum_record_age_in_seconds");
pub(crate) const BISECT: Setting =
    Setting("BisectBatchOnFunctionError", "bisectBatchOnFunctionError", "bisect_batch_on_function_error");
pub(crate) const TUMBLING_WINDOW: Setting =
    Setting("TumblingWindowInSeconds", "tumblingWindowInSeconds", "tumbling_window_in_seconds");
pub(crate) const MAXIMUM_CONCURRENCY: Setting =
    Setting("MaximumConcurrency", "maximumConcurrency", "maximum_concurrency");
pub(crate) const MINIMUM_POLLERS: Setting = Setting("MinimumPollers", "minimumPollers", "minimum_pollers");
pub(crate) const MAXIMUM_POLLERS: Setting = Setting("MaximumPollers", "maximumPollers", "maximum_pollers");
pub(crate) const CONSUMER_GROUP: Setting = Setting("ConsumerGroupId", "consumerGroupId", "consumer_group_id");
pub(crate) const TOPICS: Setting = Setting("Topics", "topic", "topics");
pub(crate) const BROKER_QUEUES: Setting = Setting("Queues", "queue", "queues");

pub(crate) const VISIBILITY: Setting = Setting("VisibilityTimeout", "VisibilityTimeout", "visibility_timeout_seconds");
pub(crate) const RETENTION: Setting =
    Setting("MessageRetentionPeriod", "MessageRetentionPeriod", "message_retention_seconds");
pub(crate) const QUEUE_NAME: Setting = Setting("QueueName", "QueueName", "name");
pub(crate) const FIFO: Setting = Setting("FifoQueue", "FifoQueue", "fifo_queue");
pub(crate) const STREAM_VIEW: Setting = Setting("StreamViewType", "StreamViewType", "stream_view_type");

pub(crate) const SCHEDULE: Setting = Setting("ScheduleExpression", "rate", "schedule_expression");
pub(crate) const TIMEZONE: Setting = Setting("ScheduleExpressionTimezone", "timezone", "schedule_expression_timezone");
pub(crate) const LOG_FILTER: Setting = Setting("FilterPattern", "filter", "filter_pattern");
pub(crate) const STATEMENT: Setting = Setting("Sql", "sql", "sql");
pub(crate) const INVOCATION: Setting = Setting("InvocationType", "InvocationType", "invocation_type");

impl Setting {
    /// Its name there.
    pub(crate) fn name(&self, place: &Place) -> &'static str {
        match Language::of(place) {
            Language::CloudFormation => self.0,
            Language::Serverless => self.1,
            Language::Terraform => self.2,
        }
    }

    /// As it is written with a number or a word that needs no quotes.
    pub(crate) fn plain(&self, place: &Place, value: impl std::fmt::Display) -> String {
        match Language::of(place) {
            Language::Terraform => format!("`{} = {value}`", self.name(place)),
            Language::CloudFormation | Language::Serverless => format!("`{}: {value}`", self.name(place)),
        }
    }

    /// As it is written with a text.
    pub(crate) fn text(&self, place: &Place, value: &str) -> String {
        match Language::of(place) {
            Language::Terraform => self.plain(place, format_args!("\"{value}\"")),
            Language::CloudFormation | Language::Serverless => self.plain(place, value),
        }
    }
}

/// What makes Lambda read which records failed.
pub(crate) fn report_failures(place: &Place) -> &'static str {
    match Language::of(place) {
        Language::CloudFormation => "`FunctionResponseTypes: [ReportBatchItemFailures]`",
        Language::Serverless => "`functionResponseType: ReportBatchItemFailures`",
        Language::Terraform => "`function_response_types = [\"ReportBatchItemFailures\"]`",
    }
}

/// A variable of a function's environment.
pub(crate) fn variable(place: &Place, name: &str, value: &str) -> String {
    match Language::of(place) {
        Language::CloudFormation => format!("`{name}: {value}` in `Environment.Variables`"),
        Language::Serverless => format!("`{name}: {value}` in `environment`"),
        Language::Terraform => format!("`{name} = \"{value}\"` in `environment {{ variables = {{ … }} }}`"),
    }
}

/// A statement of a policy for the function's role.
pub(crate) fn statement(place: &Place, actions: &[&str], resource: &str) -> String {
    match Language::of(place) {
        Language::Terraform => {
            let actions: Vec<String> = actions.iter().map(|action| format!("\"{action}\"")).collect();
            format!("`actions = [{}]` with `resources = [\"{resource}\"]`", actions.join(", "))
        }
        Language::CloudFormation | Language::Serverless => {
            format!("`Action: [{}]` with `Resource: {resource}`", actions.join(", "))
        }
    }
}
