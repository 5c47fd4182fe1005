use lambkin::prelude::*;

#[handler(schedule("cron(0 6 ? * ? *)"))]
async fn report() -> Result<(), Error> {
    Ok(())
}

lambkin::main! { handlers: [report] }
