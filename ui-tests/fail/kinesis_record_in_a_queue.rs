use lambkin::prelude::*;

#[handler(sqs)]
async fn tally(record: KinesisRecord<'_>) -> Result<(), Error> {
    let _ = record;
    Ok(())
}

lambkin::main! { handlers: [tally] }
