use lambkin::prelude::*;

#[handler(kafka(starting_position = "TRIM_HORIZONT"))]
async fn track(click: String) -> Result<(), Error> {
    let _ = click;
    Ok(())
}

lambkin::main! { handlers: [track] }
