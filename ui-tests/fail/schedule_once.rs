use lambkin::prelude::*;

#[handler(schedule("at(2030-01-01T00:00:00)"))]
async fn report() -> Result<(), Error> {
    Ok(())
}

lambkin::main! { handlers: [report] }
