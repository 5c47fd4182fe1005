use lambkin::prelude::*;

#[handler(kinesis)]
async fn load(batch: Batch<u64>) {
    println!("{} records", batch.len());
}

lambkin::main! { handlers: [load] }
