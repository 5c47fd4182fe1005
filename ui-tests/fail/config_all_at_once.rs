use lambkin::prelude::*;

#[derive(Config)]
#[env(crate = ::lambkin)]
struct Settings {
    table: String,
    #[env]
    #[secret("prod/db")]
    twice: String,
    #[env(default = "x")]
    maybe: Option<String>,
    #[env]
    regions: Vec<String>,
    #[secret("prod/db")]
    keys: Vec<String>,
    #[secret]
    nameless: String,
    #[env("TABLE-NAME")]
    dashed: String,
    #[parameter("/db/host?")]
    host: String,
    #[secret("{host}/db")]
    fetched_in_name: String,
    #[secret("{stage/db")]
    not_closed: String,
    #[env(defualt = 5)]
    misspelt: u8,
    #[secret("prod/db", key = "")]
    no_key: String,
    #[env = "NAME"]
    equals: String,
    #[env(list = true)]
    #[config(crate = ::lambkin)]
    listed: Vec<String>,
}

// Nothing more is said where it is used.
#[handler(invoke)]
async fn show(settings: &Settings) -> String {
    settings.table.clone()
}

lambkin::main! { config: [Settings], handlers: [show] }
