use lambkin::prelude::*;

#[handler(http)]
mod api {
    use super::*;

    #[get("/users")]
    async fn show(#[body] name: String) -> String {
        name
    }
}

lambkin::main! { handlers: [api] }
