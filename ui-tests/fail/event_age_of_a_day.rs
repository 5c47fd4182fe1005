use lambkin::prelude::*;

#[handler(schedule("rate(1 day)", maximum_event_age = "1day"))]
async fn nightly() -> Result<(), Error> {
    Ok(())
}

lambkin::main! { handlers: [nightly] }
