use lambkin::config::Refreshed;
use lambkin::prelude::*;

#[derive(Config)]
struct Settings {
    #[secret("token", refresh = "5m")]
    token: Secret<String>,
    #[secret("other")]
    other: Refreshed<Secret<String>>,
    #[parameter("/hosts", list, refresh = "5m")]
    hosts: Refreshed<Vec<String>>,
    #[env(refresh = "5m")]
    stage: String,
}

fn main() {}
