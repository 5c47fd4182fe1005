use lambkin::prelude::*;

#[handler(sqs)]
async fn load(batch: Batch<String>) -> Result<(), Error> {
    println!("{} records", batch.len());
    Ok(())
}

lambkin::main! { handlers: [load] }
