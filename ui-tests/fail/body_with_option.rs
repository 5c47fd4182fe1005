use lambkin::prelude::*;

#[handler(http)]
mod api {
    use super::*;

    #[post("/users")]
    async fn create(#[body(default)] name: String) -> String {
        name
    }
}

lambkin::main! { handlers: [api] }
