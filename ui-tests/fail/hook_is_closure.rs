use lambkin::prelude::*;

#[handler(sqs(max_receive_count = 5), on_last_attempt = |message, failure| eprintln!("{failure}"))]
async fn fulfil(order: String) -> Result<(), Error> {
    drop(order);
    Ok(())
}

lambkin::main! { handlers: [fulfil] }
