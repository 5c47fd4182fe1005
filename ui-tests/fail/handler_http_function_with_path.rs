use lambkin::prelude::*;

#[handler(http)]
#[get("/users")]
async fn users() -> String {
    String::new()
}

lambkin::main! { handlers: [users] }
