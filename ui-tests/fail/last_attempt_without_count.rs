use lambkin::prelude::*;
use lambkin::Failure;

async fn bury(message: SqsMessage<'_>, failure: Failure) {
    eprintln!("{}: {failure}", message.message_id());
}

#[handler(sqs, on_last_attempt = bury)]
async fn fulfil(order: String) -> Result<(), Error> {
    drop(order);
    Ok(())
}

lambkin::main! { handlers: [fulfil] }
