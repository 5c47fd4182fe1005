use lambkin::prelude::*;

#[handler(event_bridge)]
async fn greet(user: String) -> Result<(), Error> {
    let _ = user;
    Ok(())
}

lambkin::main! { handlers: [greet] }
