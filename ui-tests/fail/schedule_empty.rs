use lambkin::prelude::*;

#[handler(schedule(""))]
async fn report() -> Result<(), Error> {
    Ok(())
}

lambkin::main! { handlers: [report] }
