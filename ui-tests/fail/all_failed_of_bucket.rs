use lambkin::prelude::*;

#[handler(s3(bucket = "photos"), all_failed = "report")]
async fn resize(object: S3Event<'_>) -> Result<(), Error> {
    let _ = object;
    Ok(())
}

lambkin::main! { handlers: [resize] }
