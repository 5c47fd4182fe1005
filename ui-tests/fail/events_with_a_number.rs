use lambkin::prelude::*;

#[handler(s3(events = ["s3:ObjectCreated:*", 5]))]
async fn resize(object: S3Event<'_>) -> Result<(), Error> {
    let _ = object;
    Ok(())
}

lambkin::main! { handlers: [resize] }
