use lambkin::prelude::*;

#[handler(ses(maximum_retry_attempts = 0))]
async fn mail(message: SesMessage<'_>) -> Result<(), Error> {
    let _ = message;
    Ok(())
}

lambkin::main! { handlers: [mail] }
