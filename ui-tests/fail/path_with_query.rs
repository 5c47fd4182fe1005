use lambkin::prelude::*;

#[handler(http)]
mod api {
    use super::*;

    #[get("/users?page=1")]
    async fn show() -> String {
        String::new()
    }
}

lambkin::main! { handlers: [api] }
