use lambkin::prelude::*;
use serde_json::{Map, Value};

/// Variables of the function; on this machine they are in `.env`.
#[derive(Config)]
{{pub}}struct Company {
    /// Whose mail addresses need no proof: `OWN_DOMAIN`.
    #[env(default = "example.com")]
    own_domain: String,
}

/// The event of Cognito's [pre sign-up trigger][t]: what is looked at, and the rest as it came.
///
/// [t]: https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-pre-sign-up.html
#[derive(Serialize, Deserialize)]
{{pub}}struct SignUp {
    request: Asked,
    response: Map<String, Value>,
    #[serde(flatten)]
    rest: Map<String, Value>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
{{pub}}struct Asked {
    user_attributes: Attributes,
    #[serde(flatten)]
    rest: Map<String, Value>,
}

#[derive(Serialize, Deserialize)]
{{pub}}struct Attributes {
    email: String,
    #[serde(flatten)]
    rest: Map<String, Value>,
}

/// Who is let in without a code by mail.
{{pub}}struct Policy {
    own_domain: String,
}

/// Runs once per execution environment, before the first event is asked for.
#[init]
{{pub}}async fn policy(company: &Company) -> Result<Policy, Error> {
    Ok(Policy {
        own_domain: company.own_domain.clone(),
    })
}

/// Confirms colleagues. Cognito waits for the event, with its response filled in.
#[handler(event, timeout = "5s", memory = 256)]
#[deadline(margin = "1s")]
{{pub}}async fn sign_up(mut event: SignUp, policy: &Policy) -> Result<SignUp, Error> {
    let email = &event.request.user_attributes.email;
    let domain = email.rsplit('@').next().unwrap_or_default();
    let own = domain.eq_ignore_ascii_case(&policy.own_domain);
    event
        .response
        .insert("autoConfirmUser".to_owned(), own.into());
    event
        .response
        .insert("autoVerifyEmail".to_owned(), own.into());
    tracing::info!(own, "signed up");
    Ok(event)
}

{{main}}

#[cfg(test)]
mod tests {
    use lambkin::testing::TestApp;

    use super::*;
    {{app}}

    fn policy() -> Policy {
        Policy {
            own_domain: "example.com".to_owned(),
        }
    }

    fn example() -> Value {
        serde_json::from_str(include_str!("../events/sign_up.json")).unwrap()
    }

    #[tokio::test]
    async fn a_colleague_is_confirmed() {
        let event = serde_json::from_value(example()).unwrap();
        let answer = sign_up(event, &policy()).await.unwrap();
        assert_eq!(answer.response["autoConfirmUser"], true);
    }

    #[tokio::test]
    async fn all_else_is_as_it_came() {
        let app = TestApp::<App>::new().with(policy());
        let mut event = example();
        event["request"]["userAttributes"]["email"] = "ada@example.org".into();
        assert_eq!(app.invoke("sign_up", event.clone()).await.response(), event);
    }
}
