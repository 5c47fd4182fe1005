use lambkin::prelude::*;

#[handler(invoke("quote"))]
async fn quote(item: String) -> Result<(), Error> {
    let _ = item;
    Ok(())
}

lambkin::main! { handlers: [quote] }
