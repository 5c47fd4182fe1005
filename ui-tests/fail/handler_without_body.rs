use lambkin::prelude::*;

trait Service {
    #[handler(sqs)]
    async fn fulfil(order: String) -> Result<(), Error>;
}

fn main() {}
