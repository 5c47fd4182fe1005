use lambkin::prelude::*;

#[handler(schedule("rate(30 seconds)"))]
async fn report() -> Result<(), Error> {
    Ok(())
}

lambkin::main! { handlers: [report] }
