use lambkin::prelude::*;

#[handler(http)]
mod api {
    use super::*;

    #[get("/users/{id}")]
    async fn first(id: u64) -> String {
        id.to_string()
    }

    #[get("/users/{name}")]
    async fn second(name: &str) -> String {
        name.to_owned()
    }
}

lambkin::main! { handlers: [api] }
