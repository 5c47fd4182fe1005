use lambkin::prelude::*;

#[handler(http)]
mod api {
    use super::*;

    #[get("/")]
    async fn home(&self) -> String {
        String::new()
    }
}

lambkin::main! { handlers: [api] }
