use lambkin::idempotency::Memory;
use lambkin::prelude::*;

#[derive(Serialize, Deserialize)]
struct Receipt<'a>(&'a str);

#[idempotent(key = order, store = store, lease = "30s")]
async fn charge<'a>(order: &'a str, store: &Memory) -> Result<Receipt<'a>, Error> {
    Ok(Receipt(order))
}

fn main() {}
