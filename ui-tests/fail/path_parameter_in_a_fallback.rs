use lambkin::prelude::*;

#[handler(http)]
mod api {
    use super::*;

    #[get("/")]
    async fn home() -> String {
        String::new()
    }

    #[fallback]
    async fn missing(#[path] rest: &str) -> String {
        rest.to_owned()
    }
}

lambkin::main! { handlers: [api] }
