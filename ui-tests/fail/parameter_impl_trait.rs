use lambkin::prelude::*;

#[handler(sqs)]
async fn fulfil(order: impl ToString) -> Result<(), Error> {
    println!("{}", order.to_string());
    Ok(())
}

lambkin::main! { handlers: [fulfil] }
