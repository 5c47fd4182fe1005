use lambkin::prelude::*;

#[handler(kinesis(batch_size = 0))]
async fn tally(sale: u64) -> Result<(), Error> {
    let _ = sale;
    Ok(())
}

#[handler(s3(bucket = "photos"), memory = 1)]
async fn resize(object: S3Event<'_>) -> Result<(), Error> {
    let _ = object;
    Ok(())
}

lambkin::main! { handlers: [tally, resize] }
