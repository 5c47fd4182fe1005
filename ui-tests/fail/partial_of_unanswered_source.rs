use lambkin::prelude::*;

#[handler(iot(sql = "SELECT * FROM 'sensors'"), partial = false)]
async fn notify(reading: u64) -> Result<(), Error> {
    let _ = reading;
    Ok(())
}

lambkin::main! { handlers: [notify] }
