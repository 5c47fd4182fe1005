use lambkin::prelude::*;

#[handler(schedule(timezone = "Europe/Berlin", "rate(1 hour)"))]
async fn report() -> Result<(), Error> {
    Ok(())
}

lambkin::main! { handlers: [report] }
