use lambkin::prelude::*;

#[handler(iot(sql = 1))]
async fn record(reading: u64) -> Result<(), Error> {
    let _ = reading;
    Ok(())
}

lambkin::main! { handlers: [record] }
