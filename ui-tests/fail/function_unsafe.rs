use lambkin::prelude::*;

#[handler(sqs)]
async unsafe fn fulfil(order: String) -> Result<(), Error> {
    drop(order);
    Ok(())
}

lambkin::main! { handlers: [fulfil] }
