use lambkin::prelude::*;

#[handler(invoke)]
async fn manifest() -> Result<String, Error> {
    Ok(String::new())
}

lambkin::main! { handlers: [manifest] }
