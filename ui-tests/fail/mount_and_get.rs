use lambkin::prelude::*;

#[handler(http)]
mod api {
    #[get("/users")]
    #[mount("/legacy")]
    async fn legacy() -> axum::Router {
        axum::Router::new()
    }
}

lambkin::main! { handlers: [api] }
