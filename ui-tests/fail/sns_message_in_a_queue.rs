use lambkin::prelude::*;

#[handler(sqs)]
async fn notify(message: SnsMessage<'_>) -> Result<(), Error> {
    let _ = message;
    Ok(())
}

lambkin::main! { handlers: [notify] }
