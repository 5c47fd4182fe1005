use lambkin::prelude::*;

#[handler(http)]
mod api {
    use super::*;

    #[post("/users")]
    async fn create(#[body] name: String, #[body] other: String) -> String {
        format!("{name}{other}")
    }
}

lambkin::main! { handlers: [api] }
