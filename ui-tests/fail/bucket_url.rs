use lambkin::prelude::*;

#[handler(s3(bucket = "s3://photos"))]
async fn resize(object: S3Event<'_>) -> Result<(), Error> {
    let _ = object;
    Ok(())
}

lambkin::main! { handlers: [resize] }
