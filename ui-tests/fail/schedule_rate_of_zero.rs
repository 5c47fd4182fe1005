use lambkin::prelude::*;

#[handler(schedule("rate(0 minutes)"))]
async fn report() -> Result<(), Error> {
    Ok(())
}

lambkin::main! { handlers: [report] }
