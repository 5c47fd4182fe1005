use lambkin::Failure;
use lambkin::prelude::*;

#[handler(sqs(max_receive_count = 3), on_last_attempt = park)]
async fn load(batch: Batch<String>) -> Result<Processed, Error> {
    Ok(batch.rest_done())
}

async fn park(message: SqsMessage<'_>, failure: Failure) {
    let _ = (message, failure);
}

lambkin::main! { handlers: [load] }
