//! Secrets Manager and Parameter Store, through the AWS SDK.

use aws_config::SdkConfig;
use aws_sdk_ssm::types::Parameter;
use futures_util::future::join_all;
use zeroize::Zeroizing;

use crate::aws::sdk_config;
use crate::config::source::{Answer, Asked};
use crate::error::chain;

/// What one call takes: <https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameters.html>.
const BATCH: usize = 10;

pub(super) async fn fetch(asked: &[Asked]) -> Vec<Answer> {
    fetch_with(&sdk_config(None, None).await, asked).await
}

async fn fetch_with(config: &SdkConfig, asked: &[Asked]) -> Vec<Answer> {
    let names = asked.iter().filter_map(|one| match one {
        Asked::Parameter(name) => Some(name.clone()),
        Asked::Secret(_) => None,
    });
    let names: Vec<String> = names.collect();
    let batches = async {
        // An app without parameters makes no client for them.
        if names.is_empty() {
            return Vec::new();
        }
        let client = aws_sdk_ssm::Client::new(config);
        join_all(names.chunks(BATCH).map(|names| parameters(&client, names))).await.concat()
    };
    let secrets = async {
        let secrets = asked.iter().filter_map(|one| match one {
            Asked::Secret(name) => Some(name),
            Asked::Parameter(_) => None,
        });
        let secrets: Vec<&String> = secrets.collect();
        if secrets.is_empty() {
            return Vec::new();
        }
        let client = aws_sdk_secretsmanager::Client::new(config);
        join_all(secrets.into_iter().map(|name| secret(&client, name))).await
    };
    let (parameters, secrets) = futures_util::future::join(batches, secrets).await;
    let (mut parameters, mut secrets) = (parameters.into_iter(), secrets.into_iter());
    let answer = |one: &Asked| match one {
        Asked::Secret(_) => secrets.next(),
        Asked::Parameter(_) => parameters.next(),
    };
    asked.iter().map(answer).map(|answer| answer.unwrap_or_else(|| Err("it was not asked for".to_owned()))).collect()
}

async fn secret(client: &aws_sdk_secretsmanager::Client, name: &str) -> Answer {
    use aws_sdk_secretsmanager::error::ProvideErrorMetadata;

    match client.get_secret_value().secret_id(name).send().await {
        Ok(secret) => match secret.secret_string {
            Some(text) => Ok(Some(Zeroizing::new(text))),
            None => Err("it is binary, and only text can be read".to_owned()),
        },
        Err(error) => {
            let service = error.as_service_error();
            if service.is_some_and(|error| error.is_resource_not_found_exception()) {
                return Ok(None);
            }
            let (code, message) = service.map_or((None, None), |error| (error.code(), error.message()));
            Err(worded(code, message, "secretsmanager:GetSecretValue", || chain(&error)))
        }
    }
}

/// Each of at most [`BATCH`] parameters.
async fn parameters(client: &aws_sdk_ssm::Client, names: &[String]) -> Vec<Answer> {
    use aws_sdk_ssm::error::ProvideErrorMetadata;

    let sent = client.get_parameters().set_names(Some(names.to_vec())).with_decryption(true).send().await;
    match sent {
        Ok(found) => {
            let parameters = found.parameters.unwrap_or_default();
            let answer = |name: &String| {
                let parameter = parameters.iter().find(|parameter| is_named(parameter, name));
                Ok(parameter.and_then(|parameter| parameter.value.clone()).map(Zeroizing::new))
            };
            names.iter().map(answer).collect()
        }
        Err(error) => {
            let service = error.as_service_error();
            let (code, message) = service.map_or((None, None), |error| (error.code(), error.message()));
            let why = worded(code, message, "ssm:GetParameters", || chain(&error));
            names.iter().map(|_| Err(why.clone())).collect()
        }
    }
}

/// Whether this is what was asked for: by its name, which may have a version or a label behind it, or by its ARN.
fn is_named(parameter: &Parameter, asked: &str) -> bool {
    let selector = parameter.selector.as_deref().unwrap_or_default();
    let asked = asked.strip_suffix(selector).unwrap_or(asked);
    [&parameter.name, &parameter.arn].into_iter().flatten().any(|name| name == asked)
}

/// What went wrong, and what to do about it.
fn worded(code: Option<&str>, message: Option<&str>, permission: &str, other: impl FnOnce() -> String) -> String {
    let Some(code) = code else { return other() };
    let hint = match code {
        "AccessDeniedException" => format!("; the function's role needs `{permission}` on it"),
        _ => String::new(),
    };
    format!("{code}: {}{hint}", message.unwrap_or("no message"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parameter_has_a_name_an_arn_and_a_version() {
        let plain = Parameter::builder().name("/db/host").arn("arn:aws:ssm:eu-west-1:1:parameter/db/host");
        assert!(is_named(&plain.clone().build(), "/db/host"));
        assert!(is_named(&plain.clone().build(), "arn:aws:ssm:eu-west-1:1:parameter/db/host"));
        assert!(!is_named(&plain.clone().build(), "/db/hos"));
        assert!(is_named(&plain.selector(":3").build(), "/db/host:3"));
    }
}
