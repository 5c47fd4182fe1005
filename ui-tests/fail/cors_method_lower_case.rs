use lambkin::prelude::*;

#[handler(http(cors(origins = "https://app.example.com", methods = ["get"])))]
mod api {
    use super::*;

    #[get("/")]
    async fn home() -> String {
        String::new()
    }
}

lambkin::main! { handlers: [api] }
