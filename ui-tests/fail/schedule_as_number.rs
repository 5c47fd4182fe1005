use lambkin::prelude::*;

#[handler(schedule(5))]
async fn report() -> Result<(), Error> {
    Ok(())
}

lambkin::main! { handlers: [report] }
