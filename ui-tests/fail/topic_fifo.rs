use lambkin::prelude::*;

#[handler(sns(topic = "arn:aws:sns:eu-west-1:123456789012:orders.fifo"))]
async fn notify(notice: String) -> Result<(), Error> {
    let _ = notice;
    Ok(())
}

lambkin::main! { handlers: [notify] }
