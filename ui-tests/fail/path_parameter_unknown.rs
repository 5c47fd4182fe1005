use lambkin::prelude::*;

#[handler(http)]
mod api {
    use super::*;

    #[get("/users/{id}")]
    async fn show(id: u64, #[path] nmae: &str) -> String {
        format!("{id} {nmae}")
    }
}

lambkin::main! { handlers: [api] }
