use lambkin::prelude::*;

#[handler(http)]
mod api {
    use super::*;

    #[post("/users")]
    #[idempotent(key = nmae)]
    async fn create(#[body] name: String) -> String {
        name
    }
}

lambkin::main! { handlers: [api] }
