//! Secrets Manager and Parameter Store, through the AWS SDK.

use std::collections::HashMap;

use aws_config::SdkConfig;
use aws_sdk_secretsmanager::Client as Secrets;
use aws_sdk_ssm::Client as Parameters;
use aws_sdk_ssm::types::Parameter;
use futures_util::future::{join_all, join3};
use tokio::sync::OnceCell;
use zeroize::Zeroizing;

use crate::aws::sdk_config;
use crate::config::read::Version;
use crate::config::source::{Answer, Asked, Content, What};
use crate::error::chain;

/// What one call takes: <https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameters.html>.
const BATCH: usize = 10;

pub(super) async fn fetch(asked: &[Asked]) -> Vec<Answer> {
    // Once per process: it holds the connections, and the credentials until they run out.
    static CONFIG: OnceCell<SdkConfig> = OnceCell::const_new();
    fetch_with(CONFIG.get_or_init(|| sdk_config(None, None)).await, asked).await
}

async fn fetch_with(config: &SdkConfig, asked: &[Asked]) -> Vec<Answer> {
    let of = |what| asked.iter().filter(move |one| one.what == what);
    let parameters = async {
        // An app without parameters makes no client for them.
        if of(What::Parameter).next().is_none() {
            return HashMap::new();
        }
        let client = Parameters::new(config);
        let (current, others): (Vec<&Asked>, Vec<&Asked>) = of(What::Parameter).partition(|one| one.version.is_none());
        // What is found of a version goes by the parameter's name, so each is asked for alone.
        let batches = current.chunks(BATCH).chain(others.chunks(1));
        let names = batches.map(|batch| batch.iter().map(|one| selector(one)).collect());
        join_all(names.map(|names| parameters(&client, names))).await.into_iter().flatten().collect()
    };
    let paths = async {
        if of(What::Path).next().is_none() {
            return Vec::new();
        }
        let client = Parameters::new(config);
        join_all(of(What::Path).map(|one| below(&client, &one.name))).await
    };
    let secrets = async {
        if of(What::Secret).next().is_none() {
            return Vec::new();
        }
        let client = Secrets::new(config);
        join_all(of(What::Secret).map(|one| secret(&client, one))).await
    };
    let (mut parameters, paths, secrets) = join3(parameters, paths, secrets).await;
    let (mut paths, mut secrets) = (paths.into_iter(), secrets.into_iter());
    let answer = |one: &Asked| match one.what {
        What::Secret => secrets.next(),
        What::Parameter => parameters.remove(&selector(one)),
        What::Path => paths.next(),
    };
    asked.iter().map(answer).map(|answer| answer.unwrap_or_else(|| Err("it was not asked for".to_owned()))).collect()
}

async fn secret(client: &Secrets, one: &Asked) -> Answer {
    use aws_sdk_secretsmanager::error::ProvideErrorMetadata;

    let (stage, id) = match one.version {
        Some(Version::Stage(stage)) => (Some(stage.to_owned()), None),
        Some(Version::Id(id)) => (None, Some(id.to_owned())),
        Some(Version::Label(_) | Version::Number(_)) | None => (None, None),
    };
    let request = client.get_secret_value().secret_id(&one.name).set_version_stage(stage).set_version_id(id);
    match request.send().await {
        Ok(secret) => match secret.secret_string {
            Some(text) => Ok(Some(Content::Text(Zeroizing::new(text)))),
            None => Err("it is binary, and only text can be read".to_owned()),
        },
        Err(error) => {
            let service = error.as_service_error();
            // Also for a version that is not there.
            if service.is_some_and(|error| error.is_resource_not_found_exception()) {
                return Ok(None);
            }
            let (code, message) = service.map_or((None, None), |error| (error.code(), error.message()));
            Err(worded(code, message, "secretsmanager:GetSecretValue", || chain(&error)))
        }
    }
}

/// A parameter's name as the API takes it: with the version behind it.
fn selector(one: &Asked) -> String {
    match one.version {
        Some(version) => format!("{}:{version}", one.name),
        None => one.name.clone(),
    }
}

/// At most [`BATCH`] parameters, by the names that they were asked for.
async fn parameters(client: &Parameters, names: Vec<String>) -> Vec<(String, Answer)> {
    match together(client, &names).await {
        Ok(answers) => names.into_iter().zip(answers).collect(),
        // One that may not be read, or not decrypted, spoils the answer for the others. The error of each says more.
        Err(Refused::ByService(_)) if names.len() > 1 => {
            let single = |name: String| async move {
                let answer = match together(client, std::slice::from_ref(&name)).await {
                    Ok(answers) => answers.into_iter().next().unwrap_or(Ok(None)),
                    Err(refused) => Err(refused.into_why()),
                };
                (name, answer)
            };
            join_all(names.into_iter().map(single)).await
        }
        Err(refused) => {
            let why = refused.into_why();
            names.into_iter().map(|name| (name, Err(why.clone()))).collect()
        }
    }
}

/// Why there are no parameters.
enum Refused {
    /// The service answered so.
    ByService(String),
    /// The service was not reached.
    OnTheWay(String),
}

impl Refused {
    fn into_why(self) -> String {
        match self {
            Self::ByService(why) | Self::OnTheWay(why) => why,
        }
    }
}

async fn together(client: &Parameters, names: &[String]) -> Result<Vec<Answer>, Refused> {
    use aws_sdk_ssm::error::ProvideErrorMetadata;

    let sent = client.get_parameters().set_names(Some(names.to_vec())).with_decryption(true).send().await;
    let found = sent.map_err(|error| match error.as_service_error() {
        Some(service) => {
            let why = worded(service.code(), service.message(), "ssm:GetParameters", || chain(&error));
            Refused::ByService(why)
        }
        None => Refused::OnTheWay(chain(&error)),
    })?;
    let parameters = found.parameters.unwrap_or_default();
    let answer = |name: &String| {
        // The only one that was asked for is it, with the version or label that it was asked by.
        let is_it = |parameter: &&Parameter| names.len() == 1 || is_named(parameter, name);
        let parameter = parameters.iter().find(is_it);
        Ok(parameter.and_then(|parameter| parameter.value.clone()).map(Zeroizing::new).map(Content::Text))
    };
    Ok(names.iter().map(answer).collect())
}

/// All parameters below a path, page by page.
async fn below(client: &Parameters, path: &str) -> Answer {
    use aws_sdk_ssm::error::ProvideErrorMetadata;

    // `/app/` and `/app` are the same path.
    let path = if path == "/" { path } else { path.trim_end_matches('/') };
    let request = client.get_parameters_by_path().path(path).recursive(true).with_decryption(true);
    let mut pages = request.into_paginator().send();
    let mut all = Vec::new();
    while let Some(page) = pages.next().await {
        let page = page.map_err(|error| {
            let service = error.as_service_error();
            let (code, message) = service.map_or((None, None), |error| (error.code(), error.message()));
            worded(code, message, "ssm:GetParametersByPath", || chain(&error))
        })?;
        for parameter in page.parameters.unwrap_or_default() {
            if let (Some(name), Some(value)) = (parameter.name, parameter.value) {
                let name =
                    name.strip_prefix(path).map_or(name.as_str(), |name| name.trim_start_matches('/')).to_owned();
                all.push((name, Zeroizing::new(value)));
            }
        }
    }
    Ok(if all.is_empty() { None } else { Some(Content::All(all)) })
}

/// Whether this is what was asked for: by its name or by its ARN.
fn is_named(parameter: &Parameter, asked: &str) -> bool {
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
    fn a_parameter_has_a_name_and_an_arn() {
        let parameter = Parameter::builder().name("/db/host").arn("arn:aws:ssm:eu-west-1:1:parameter/db/host").build();
        assert!(is_named(&parameter, "/db/host"));
        assert!(is_named(&parameter, "arn:aws:ssm:eu-west-1:1:parameter/db/host"));
        assert!(!is_named(&parameter, "/db/hos"));
    }
}
