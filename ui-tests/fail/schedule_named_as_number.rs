use lambkin::prelude::*;

#[handler(schedule(expression = 5))]
async fn report() -> Result<(), Error> {
    Ok(())
}

lambkin::main! { handlers: [report] }
