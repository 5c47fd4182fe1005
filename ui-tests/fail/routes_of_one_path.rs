use lambkin::prelude::*;

#[handler(http)]
mod api {
    use super::*;

    #[get("/users")]
    async fn first() -> String {
        String::new()
    }

    #[get("/users")]
    async fn second() -> String {
        String::new()
    }
}

lambkin::main! { handlers: [api] }
