use lambkin::prelude::*;

#[handler(kafka(window = "6m"))]
async fn track(click: String) -> Result<(), Error> {
    let _ = click;
    Ok(())
}

lambkin::main! { handlers: [track] }
