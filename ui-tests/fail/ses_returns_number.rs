use lambkin::prelude::*;

#[handler(ses)]
async fn screen(mail: SesMessage<'_>) -> Result<u64, Error> {
    println!("{}", mail.message_id());
    Ok(1)
}

lambkin::main! { handlers: [screen] }
