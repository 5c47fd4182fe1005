use lambkin::prelude::*;

#[handler(http)]
mod api {
    use super::*;

    #[get("/count")]
    async fn show() -> u64 {
        1
    }
}

lambkin::main! { handlers: [api] }
