use lambkin::prelude::*;

#[handler(eventbridge(detail_type = UserSignedUp))]
async fn greet(user: String) -> Result<(), Error> {
    let _ = user;
    Ok(())
}

lambkin::main! { handlers: [greet] }
