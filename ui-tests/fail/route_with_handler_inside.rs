use lambkin::prelude::*;

#[handler(http)]
mod api {
    use super::*;

    #[handler(http)]
    #[get("/")]
    async fn home() -> String {
        String::new()
    }
}

lambkin::main! { handlers: [api] }
