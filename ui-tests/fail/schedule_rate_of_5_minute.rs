use lambkin::prelude::*;

#[handler(schedule("rate(5 minute)"))]
async fn report() -> Result<(), Error> {
    Ok(())
}

lambkin::main! { handlers: [report] }
