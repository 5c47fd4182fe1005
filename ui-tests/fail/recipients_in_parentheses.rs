use lambkin::prelude::*;

#[handler(ses(recipients = ("a@example.com", "b@example.com")))]
async fn screen(mail: SesMessage<'_>) -> Result<(), Error> {
    let _ = mail;
    Ok(())
}

lambkin::main! { handlers: [screen] }
