use lambkin::prelude::*;

#[handler(http)]
mod api {
    use super::*;

    #[fallback("/users")]
    async fn missing() -> String {
        String::new()
    }
}

lambkin::main! { handlers: [api] }
