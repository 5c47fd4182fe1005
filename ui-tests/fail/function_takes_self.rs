use lambkin::prelude::*;

struct Service;

impl Service {
    #[handler(sqs)]
    async fn fulfil(&self, order: String) -> Result<(), Error> {
        drop(order);
        Ok(())
    }
}

fn main() {}
