use lambkin::prelude::*;

#[handler(http)]
mod api {
    use super::*;

    #[get("/users/{id}")]
    async fn show(id: u64) -> Option<Json<u64>> {
        Some(Json(id))
    }
}

lambkin::main! { handlers: [api] }
