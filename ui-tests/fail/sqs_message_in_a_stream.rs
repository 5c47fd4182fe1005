use lambkin::prelude::*;

#[handler(kinesis)]
async fn tally(message: SqsMessage<'_>) -> Result<(), Error> {
    let _ = message;
    Ok(())
}

lambkin::main! { handlers: [tally] }
