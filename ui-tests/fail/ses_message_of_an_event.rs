use lambkin::prelude::*;

#[handler(event)]
async fn screen(mail: SesMessage<'_>) -> Result<(), Error> {
    let _ = mail;
    Ok(())
}

lambkin::main! { handlers: [screen] }
