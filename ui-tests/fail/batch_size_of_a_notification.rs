use lambkin::prelude::*;

#[handler(sns(batch_size = 10))]
async fn notify(notice: String) -> Result<(), Error> {
    let _ = notice;
    Ok(())
}

lambkin::main! { handlers: [notify] }
