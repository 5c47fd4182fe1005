use lambkin::prelude::*;

#[handler(invoke)]
async fn quote(message: SqsMessage<'_>) -> Result<String, Error> {
    Ok(message.message_id().to_owned())
}

lambkin::main! { handlers: [quote] }
