use lambkin::prelude::*;

#[handler(sqs)]
async fn load(messages: Batch<SqsMessage<'_>>, orders: Batch<String>) -> Result<Processed, Error> {
    drop(messages);
    Ok(orders.rest_done())
}

lambkin::main! { handlers: [load] }
