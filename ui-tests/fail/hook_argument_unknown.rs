use lambkin::prelude::*;
use lambkin::Failure;

struct Graveyard;

#[init]
async fn graveyard() -> Result<Graveyard, Error> {
    Ok(Graveyard)
}

async fn bury(_: SqsMessage<'_>, _: Failure, _: &Graveyard) {}

#[handler(sqs(max_receive_count = 5), on_last_attempt = bury(grave))]
async fn fulfil(order: String, graveyard: &Graveyard) -> Result<(), Error> {
    let _ = (order, graveyard);
    Ok(())
}

lambkin::main! { init: [graveyard], handlers: [fulfil] }
