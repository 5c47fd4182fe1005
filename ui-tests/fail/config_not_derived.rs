use lambkin::prelude::*;

struct Settings {
    table: String,
}

#[handler(invoke)]
async fn show(settings: &Settings) -> String {
    settings.table.clone()
}

lambkin::main! { config: [Settings], handlers: [show] }
