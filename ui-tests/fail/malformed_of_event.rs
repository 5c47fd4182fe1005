use lambkin::prelude::*;

#[handler(event, malformed = "discard")]
async fn route(event: String) -> Result<(), Error> {
    let _ = event;
    Ok(())
}

lambkin::main! { handlers: [route] }
