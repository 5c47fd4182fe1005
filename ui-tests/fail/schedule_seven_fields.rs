use lambkin::prelude::*;

#[handler(schedule("cron(0 0 6 ? * MON-FRI *)"))]
async fn report() -> Result<(), Error> {
    Ok(())
}

lambkin::main! { handlers: [report] }
