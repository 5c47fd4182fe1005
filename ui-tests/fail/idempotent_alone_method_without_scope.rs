use lambkin::idempotency::Memory;
use lambkin::prelude::*;

struct Till(Memory);

impl Till {
    #[idempotent(key = order, store = &self.0, lease = "30s")]
    async fn charge(&self, order: u64) -> Result<u64, Error> {
        Ok(order)
    }
}

fn main() {}
