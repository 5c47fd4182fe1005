use lambkin::prelude::*;

/// Variables of the function; on this machine they are in `.env`.
#[derive(Config)]
{{pub}}struct Words {
    /// What a greeting starts with: `GREETING`.
    #[env(default = "Hello")]
    greeting: String,
}

/// What the caller sends; its text is borrowed from the event.
#[derive(Deserialize)]
{{pub}}struct Request<'a> {
    name: &'a str,
}

/// What the caller gets.
#[derive(Serialize)]
{{pub}}struct Greeting {
    text: String,
}

/// Who greets.
{{pub}}struct Greeter {
    greeting: String,
}

/// Runs once per execution environment, before the first event is asked for.
#[init]
{{pub}}async fn greeter(words: &Words) -> Result<Greeter, Error> {
    Ok(Greeter {
        greeting: words.greeting.clone(),
    })
}

/// Greets whoever invokes the function. An error is what the caller gets.
#[handler(invoke, timeout = "10s", memory = 256)]
#[deadline(margin = "1s")]
{{pub}}async fn greet(request: Request<'_>, greeter: &Greeter) -> Result<Greeting, Error> {
    if request.name.is_empty() {
        return Err(Error::msg("nobody to greet"));
    }
    tracing::info!(name = request.name, "greeted");
    Ok(Greeting {
        text: format!("{}, {}!", greeter.greeting, request.name),
    })
}

{{main}}

#[cfg(test)]
mod tests {
    use lambkin::testing::TestApp;
    use serde_json::json;

    use super::*;
    {{app}}

    fn greeter() -> Greeter {
        Greeter {
            greeting: "Hello".to_owned(),
        }
    }

    #[tokio::test]
    async fn a_greeting_has_the_name() {
        let greeting = greet(Request { name: "Ada" }, &greeter()).await.unwrap();
        assert_eq!(greeting.text, "Hello, Ada!");
    }

    #[tokio::test]
    async fn nobody_is_an_error() {
        let app = TestApp::<App>::new().with(greeter());
        let done = app.invoke("greet", json!({"name": ""})).await;
        assert_eq!(done.error().unwrap().error_message, "nobody to greet");
    }

    #[tokio::test]
    async fn the_example_is_greeted() {
        let app = TestApp::<App>::new().with(greeter());
        let done = app
            .invoke("greet", include_str!("../events/greet.json"))
            .await;
        assert_eq!(done.response(), json!({"text": "Hello, Ada!"}));
    }
}
