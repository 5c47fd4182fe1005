use lambkin::prelude::*;

#[derive(Config)]
struct Settings {
    #[env]
    table: String,
}

#[handler(invoke)]
async fn show(settings: &Settings) -> String {
    settings.table.clone()
}

lambkin::main! { handlers: [show] }
