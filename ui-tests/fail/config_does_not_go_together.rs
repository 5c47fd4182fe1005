use std::collections::BTreeMap;

use lambkin::config::Refreshed;
use lambkin::prelude::*;

#[derive(Config)]
struct Settings {
    #[parameter("/db/host", label = "new", version = 3)]
    host: String,
    #[parameter("/db/port:3")]
    port: u16,
    #[secret("token", default = "none")]
    token: Secret<String>,
    #[secret("other", refresh = "5m")]
    other: Refreshed<Option<Secret<String>>>,
    #[parameter("/level", default = "info", refresh = "5m")]
    level: Refreshed<String>,
    #[parameter("/app", by_path, default = "none")]
    app: BTreeMap<String, String>,
    #[parameter("/more", by_path, refresh = "5m")]
    more: Refreshed<BTreeMap<String, String>>,
    #[parameter("/listed", by_path, list)]
    listed: BTreeMap<String, String>,
    #[parameter("app/db", by_path)]
    relative: BTreeMap<String, String>,
    #[env(version = 3)]
    stage: String,
}

fn main() {}
