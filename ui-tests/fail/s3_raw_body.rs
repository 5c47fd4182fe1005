use lambkin::prelude::*;

#[handler(s3)]
async fn resize(body: RawBody<'_>) -> Result<(), Error> {
    let _ = body;
    Ok(())
}

lambkin::main! { handlers: [resize] }
