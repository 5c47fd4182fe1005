use lambkin::prelude::*;

#[handler(http)]
mod api {
    use super::*;

    #[get("/users/{id")]
    async fn show(id: u64) -> String {
        id.to_string()
    }
}

lambkin::main! { handlers: [api] }
