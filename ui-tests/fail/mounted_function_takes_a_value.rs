use lambkin::prelude::*;

#[handler(http)]
mod api {
    #[mount("/legacy")]
    async fn legacy(cx: lambkin::Context) -> axum::Router {
        drop(cx);
        axum::Router::new()
    }
}

lambkin::main! { handlers: [api] }
