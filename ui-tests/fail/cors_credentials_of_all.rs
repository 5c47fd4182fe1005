use lambkin::prelude::*;

#[handler(http(cors(origins = "*", credentials = true)))]
mod api {
    use super::*;

    #[get("/")]
    async fn home() -> String {
        String::new()
    }
}

lambkin::main! { handlers: [api] }
