use lambkin::prelude::*;

trait Till {
    #[idempotent(key = order, store = store, lease = "30s", scope = "till")]
    async fn charge(&self, order: u64) -> Result<u64, Error>;
}

fn main() {}
