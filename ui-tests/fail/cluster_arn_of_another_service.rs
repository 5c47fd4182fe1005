use lambkin::prelude::*;

#[handler(kafka(topic = "clicks", cluster = "arn:aws:mq:eu-west-1:123456789012:broker:b"))]
async fn track(click: String) -> Result<(), Error> {
    let _ = click;
    Ok(())
}

lambkin::main! { handlers: [track] }
