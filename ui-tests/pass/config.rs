//! `#[derive(Config)]` with fields of all kinds.
#![deny(warnings)]

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::time::Duration;

use lambkin::prelude::*;

#[derive(Clone, Copy)]
struct Seconds(u64);

impl std::str::FromStr for Seconds {
    type Err = std::num::ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

const LIMIT: Seconds = Seconds(5);

/// Documented, and public.
#[derive(Config)]
pub struct Settings {
    /// The table.
    #[env]
    pub table_name: String,
    #[env]
    r#type: String,
    #[env("Queue_Url2")]
    queue: Option<String>,
    #[env(default = "::1")]
    address: IpAddr,
    #[env(default = LIMIT)]
    limit: Seconds,
    #[env("WAIT", default = Seconds(Duration::from_secs(60).as_secs()))]
    wait: Seconds,
    #[env(list)]
    regions: Vec<String>,
    #[env(list, default = "1,2")]
    numbers: BTreeSet<u8>,
    #[env(default = vec![1], list)]
    others: Vec<u8>,
    #[env(list)]
    more: Option<Vec<char>>,
    #[env]
    token: Secret<String>,
    #[secret("prod/db/password")]
    password: Secret<String>,
    #[secret("arn:aws:secretsmanager:eu-west-1:1:secret:{type}/{AWS_REGION}/{table_name}-a1b2c3", key = "user name")]
    user: Option<Secret<String>>,
    #[secret("pin", key = "pin")]
    pin: Secret<u32>,
    #[parameter("/db/{address}/host", version = 3)]
    host: Option<String>,
    #[secret("token", refresh = "5m", key = "a")]
    rotating: lambkin::config::Refreshed<Secret<String>>,
    #[parameter("/db/ports", list, default = vec![5432])]
    ports: Vec<u16>,
}

mod deep {
    use lambkin::prelude::*;

    #[derive(Config)]
    pub(super) struct Empty {}
}

#[init]
async fn text(settings: &Settings) -> Result<String, Error> {
    let Settings { table_name, r#type, queue, address, limit, wait, regions, numbers, others, more, .. } = settings;
    let Settings { token, password, user, pin, host, ports, rotating, .. } = settings;
    let numbers = (limit.0, wait.0, numbers, others, more, pin.expose(), ports, address);
    let texts = (table_name, r#type, queue, regions, token.expose(), password, user, host, rotating.current());
    Ok(format!("{numbers:?} {texts:?}"))
}

#[handler(invoke)]
async fn show(text: &String, empty: &deep::Empty) -> String {
    let deep::Empty {} = empty;
    text.clone()
}

lambkin::app! { config: [Settings, deep::Empty,], init: [text], handlers: [show] }

fn main() {}
