use lambkin::prelude::*;

#[handler(kafka(minimum_pollers = 0, maximum_pollers = 3000))]
async fn track(click: String) -> Result<(), Error> {
    let _ = click;
    Ok(())
}

lambkin::main! { handlers: [track] }
