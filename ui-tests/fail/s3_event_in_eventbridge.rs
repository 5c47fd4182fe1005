use lambkin::prelude::*;

#[handler(eventbridge)]
async fn resize(object: S3Event<'_>) -> Result<(), Error> {
    let _ = object;
    Ok(())
}

lambkin::main! { handlers: [resize] }
