//! Secrets Manager and Parameter Store, through the AWS SDK.

use aws_config::SdkConfig;
use aws_sdk_secretsmanager::Client as Secrets;
use aws_sdk_ssm::Client as Parameters;
use aws_sdk_ssm::types::Parameter;
use futures_util::future::{join3, join_all};
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
    let selectors: Vec<String> = of(What::Parameter).map(selector).collect();
    let batches = async {
        // An app without parameters makes no client for them.
        if selectors.is_empty() {
            return Vec::new();
        }
        let client = Parameters::new(config);
        join_all(selectors.chunks(BATCH).map(|names| parameters(&client, names))).await.concat()
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
    let (parameters, paths, secrets) = join3(batches, paths, secrets).await;
    let (mut parameters, mut paths, mut secrets) = (parameters.into_iter(), paths.into_iter(), secrets.into_iter());
    let answer = |one: &Asked| match one.what {
        What::Secret => secrets.next(),
        What::Parameter => parameters.next(),
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

/// Each of at most [`BATCH`] parameters.
async fn parameters(client: &Parameters, names: &[String]) -> Vec<Answer> {
    match together(client, names).await {
        // One that may not be read, or not decrypted, spoils the answer for the others. The error of each says more.
        Err(Refused::ByService(_)) if names.len() > 1 => {
            let single = |name| async move {
                let answer = together(client, std::slice::from_ref(name)).await;
                answer.map_or_else(|refused| Err(refused.into_why()), |answers| answers.into_iter().next().unwrap_or(Ok(None)))
            };
            join_all(names.iter().map(single)).await
        }
        Err(refused) => {
            let why = refused.into_why();
            names.iter().map(|_| Err(why.clone())).collect()
        }
        Ok(answers) => answers,
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
        let parameter = parameters.iter().find(|parameter| is_named(parameter, name));
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
                let name = name.strip_prefix(path).map_or(name.as_str(), |name| name.trim_start_matches('/')).to_owned();
                all.push((name, Zeroizing::new(value)));
            }
        }
    }
    Ok(if all.is_empty() { None } else { Some(Content::All(all)) })
}

/// Whether this is what was asked for: by its name, which may have a version or a label behind it, or by its ARN.
fn is_named(parameter: &Parameter, asked: &str) -> bool {
    let selector = parameter.selector.as_deref().unwrap_or_default();
    let Some(asked) = asked.strip_suffix(selector) else { return false };
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
        assert!(!is_named(&plain.clone().build(), "/db/host:3"));
        let third = plain.selector(":3").build();
        assert!(is_named(&third, "/db/host:3") && !is_named(&third, "/db/host") && !is_named(&third, "/db/host:2"));
    }
}
