use lambkin::prelude::*;

#[handler(sns)]
async fn notify(notice: String) -> Result<String, Error> {
    Ok(notice)
}

lambkin::main! { handlers: [notify] }
