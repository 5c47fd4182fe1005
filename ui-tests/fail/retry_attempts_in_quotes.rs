use lambkin::prelude::*;

#[handler(kafka(maximum_retry_attempts = "3"))]
async fn track(click: String) -> Result<(), Error> {
    let _ = click;
    Ok(())
}

lambkin::main! { handlers: [track] }
