use lambkin::prelude::*;

struct Service;

impl Service {
    #[handler(sqs)]
    async fn fulfil(order: String) -> Result<(), Error> {
        drop(order);
        Ok(())
    }
}

fn main() {}
