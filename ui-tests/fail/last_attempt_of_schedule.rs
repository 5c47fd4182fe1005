use lambkin::prelude::*;

#[handler(schedule("rate(1 hour)"), on_last_attempt = park)]
async fn report() -> Result<(), Error> {
    Ok(())
}

lambkin::main! { handlers: [report] }
