use lambkin::prelude::*;

#[init]
async fn serde_json() -> Result<serde_json::Value, Error> {
    Ok(serde_json::Value::Null)
}

#[handler(invoke)]
async fn show(value: u64) -> u64 {
    value
}

lambkin::main! { handlers: [show] }
