use lambkin::prelude::*;

mod retail {
    use lambkin::prelude::*;

    #[handler(sqs)]
    pub async fn fulfil(order: String) -> Result<(), Error> {
        drop(order);
        Ok(())
    }
}

#[handler(sqs)]
async fn fulfil(order: String) -> Result<(), Error> {
    drop(order);
    Ok(())
}

lambkin::main! { handlers: [fulfil, retail::fulfil] }
