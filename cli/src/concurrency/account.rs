//! The account: the SDK's clients, and the calls to Lambda.

use std::time::Duration;

use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region};
use aws_credential_types::provider::ProvideCredentials as _;
use aws_smithy_http_client::tls::{self, rustls_provider::CryptoMode};

use crate::concurrency::args::What;
use crate::concurrency::failure::{Call, no_credentials};
use crate::concurrency::state;
use crate::error::CliError;

/// How long a connection and an attempt may take; people wait for it.
const CONNECT: Duration = Duration::from_secs(10);
const ATTEMPT: Duration = Duration::from_secs(30);

/// Who asks, and of which region.
#[derive(Debug)]
pub(crate) struct Account {
    pub(crate) region: String,
    pub(crate) lambda: aws_sdk_lambda::Client,
    pub(crate) cloudwatch: aws_sdk_cloudwatch::Client,
}

/// What of a function is asked for before its metrics.
#[derive(Debug, Default)]
pub(crate) struct Provisioned {
    /// Of all versions and aliases together.
    pub(crate) total: u32,
    /// Those versions and aliases.
    pub(crate) qualifiers: Vec<String>,
}

impl Account {
    /// Credentials, region and retries are the SDK's business: it looks where the AWS CLI looks.
    pub(crate) async fn connect(what: &What) -> Result<Self, CliError> {
        let http =
            aws_smithy_http_client::Builder::new().tls_provider(tls::Provider::Rustls(CryptoMode::Ring)).build_https();
        let mut loader = aws_config::defaults(BehaviorVersion::latest()).http_client(http).timeout_config(
            TimeoutConfig::builder().connect_timeout(CONNECT).operation_attempt_timeout(ATTEMPT).build(),
        );
        if let Some(profile) = &what.profile {
            loader = loader.profile_name(profile);
        }
        if let Some(region) = &what.region {
            loader = loader.region(Region::new(region.clone()));
        }
        let config = loader.load().await;
        let region = config.region().map(|region| region.as_ref().to_owned()).ok_or_else(|| {
            CliError::new("no region: give `--region`, or set `AWS_REGION`, or name one in the profile")
        })?;
        // Asked for once before all else, so that what is wrong with them is said as such.
        match config.credentials_provider() {
            Some(provider) => provider.provide_credentials().await.map_err(|error| no_credentials(&error))?,
            None => return Err(CliError::new("no credentials: the SDK was given no way to get any")),
        };
        let lambda = aws_sdk_lambda::Client::new(&config);
        Ok(Self { region, lambda, cloudwatch: aws_sdk_cloudwatch::Client::new(&config) })
    }

    /// The account's limit, and what of it is not reserved.
    pub(crate) async fn limits(&self) -> Result<(u32, u32), CliError> {
        let call = Call::on_all("lambda:GetAccountSettings");
        let settings = self.lambda.get_account_settings().send().await.map_err(|error| call.failed(&error))?;
        let limits = settings.account_limit();
        let unreserved = limits.and_then(|limits| limits.unreserved_concurrent_executions());
        match (limits.map(|limits| number(limits.concurrent_executions())), unreserved.map(number)) {
            (Some(limit), Some(unreserved)) => Ok((limit, unreserved)),
            _ => Err(CliError::new("Lambda did not say how much concurrency the account has")),
        }
    }

    /// Whether there is a function of this name.
    pub(crate) async fn has(&self, function: &str) -> Result<bool, CliError> {
        let call = Call::on("lambda:GetFunctionConfiguration", function);
        match self.lambda.get_function_configuration().function_name(function).send().await {
            Ok(_) => Ok(true),
            Err(error) if error.as_service_error().is_some_and(|error| error.is_resource_not_found_exception()) => {
                Ok(false)
            }
            Err(error) => Err(call.failed(&error)),
        }
    }

    /// The names and the handlers of all functions that run a binary of their own.
    pub(crate) async fn functions(&self) -> Result<Vec<(String, String)>, CliError> {
        let call = Call::on_all("lambda:ListFunctions");
        let mut pages = self.lambda.list_functions().into_paginator().items().send();
        let mut functions = Vec::new();
        while let Some(function) = pages.next().await {
            let function = function.map_err(|error| call.failed(&error))?;
            let is_ours = function.runtime().is_some_and(|runtime| runtime.as_str().starts_with("provided"));
            if let (true, Some(name), Some(handler)) = (is_ours, function.function_name(), function.handler()) {
                functions.push((name.to_owned(), handler.to_owned()));
            }
        }
        Ok(functions)
    }

    /// What is reserved for a function.
    pub(crate) async fn reserved(&self, function: &str) -> Result<Option<u32>, CliError> {
        let call = Call::on("lambda:GetFunctionConcurrency", function);
        let answer = self.lambda.get_function_concurrency().function_name(function).send().await;
        Ok(answer.map_err(|error| call.failed(&error))?.reserved_concurrent_executions().map(number))
    }

    /// Reserves as many for a function.
    pub(crate) async fn reserve(&self, function: &str, reserved: u32) -> Result<(), CliError> {
        let call = Call::on("lambda:PutFunctionConcurrency", function);
        let reserved = i32::try_from(reserved).unwrap_or(i32::MAX);
        let request = self.lambda.put_function_concurrency().function_name(function);
        let answer = request.reserved_concurrent_executions(reserved).send().await;
        answer.map(|_| ()).map_err(|error| call.failed(&error))
    }

    /// What is provisioned for its versions and aliases. What is still being allocated counts.
    pub(crate) async fn provisioned(&self, function: &str) -> Result<Provisioned, CliError> {
        let call = Call::on("lambda:ListProvisionedConcurrencyConfigs", function);
        let request = self.lambda.list_provisioned_concurrency_configs().function_name(function);
        let mut pages = request.into_paginator().items().send();
        let mut provisioned = Provisioned::default();
        while let Some(config) = pages.next().await {
            let config = config.map_err(|error| call.failed(&error))?;
            let requested = config.requested_provisioned_concurrent_executions().map_or(0, number);
            let allocated = config.allocated_provisioned_concurrent_executions().map_or(0, number);
            provisioned.total = provisioned.total.saturating_add(requested.max(allocated));
            // `arn:aws:lambda:REGION:ACCOUNT:function:NAME:QUALIFIER`.
            let qualifier = config.function_arn().and_then(|arn| arn.split(':').nth(7));
            provisioned.qualifiers.extend(qualifier.map(str::to_owned));
        }
        Ok(provisioned)
    }

    /// What the queues that invoke a function, or these versions and aliases of it, may invoke at the same time.
    pub(crate) async fn queues(&self, function: &str, qualifiers: &[String]) -> Result<Option<u32>, CliError> {
        let call = Call::on_all("lambda:ListEventSourceMappings");
        let mut total: Option<u32> = None;
        let qualified = qualifiers.iter().map(|qualifier| format!("{function}:{qualifier}"));
        for name in std::iter::once(function.to_owned()).chain(qualified) {
            let mut pages =
                self.lambda.list_event_source_mappings().function_name(name).into_paginator().items().send();
            while let Some(mapping) = pages.next().await {
                let mapping = mapping.map_err(|error| call.failed(&error))?;
                let most = mapping.scaling_config().and_then(|scaling| scaling.maximum_concurrency());
                if let Some(most) = most.map(number) {
                    total = Some(total.unwrap_or(0).saturating_add(most));
                }
            }
        }
        Ok(total)
    }

    /// All that Lambda says of a function.
    pub(crate) async fn live(
        &self,
        function: &str,
        found_by: state::FoundBy,
    ) -> Result<(state::Live, Vec<String>), CliError> {
        let reserved = self.reserved(function).await?;
        let provisioned = self.provisioned(function).await?;
        let queues = self.queues(function, &provisioned.qualifiers).await?;
        let live = state::Live {
            function: function.to_owned(),
            found_by,
            reserved,
            provisioned: provisioned.total,
            provisioned_utilisation: None,
            queues,
            usage: None,
        };
        Ok((live, provisioned.qualifiers))
    }
}

/// AWS's numbers are signed, and none of these is below zero.
fn number(signed: i32) -> u32 {
    u32::try_from(signed).unwrap_or(0)
}
