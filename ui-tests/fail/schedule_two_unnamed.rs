use lambkin::prelude::*;

#[handler(schedule("rate(1 hour)", "rate(2 hours)"))]
async fn report() -> Result<(), Error> {
    Ok(())
}

lambkin::main! { handlers: [report] }
