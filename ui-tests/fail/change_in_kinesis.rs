use lambkin::prelude::*;

#[handler(kinesis)]
async fn mirror(change: Change<u64>) -> Result<(), Error> {
    let _ = change;
    Ok(())
}

lambkin::main! { handlers: [mirror] }
