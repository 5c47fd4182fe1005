use lambkin::prelude::*;

#[handler(s3(prefix = ["a/", "b/"]))]
async fn resize(object: S3Event<'_>) -> Result<(), Error> {
    let _ = object;
    Ok(())
}

lambkin::main! { handlers: [resize] }
