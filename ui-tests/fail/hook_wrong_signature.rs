use lambkin::prelude::*;

async fn bury(message: SqsMessage<'_>) {
    eprintln!("{}", message.message_id());
}

#[handler(sqs(max_receive_count = 5), on_last_attempt = bury)]
async fn fulfil(order: String) -> Result<(), Error> {
    drop(order);
    Ok(())
}

lambkin::main! { handlers: [fulfil] }
