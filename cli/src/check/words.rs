//! What a setting is called where it is written, for what a finding says to write.

use std::fmt::Display;

use crate::check::observed::{Attribute, Field, Part, Place, Target, Text};
use crate::check::read::serverless;

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
        if path.split('.').any(|step| step == "Resources") || path.starts_with("Globals") {
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
pub(crate) const EVENT_RETRIES: Setting =
    Setting("MaximumRetryAttempts", "maximumRetryAttempts", "maximum_retry_attempts");
pub(crate) const EVENT_AGE: Setting =
    Setting("MaximumEventAgeInSeconds", "maximumEventAge", "maximum_event_age_in_seconds");
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

/// The block that a setting stands in, in each of them; empty where it stands in none.
#[derive(Debug)]
pub(crate) struct Block(&'static str, &'static str, &'static str);

pub(crate) const SCALING: Block = Block("ScalingConfig", "", "scaling_config");
pub(crate) const POLLERS: Block =
    Block("ProvisionedPollerConfig", "provisionedPollerConfig", "provisioned_poller_config");
/// Of a function of SAM or of a version or an alias; in Terraform it is a resource.
pub(crate) const PROVISIONED: Block =
    Block("ProvisionedConcurrencyConfig", "", "resource \"aws_lambda_provisioned_concurrency_config\" \"…\"");

impl Setting {
    /// As it is written with a number where `field` says what is there: with its block, if that is missing too.
    pub(crate) fn within<T>(&self, block: &Block, field: &Field<T>, place: &Place, value: impl Display) -> String {
        let Block(cloudformation, serverless, terraform) = block;
        let name = self.name(place);
        match (field.place(), Language::of(place)) {
            (None, Language::CloudFormation) => format!("`{cloudformation}: {{ {name}: {value} }}`"),
            (None, Language::Serverless) if !serverless.is_empty() => format!("`{serverless}: {{ {name}: {value} }}`"),
            (None, Language::Terraform) => format!("`{terraform} {{ {name} = {value} }}`"),
            _ => self.plain(place, value),
        }
    }

    /// Its name there.
    pub(crate) fn name(&self, place: &Place) -> &'static str {
        match Language::of(place) {
            Language::CloudFormation => self.0,
            Language::Serverless => self.1,
            Language::Terraform => self.2,
        }
    }

    /// As it is written with a number or a word that needs no quotes.
    pub(crate) fn plain(&self, place: &Place, value: impl Display) -> String {
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

/// What is told of events that are given up.
pub(crate) fn failure_destination(place: &Place) -> String {
    let to = "to a queue, which the role may send to";
    match Language::of(place) {
        Language::CloudFormation => format!(
            "`DestinationConfig: {{ OnFailure: {{ Destination: … }} }}` in an `AWS::Lambda::EventInvokeConfig`, or in SAM's \
             `EventInvokeConfig` with `Type: SQS` beside it, {to}"
        ),
        Language::Serverless => format!("`destinations: {{ onFailure: {{ type: sqs, arn: … }} }}`, {to}"),
        Language::Terraform => format!(
            "an `aws_lambda_function_event_invoke_config` with `destination_config {{ on_failure {{ destination = … }} }}`, \
             {to}"
        ),
    }
}

/// A setting of a function that has no configuration for events that fail.
pub(crate) fn event_setting(place: &Place, setting: &Setting, value: impl Display) -> String {
    let written = setting.plain(place, value);
    match Language::of(place) {
        Language::CloudFormation => {
            format!("{written} in an `AWS::Lambda::EventInvokeConfig`, or in SAM's `EventInvokeConfig`")
        }
        Language::Serverless => written,
        Language::Terraform => format!("{written} in an `aws_lambda_function_event_invoke_config`"),
    }
}

/// A configuration that is for this alias, or for none. What SAM and the Serverless Framework make of the function's own
/// settings can't be for another.
pub(crate) fn event_invoke_config_of(place: &Place, target: &Target) -> String {
    let setting = Setting("Qualifier", "Qualifier", "qualifier");
    let (kind, latest) = match Language::of(place) {
        Language::Terraform => ("aws_lambda_function_event_invoke_config", "without `qualifier`".to_owned()),
        _ => ("AWS::Lambda::EventInvokeConfig", format!("with {}", setting.text(place, "$LATEST"))),
    };
    let of = match target {
        Target::Qualified { qualifier, .. } => format!("with {}", setting.text(place, &qualifier.to_string())),
        Target::Function(_) | Target::Elsewhere => latest,
    };
    format!("an `{kind}` {of}")
}

/// Filters of what is polled.
pub(crate) fn filters(place: &Place, filters: &[String]) -> String {
    let each = |written: &dyn Fn(&str) -> String| filters.iter().map(|filter| written(filter)).collect::<Vec<_>>();
    match Language::of(place) {
        Language::CloudFormation => {
            format!(
                "`FilterCriteria: {{ Filters: [{}] }}`",
                each(&|filter| format!("{{ Pattern: '{}' }}", filter.replace('\'', "''"))).join(", ")
            )
        }
        // YAML takes JSON.
        Language::Serverless => format!("`filterPatterns: [{}]`", filters.join(", ")),
        Language::Terraform => {
            let blocks = each(&|filter| format!("`filter {{ pattern = jsonencode({filter}) }}`"));
            format!("{} in `filter_criteria {{ … }}`", blocks.join(" and "))
        }
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
pub(crate) fn statement(place: &Place, actions: &[&str], resources: &[Text]) -> String {
    let resources: Vec<String> = resources.iter().map(|resource| self::resource(place, resource)).collect();
    let resources = match resources.as_slice() {
        [one] if Language::of(place) != Language::Terraform => one.clone(),
        all => format!("[{}]", all.join(", ")),
    };
    match Language::of(place) {
        Language::Terraform => {
            let actions: Vec<String> = actions.iter().map(|action| format!("\"{action}\"")).collect();
            format!("`actions = [{}]` with `resources = {resources}`", actions.join(", "))
        }
        Language::CloudFormation | Language::Serverless => {
            format!("`Action: [{}]` with `Resource: {resources}`", actions.join(", "))
        }
    }
}

/// A permission for a service, or for everybody, to invoke a function.
pub(crate) fn permission(
    place: &Place,
    function: &str,
    action: &str,
    principal: &str,
    source: Option<&Text>,
) -> String {
    let is_all = principal == "*";
    if Language::of(place) == Language::Terraform {
        let from = match source {
            Some(source) => format!("`source_arn = {}`", resource(place, source)),
            None if is_all => "`function_url_auth_type = \"NONE\"`".to_owned(),
            None => "`source_account = data.aws_caller_identity.current.account_id`".to_owned(),
        };
        return format!(
            "an `aws_lambda_permission` with `action = \"{action}\"`, `function_name = {function}.function_name`, \
             `principal = \"{principal}\"`, {from}"
        );
    }
    // By the identifier that the Serverless Framework gives it.
    let id = function.strip_prefix(serverless::FUNCTIONS).map(serverless::logical_id);
    let from = match source {
        Some(source) => format!("`SourceArn: {}`", resource(place, source)),
        None if is_all => "`FunctionUrlAuthType: NONE`".to_owned(),
        None => "`SourceAccount: !Ref AWS::AccountId`".to_owned(),
    };
    let principal = if is_all { "\"*\"" } else { principal };
    format!(
        "an `AWS::Lambda::Permission` with `Action: {action}`, `FunctionName: !Ref {}`, `Principal: {principal}`, {from}",
        id.as_deref().unwrap_or(function)
    )
}

/// An ARN as it is written there.
fn resource(place: &Place, text: &Text) -> String {
    let language = Language::of(place);
    let name = |attribute: &Attribute| match (attribute, language) {
        (Attribute::Arn, Language::Terraform) => "arn".to_owned(),
        (Attribute::StreamArn, Language::Terraform) => "stream_arn".to_owned(),
        (Attribute::Name, Language::Terraform) => "name".to_owned(),
        (Attribute::Arn, _) => "Arn".to_owned(),
        (Attribute::StreamArn, _) => "StreamArn".to_owned(),
        (Attribute::Name, _) => "Name".to_owned(),
        (Attribute::Other(name), _) => name.clone(),
    };
    if let [Part::Of { address, attribute }] = text.0.as_slice() {
        let of = format!("{address}.{}", name(attribute));
        return match (language, attribute) {
            (Language::Terraform, _) => of,
            (Language::CloudFormation, Attribute::Name) => format!("!Ref {address}"),
            _ => format!("!GetAtt {of}"),
        };
    }
    let part = |part: &Part| match (part, language) {
        (Part::Literal(text), _) => text.clone(),
        (Part::Of { address, attribute: Attribute::Name }, Language::CloudFormation) => format!("${{{address}}}"),
        (Part::Of { address, attribute }, _) => format!("${{{address}.{}}}", name(attribute)),
        (Part::Region, Language::CloudFormation) => "${AWS::Region}".to_owned(),
        (Part::Account, Language::CloudFormation) => "${AWS::AccountId}".to_owned(),
        (Part::Partition, Language::CloudFormation) => "${AWS::Partition}".to_owned(),
        (Part::Region, Language::Serverless) => "${aws:region}".to_owned(),
        (Part::Account, Language::Serverless) => "${aws:accountId}".to_owned(),
        (Part::Partition, Language::Serverless) => "aws".to_owned(),
        (Part::Region, Language::Terraform) => "${data.aws_region.current.region}".to_owned(),
        (Part::Account, Language::Terraform) => "${data.aws_caller_identity.current.account_id}".to_owned(),
        (Part::Partition, Language::Terraform) => "${data.aws_partition.current.partition}".to_owned(),
        (Part::Unknown(text), _) => text.clone(),
    };
    let whole: String = text.0.iter().map(part).collect();
    match language {
        Language::CloudFormation if text.known().is_none() => format!("!Sub \"{whole}\""),
        Language::Terraform | Language::CloudFormation => format!("\"{whole}\""),
        Language::Serverless => whole,
    }
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use super::*;

    fn place(file: &str, path: &str) -> Place {
        Place { file: Rc::from(file), line: None, column: None, path: path.to_owned() }
    }

    #[test]
    fn a_place_tells_whose_words_are_meant() {
        for (file, path, expected) in [
            ("template.yaml", "Resources.Q.Properties", Language::CloudFormation),
            ("template.yaml", "", Language::CloudFormation),
            ("serverless.yml", "functions.a.timeout", Language::Serverless),
            ("serverless.yml", "resources.Resources.Q.Properties", Language::CloudFormation),
            ("a/serverless.yml", "", Language::Serverless),
            ("a/main.tf", "aws_sqs_queue.q.name", Language::Terraform),
            ("plan.json", "module.x.aws_sqs_queue.q", Language::Terraform),
            ("serverless.yml", "resources[1].Resources.M.Properties", Language::CloudFormation),
        ] {
            assert_eq!(Language::of(&place(file, path)), expected, "{file} {path}");
        }
    }

    #[test]
    fn what_to_write_is_written_as_the_format_has_it() {
        let (sam, serverless, terraform) = (
            place("template.yaml", "Resources.F"),
            place("serverless.yml", "functions.f"),
            place("main.tf", "aws_lambda_function.f"),
        );
        let reports = [&sam, &serverless, &terraform].map(report_failures);
        let expected = [
            "`FunctionResponseTypes: [ReportBatchItemFailures]`",
            "`functionResponseType: ReportBatchItemFailures`",
            "`function_response_types = [\"ReportBatchItemFailures\"]`",
        ];
        assert_eq!(reports, expected);
        // What is not there yet has its block.
        let limited = [&sam, &serverless, &terraform]
            .map(|at| MAXIMUM_CONCURRENCY.within(&SCALING, &Field::<u64>::Absent, at, 5));
        let expected = [
            "`ScalingConfig: { MaximumConcurrency: 5 }`",
            "`maximumConcurrency: 5`",
            "`scaling_config { maximum_concurrency = 5 }`",
        ];
        assert_eq!(limited, expected);
        let there = Field::Known(4, sam.clone());
        assert_eq!(MAXIMUM_CONCURRENCY.within(&SCALING, &there, &sam, 5), "`MaximumConcurrency: 5`");
        let filter = ["{\"a\":[\"it's\"]}".to_owned()];
        let filtered = [&sam, &serverless, &terraform].map(|place| filters(place, &filter));
        let expected = [
            "`FilterCriteria: { Filters: [{ Pattern: '{\"a\":[\"it''s\"]}' }] }`",
            "`filterPatterns: [{\"a\":[\"it's\"]}]`",
            "`filter { pattern = jsonencode({\"a\":[\"it's\"]}) }` in `filter_criteria { … }`",
        ];
        assert_eq!(filtered, expected);
        let function = || Target::Function("f".to_owned());
        let live = function().qualified(Some(Text(vec![Part::Literal("live".to_owned())])));
        let configs = [&sam, &serverless, &terraform].map(|place| event_invoke_config_of(place, &live));
        let expected = [
            "an `AWS::Lambda::EventInvokeConfig` with `Qualifier: live`",
            "an `AWS::Lambda::EventInvokeConfig` with `Qualifier: live`",
            "an `aws_lambda_function_event_invoke_config` with `qualifier = \"live\"`",
        ];
        assert_eq!(configs, expected);
        let without = [&sam, &terraform].map(|place| event_invoke_config_of(place, &function()));
        let expected = [
            "an `AWS::Lambda::EventInvokeConfig` with `Qualifier: $LATEST`",
            "an `aws_lambda_function_event_invoke_config` without `qualifier`",
        ];
        assert_eq!(without, expected);
        let retries = [&sam, &serverless, &terraform].map(|place| event_setting(place, &EVENT_RETRIES, 1));
        let expected = [
            "`MaximumRetryAttempts: 1` in an `AWS::Lambda::EventInvokeConfig`, or in SAM's `EventInvokeConfig`",
            "`maximumRetryAttempts: 1`",
            "`maximum_retry_attempts = 1` in an `aws_lambda_function_event_invoke_config`",
        ];
        assert_eq!(retries, expected);
        assert_eq!(TIMEOUT.plain(&sam, 3), "`Timeout: 3`");
        assert_eq!(TIMEOUT.plain(&serverless, 3), "`timeout: 3`");
        assert_eq!(HANDLER.text(&terraform, "a"), "`handler = \"a\"`");
        let literal = |text: &str| Part::Literal(text.to_owned());
        let arn = Text(vec![literal("arn:"), Part::Partition, literal(":sqs:"), Part::Region, literal(":x")]);
        let written = |place| statement(place, &["a:B"], std::slice::from_ref(&arn));
        assert_eq!(
            written(&sam),
            "`Action: [a:B]` with `Resource: !Sub \"arn:${AWS::Partition}:sqs:${AWS::Region}:x\"`"
        );
        assert_eq!(written(&serverless), "`Action: [a:B]` with `Resource: arn:aws:sqs:${aws:region}:x`");
        let expected = "\"arn:${data.aws_partition.current.partition}:sqs:${data.aws_region.current.region}:x\"";
        assert_eq!(written(&terraform), format!("`actions = [\"a:B\"]` with `resources = [{expected}]`"));
        let queue = Text(vec![Part::Of { address: "aws_sqs_queue.q".to_owned(), attribute: Attribute::Arn }]);
        assert_eq!(
            statement(&terraform, &["a:B"], &[queue]),
            "`actions = [\"a:B\"]` with `resources = [aws_sqs_queue.q.arn]`"
        );
    }
}
