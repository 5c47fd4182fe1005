use lambkin::prelude::*;

#[handler(sns)]
async fn load(batch: Batch<String>) -> Result<(), Error> {
    let _ = batch;
    Ok(())
}

lambkin::main! { handlers: [load] }
