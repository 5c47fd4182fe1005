use lambkin::prelude::*;

#[handler(kafka(tumbling_window = "1m"))]
async fn track(click: String) -> Result<(), Error> {
    let _ = click;
    Ok(())
}

lambkin::main! { handlers: [track] }
