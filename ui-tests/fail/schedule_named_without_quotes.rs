use lambkin::prelude::*;

#[handler(schedule(expression = rate(5 minutes)))]
async fn report() -> Result<(), Error> {
    Ok(())
}

lambkin::main! { handlers: [report] }
