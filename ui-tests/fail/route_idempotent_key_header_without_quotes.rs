use lambkin::prelude::*;

#[handler(http)]
mod api {
    use super::*;

    #[post("/users")]
    #[idempotent(key = header(idempotency_key))]
    async fn create(#[body] name: String) -> String {
        name
    }
}

lambkin::main! { handlers: [api] }
