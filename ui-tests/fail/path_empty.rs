use lambkin::prelude::*;

#[handler(http)]
mod api {
    use super::*;

    #[get("")]
    async fn show() -> String {
        String::new()
    }
}

lambkin::main! { handlers: [api] }
