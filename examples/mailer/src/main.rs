//! Sends letters. The mail server's address and password are configuration: `.env` in this folder holds those for a run on
//! the own machine.

use std::net::IpAddr;

use lambkin::prelude::*;

#[derive(Config)]
struct Settings {
    /// Which of the set-ups this is: `dev`, `prod`.
    #[env]
    stage: String,
    #[env("MAIL_PORT", default = "587")]
    port: u16,
    #[env(default = std::time::Duration::from_secs(5).as_secs())]
    timeout: u64,
    /// From where to connect, if that matters.
    #[env]
    bind: Option<IpAddr>,
    #[env(list)]
    copy_to: Vec<String>,
    #[parameter("/mail/host")]
    host: String,
    #[secret("{stage}/mail", key = "user", plain)]
    user: String,
    #[secret("{stage}/mail", key = "password")]
    password: Secret<String>,
    #[secret("{stage}/mail", key = "quota", plain)]
    quota: Option<u32>,
    #[secret("{stage}/mail/signing-key")]
    signing_key: Option<Secret<String>>,
}

/// A connection to the mail server. A real one would be that of a crate for SMTP.
struct Server {
    address: String,
    greeting: String,
}

#[init]
async fn server(settings: &Settings) -> Result<Server, Error> {
    let Settings { host, port, user, password, .. } = settings;
    let address = format!("{host}:{port}");
    // Where the password goes, and nowhere else.
    let greeting = format!("{user}, with {} characters of password", password.expose().chars().count());
    Ok(Server { address, greeting })
}

#[derive(Deserialize)]
struct Letter {
    to: String,
    text: String,
}

/// What became of a letter.
#[derive(Serialize)]
struct Sent {
    through: String,
    by: String,
    to: Vec<String>,
    seconds: u64,
    quota: Option<u32>,
    signed: bool,
}

#[handler(invoke, timeout = "10s")]
async fn send(letter: Letter, settings: &Settings, server: &Server) -> Result<Sent, Error> {
    let Settings { stage, copy_to, timeout, bind, quota, signing_key, .. } = settings;
    if letter.text.is_empty() {
        return Err(Error::msg("an empty letter"));
    }
    let from = bind.map_or_else(String::new, |address| format!(" from {address}"));
    Ok(Sent {
        through: format!("{}{from} ({stage})", server.address),
        by: server.greeting.clone(),
        to: [letter.to].into_iter().chain(copy_to.iter().cloned()).collect(),
        seconds: *timeout,
        quota: *quota,
        signed: signing_key.is_some(),
    })
}

#[derive(Serialize)]
struct Health {
    ok: bool,
}

/// Reaches no configuration.
#[handler(invoke)]
async fn health() -> Health {
    Health { ok: true }
}

lambkin::main! { config: [Settings], init: [server], handlers: [send, health] }

#[cfg(test)]
mod tests {
    use lambkin::testing::TestApp;
    use serde_json::json;

    use super::*;

    #[tokio::test]
    async fn settings_are_put_in_place_as_any_value() {
        let settings = Settings {
            stage: "test".to_owned(),
            port: 25,
            timeout: 1,
            bind: None,
            copy_to: Vec::new(),
            host: "localhost".to_owned(),
            user: "tester".to_owned(),
            password: Secret::new("12345".to_owned()),
            quota: None,
            signing_key: None,
        };
        let app = TestApp::<App>::new().with(settings);
        let sent = app.invoke("send", json!({"to": "ada@example.com", "text": "hello"})).await.response();
        let expected = json!({
            "through": "localhost:25 (test)",
            "by": "tester, with 5 characters of password",
            "to": ["ada@example.com"],
            "seconds": 1,
            "quota": null,
            "signed": false,
        });
        assert_eq!(sent, expected);
        assert_eq!(app.reached("send"), Some(vec!["Settings", "server"]));
        assert_eq!(app.reached("health"), Some(Vec::new()));
    }
}
