use lambkin::prelude::*;

#[handler(http)]
mod api {
    #[mount("/legacy")]
    async fn first() -> axum::Router {
        axum::Router::new()
    }

    #[mount("/legacy")]
    async fn second() -> axum::Router {
        axum::Router::new()
    }
}

lambkin::main! { handlers: [api] }
