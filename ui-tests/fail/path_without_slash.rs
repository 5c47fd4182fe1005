use lambkin::prelude::*;

#[handler(http)]
mod api {
    use super::*;

    #[get("users")]
    async fn show() -> String {
        String::new()
    }
}

lambkin::main! { handlers: [api] }
