use lambkin::prelude::*;

#[handler(http)]
async fn echo(body: String) -> String {
    body
}

lambkin::main! { handlers: [echo] }
