use lambkin::prelude::*;

#[handler(kafka(maximum_pollers = 2001))]
async fn track(click: String) -> Result<(), Error> {
    let _ = click;
    Ok(())
}

lambkin::main! { handlers: [track] }
