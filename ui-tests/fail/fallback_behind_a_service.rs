use lambkin::prelude::*;

#[handler(http)]
mod api {
    #[mount("/")]
    async fn legacy() -> axum::Router {
        axum::Router::new()
    }

    #[fallback]
    async fn missing() -> String {
        String::new()
    }
}

lambkin::main! { handlers: [api] }
