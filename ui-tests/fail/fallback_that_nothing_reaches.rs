use lambkin::prelude::*;

#[handler(http)]
mod api {
    use super::*;

    #[any("/")]
    async fn home() -> String {
        String::new()
    }

    #[any("/{*path}")]
    async fn all(path: &str) -> String {
        path.to_owned()
    }

    #[fallback]
    async fn missing() -> String {
        String::new()
    }
}

lambkin::main! { handlers: [api] }
