use lambkin::prelude::*;

#[handler(sqs)]
mod api {
    use super::*;

    #[get("/")]
    async fn home() -> String {
        String::new()
    }
}

lambkin::main! { handlers: [api] }
