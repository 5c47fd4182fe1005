use lambkin::prelude::*;

#[handler(http)]
mod api {
    async fn home() -> String {
        String::new()
    }
}

lambkin::main! { handlers: [api] }
