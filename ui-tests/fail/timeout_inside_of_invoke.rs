use lambkin::prelude::*;

#[handler(invoke(timeout = "5s"))]
async fn quote(item: String) -> Result<(), Error> {
    let _ = item;
    Ok(())
}

lambkin::main! { handlers: [quote] }
