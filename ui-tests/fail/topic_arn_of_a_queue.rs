use lambkin::prelude::*;

#[handler(sns(topic = "arn:aws:sqs:eu-west-1:123456789012:clicks"))]
async fn notify(notice: String) -> Result<(), Error> {
    let _ = notice;
    Ok(())
}

lambkin::main! { handlers: [notify] }
