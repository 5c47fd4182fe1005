use std::rc::Rc;

use lambkin::prelude::*;

async fn post(total: &u64) {
    println!("{total}");
}

#[handler(sqs)]
async fn fulfil(total: u64) -> Result<(), Error> {
    let total = Rc::new(total);
    post(&total).await;
    Ok(())
}

lambkin::main! { handlers: [fulfil] }
