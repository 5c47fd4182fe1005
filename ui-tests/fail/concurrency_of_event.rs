use lambkin::prelude::*;

#[handler(event, concurrency = 2)]
async fn route(event: String) -> Result<(), Error> {
    let _ = event;
    Ok(())
}

lambkin::main! { handlers: [route] }
