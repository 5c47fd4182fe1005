use lambkin::prelude::*;

#[handler(http)]
mod api {
    use super::*;

    #[get("/caf%C3%A9")]
    async fn show() -> String {
        String::new()
    }
}

lambkin::main! { handlers: [api] }
