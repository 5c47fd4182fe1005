use lambkin::prelude::*;

#[deadline(margin = "5s")]
async fn fulfil(order: String) -> Result<(), Error> {
    drop(order);
    Ok(())
}

fn main() {}
