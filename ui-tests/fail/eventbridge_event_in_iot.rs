use lambkin::prelude::*;

#[handler(iot)]
async fn record(event: EventBridgeEvent<'_>) -> Result<(), Error> {
    let _ = event;
    Ok(())
}

lambkin::main! { handlers: [record] }
