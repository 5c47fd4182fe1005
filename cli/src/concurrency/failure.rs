//! What AWS refuses, in words that say what to do.

use std::error::Error;

use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_lambda::error::{ProvideErrorMetadata, SdkError};

use crate::error::CliError;

/// A call to AWS.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Call<'a> {
    /// The permission that it needs: `lambda:GetFunctionConcurrency`.
    permission: &'static str,
    /// The function that it is about.
    function: Option<&'a str>,
}

impl<'a> Call<'a> {
    pub(crate) fn on(permission: &'static str, function: &'a str) -> Self {
        Self { permission, function: Some(function) }
    }

    /// Of those that AWS has no resource for.
    pub(crate) fn on_all(permission: &'static str) -> Self {
        Self { permission, function: None }
    }

    /// What went wrong with it. The SDK has repeated what can be repeated.
    pub(crate) fn failed<E>(&self, error: &SdkError<E>) -> CliError
    where
        E: ProvideErrorMetadata + Error + 'static,
    {
        CliError::new(self.words(error.code(), error.message(), &chain(error)))
    }

    fn words(&self, code: Option<&str>, message: Option<&str>, all: &str) -> String {
        let Self { permission, function } = self;
        let of = function.map(|function| format!(" of `{function}`")).unwrap_or_default();
        let on = function.map_or("`*`".to_owned(), |function| format!("the function `{function}`"));
        let said = message.map(|message| format!(" ({message})")).unwrap_or_default();
        match code {
            Some("AccessDeniedException" | "AccessDenied" | "UnauthorizedOperation") => format!(
                "AWS does not allow it{said}: whoever runs this needs the permission `{permission}` on {on}; \
                 docs/concurrency.md has the whole policy"
            ),
            Some("ExpiredTokenException" | "ExpiredToken" | "RequestExpired") => {
                format!("the credentials have expired{said}: sign in again, as with `aws sso login`")
            }
            Some(
                "UnrecognizedClientException"
                | "InvalidClientTokenId"
                | "InvalidSignatureException"
                | "SignatureDoesNotMatch"
                | "IncompleteSignature",
            ) => {
                format!("AWS does not know these credentials{said}: `aws sts get-caller-identity` tells whose they are")
            }
            Some("TooManyRequestsException" | "Throttling" | "ThrottlingException") => {
                format!(
                    "`{permission}`{of}: AWS takes no more requests for now, and was asked several times{said}: try again"
                )
            }
            Some(code) => format!("`{permission}`{of}: {code}{said}"),
            None => format!("`{permission}`{of}: AWS can't be asked: {all}"),
        }
    }
}

/// Without credentials nothing can be asked.
pub(crate) fn no_credentials(error: &CredentialsError) -> CliError {
    if matches!(error, CredentialsError::CredentialsNotLoaded(_)) {
        return CliError::new(
            "no credentials: neither the environment (`AWS_ACCESS_KEY_ID`), nor a profile, nor the machine has any; sign in, as \
             with `aws sso login`, or name a profile with `--profile`",
        );
    }
    CliError::new(format!(
        "the credentials can't be had: {}; if they come from single sign-on, sign in again with `aws sso login`",
        chain(error)
    ))
}

/// An error and what caused it.
fn chain(error: &dyn Error) -> String {
    let mut message = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        message.push_str(&format!(": {cause}"));
        source = cause.source();
    }
    message
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_refused_names_what_is_missing() {
        let call = Call::on("lambda:PutFunctionConcurrency", "orders-dev-fulfil");
        let words = |code, message| call.words(code, message, "timed out");
        let denied = words(Some("AccessDeniedException"), Some("User: x is not authorized"));
        assert!(denied.contains("User: x is not authorized"), "{denied}");
        assert!(denied.contains("`lambda:PutFunctionConcurrency` on the function `orders-dev-fulfil`"), "{denied}");
        assert!(words(Some("ExpiredTokenException"), None).contains("have expired: sign in again"));
        assert!(words(Some("UnrecognizedClientException"), None).contains("does not know these credentials"));
        assert!(words(Some("ThrottlingException"), None).contains("try again"));
        assert_eq!(
            words(Some("ServiceException"), Some("no")),
            "`lambda:PutFunctionConcurrency` of `orders-dev-fulfil`: ServiceException (no)"
        );
        assert!(words(None, None).ends_with("AWS can't be asked: timed out"));
    }
}
