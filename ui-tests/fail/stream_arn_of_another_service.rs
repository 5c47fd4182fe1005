use lambkin::prelude::*;

#[handler(kinesis(stream = "arn:aws:sqs:eu-west-1:123456789012:clicks"))]
async fn tally(sale: u64) -> Result<(), Error> {
    let _ = sale;
    Ok(())
}

lambkin::main! { handlers: [tally] }
