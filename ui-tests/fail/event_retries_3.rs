use lambkin::prelude::*;

#[handler(sns(topic = "notices", maximum_retry_attempts = 3))]
async fn notify(notice: String) -> Result<(), Error> {
    let _ = notice;
    Ok(())
}

lambkin::main! { handlers: [notify] }
