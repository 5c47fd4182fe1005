use lambkin::prelude::*;

#[handler(sns(topic = "notices"), partial = false)]
async fn notify(notice: String) -> Result<(), Error> {
    let _ = notice;
    Ok(())
}

lambkin::main! { handlers: [notify] }
