use lambkin::config::Refreshed;
use lambkin::prelude::*;

#[derive(Config)]
struct Settings {
    #[secret("prod/db")]
    password: String,
    #[secret("prod/db", key = "port")]
    port: Option<u16>,
    #[secret("prod/token", refresh = "5m")]
    token: Refreshed<String>,
    #[secret("prod/db", key = "user", plain)]
    user: String,
}

fn main() {}
