use lambkin::prelude::*;

#[handler(kafka(minimum_pollers = 201))]
async fn track(click: String) -> Result<(), Error> {
    let _ = click;
    Ok(())
}

lambkin::main! { handlers: [track] }
