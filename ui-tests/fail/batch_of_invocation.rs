use lambkin::prelude::*;

#[handler(invoke)]
async fn load(batch: Batch<String>) -> Result<(), Error> {
    let _ = batch;
    Ok(())
}

lambkin::main! { handlers: [load] }
