use lambkin::prelude::*;

#[handler(eventbridge(bus = "arn:aws:sns:eu-west-1:123456789012:users"))]
async fn greet(user: String) -> Result<(), Error> {
    let _ = user;
    Ok(())
}

lambkin::main! { handlers: [greet] }
