use lambkin::prelude::*;

#[handler(schedule("rate 5 minutes"))]
async fn report() -> Result<(), Error> {
    Ok(())
}

lambkin::main! { handlers: [report] }
