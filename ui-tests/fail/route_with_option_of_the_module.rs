use lambkin::prelude::*;

#[handler(http)]
mod api {
    use super::*;

    #[get("/", timeout = "3s")]
    async fn home() -> String {
        String::new()
    }
}

lambkin::main! { handlers: [api] }
