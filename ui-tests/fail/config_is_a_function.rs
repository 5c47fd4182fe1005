use lambkin::prelude::*;

struct Settings {
    table: String,
}

#[init]
async fn settings() -> Result<Settings, Error> {
    Ok(Settings { table: String::new() })
}

#[handler(invoke)]
async fn show(settings: &Settings) -> String {
    settings.table.clone()
}

lambkin::main! { config: [settings], handlers: [show] }
