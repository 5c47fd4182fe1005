//! A handler with a secret that is renewed.

use lambkin::config::Refreshed;
use lambkin::prelude::*;

#[derive(Config)]
struct Settings {
    #[secret("token", refresh = "1s")]
    token: Refreshed<Secret<String>>,
}

/// The number of characters in the token, by which a test knows it.
#[handler(invoke)]
async fn measure(settings: &Settings) -> usize {
    settings.token.current().expose().len()
}

lambkin::main! { config: [Settings], handlers: [measure] }
