use lambkin::prelude::*;

#[handler(http)]
mod api {
    use super::*;

    #[mount("/users")]
    mod users {}

    #[get("/")]
    async fn home() -> String {
        String::new()
    }
}

lambkin::main! { handlers: [api] }
