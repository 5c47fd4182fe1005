use lambkin::prelude::*;

#[handler(sqs(max_receive_count = 3), on_last_attempt = park)]
async fn load(order: String) -> Result<(), Error> {
    let _ = order;
    Ok(())
}

async fn park(message: SqsMessage<'_>, failure: lambkin::Failure) -> Result<(), Error> {
    let _ = (message, failure);
    Ok(())
}

lambkin::main! { handlers: [load] }
