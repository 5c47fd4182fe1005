use lambkin::prelude::*;

#[handler(dynamodb(tumbling_window = "1m"), concurrency = 4)]
async fn tally(change: Change<u64>) -> Result<(), Error> {
    let _ = change;
    Ok(())
}

lambkin::main! { handlers: [tally] }
