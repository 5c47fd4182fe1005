use lambkin::prelude::*;

#[handler(http)]
mod api {
    use super::*;

    #[get("/", name = "home")]
    async fn home() -> String {
        String::new()
    }
}

lambkin::main! { handlers: [api] }
