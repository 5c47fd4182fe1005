use lambkin::prelude::*;

struct Id(String);

#[handler(http)]
mod api {
    use super::*;

    #[get("/users/{id}")]
    async fn show(id: Id) -> String {
        id.0
    }
}

lambkin::main! { handlers: [api] }
