//! Triggers of a Cognito user pool, which has no source of its own: `#[handler(event)]` takes any event.
//!
//! Cognito invokes synchronously, and wants the event back with its `response` filled in.

use std::fmt;
use std::sync::{Mutex, PoisonError};

use aws_lambda_events::cognito::{
    CognitoEventUserPoolsPostConfirmation as PostConfirmation,
    CognitoEventUserPoolsPostConfirmationTriggerSource as TriggerSource,
};
use lambkin::prelude::*;
use serde_json::{Map, Value};

/// The event of the [pre sign-up trigger][t]: what this function looks at, and the rest as it came.
///
/// [t]: https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-pre-sign-up.html
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct PreSignUp {
    request: Request,
    response: Response,
    #[serde(flatten)]
    rest: Map<String, Value>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Request {
    user_attributes: Attributes,
    #[serde(flatten)]
    rest: Map<String, Value>,
}

#[derive(Serialize, Deserialize)]
struct Attributes {
    email: String,
    #[serde(flatten)]
    rest: Map<String, Value>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Response {
    auto_confirm_user: bool,
    auto_verify_email: bool,
    #[serde(flatten)]
    rest: Map<String, Value>,
}

/// Who may sign up. A real one would be read from a table.
struct Policy {
    /// Mail of these domains is the company's own.
    own: &'static [&'static str],
    blocked: &'static [&'static str],
}

#[init]
async fn policy() -> Result<Policy, Error> {
    Ok(Policy { own: &["example.com"], blocked: &["example.net"] })
}

/// Cognito shows the message to whoever signs up.
#[derive(Debug)]
struct Refused {
    domain: String,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "addresses at {} can't sign up", self.domain)
    }
}

impl std::error::Error for Refused {}

/// Lets in who may sign up; colleagues need no code by mail.
#[handler(event, timeout = "5s")]
async fn pre_sign_up(mut event: PreSignUp, policy: &Policy) -> Result<PreSignUp, Refused> {
    let domain = event.request.user_attributes.email.rsplit('@').next().unwrap_or_default();
    if policy.blocked.contains(&domain) {
        return Err(Refused { domain: domain.to_owned() });
    }
    if policy.own.contains(&domain) {
        event.response.auto_confirm_user = true;
        event.response.auto_verify_email = true;
    }
    Ok(event)
}

/// Mail to be sent. A real one would hold a client of SES.
#[derive(Default)]
struct Outbox {
    to: Mutex<Vec<String>>,
}

#[init]
async fn outbox() -> Result<Outbox, Error> {
    Ok(Outbox::default())
}

/// Welcomes who has confirmed the address. The event's type comes from the crate `aws_lambda_events`.
#[handler(event, timeout = "5s")]
async fn post_confirmation(event: PostConfirmation, outbox: &Outbox) -> Result<PostConfirmation, Error> {
    // A password that was forgotten is confirmed by the same trigger.
    let is_sign_up = event.cognito_event_user_pools_header.trigger_source == Some(TriggerSource::ConfirmSignUp);
    if is_sign_up && let Some(email) = event.request.user_attributes.get("email") {
        outbox.to.lock().unwrap_or_else(PoisonError::into_inner).push(email.clone());
    }
    Ok(event)
}

lambkin::main! {
    init: [policy, outbox],
    handlers: [pre_sign_up, post_confirmation],
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use lambkin::testing::TestApp;
    use serde_json::json;

    use super::*;

    fn sign_up(email: &str) -> Value {
        let mut event: Value = serde_json::from_str(include_str!("../events/pre-sign-up.json")).unwrap();
        *event.pointer_mut("/request/userAttributes/email").unwrap() = email.into();
        event
    }

    #[tokio::test]
    async fn colleagues_are_confirmed_and_others_are_not() {
        let app = TestApp::<App>::new();
        for (email, is_own) in [("ada@example.com", true), ("ada@example.org", false)] {
            let mut expected = sign_up(email);
            let response = json!({"autoConfirmUser": is_own, "autoVerifyEmail": is_own, "autoVerifyPhone": false});
            *expected.get_mut("response").unwrap() = response;
            // All else is as it came.
            assert_eq!(app.invoke("pre_sign_up", sign_up(email)).await.response(), expected);
        }
    }

    #[tokio::test]
    async fn who_is_blocked_reads_why() {
        let app = TestApp::<App>::new();
        let done = app.invoke("pre_sign_up", sign_up("eve@example.net")).await;
        assert_eq!(done.error().unwrap().error_message, "addresses at example.net can't sign up");
    }

    #[tokio::test]
    async fn who_has_confirmed_is_welcomed() {
        let app = TestApp::<App>::new();
        let event = include_str!("../events/post-confirmation.json");
        let done = app.invoke("post_confirmation", event).await;
        assert_eq!(done.response().get("userName").unwrap(), "ada");
        assert_eq!(*app.get::<Outbox>().unwrap().to.lock().unwrap(), ["ada@example.com"]);
    }
}
