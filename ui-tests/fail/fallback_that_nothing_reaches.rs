use lambkin::prelude::*;

#[handler(http)]
mod api {
    use super::*;

    #[any("/", "/{*path}")]
    async fn all() -> String {
        String::new()
    }

    #[fallback]
    async fn missing() -> String {
        String::new()
    }
}

lambkin::main! { handlers: [api] }
