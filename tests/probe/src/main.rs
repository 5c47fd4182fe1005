//! Handlers that fail in every way.

use lambkin::prelude::*;

/// Gives back what it gets.
#[handler(invoke)]
async fn echo(event: serde_json::Value) -> Result<serde_json::Value, Error> {
    Ok(event)
}

lambkin::main! {
    handlers: [echo],
}
