use lambkin::prelude::*;

#[handler(http(cors(max_age = "1h")))]
mod api {
    use super::*;

    #[get("/")]
    async fn home() -> String {
        String::new()
    }
}

lambkin::main! { handlers: [api] }
