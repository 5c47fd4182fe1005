use lambkin::prelude::*;

#[handler(kafka(topic = "clicks"), on_window_end = publish)]
async fn track(click: String) -> Result<(), Error> {
    let _ = click;
    Ok(())
}

lambkin::main! { handlers: [track] }
