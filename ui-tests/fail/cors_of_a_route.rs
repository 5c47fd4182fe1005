use lambkin::prelude::*;

#[handler(http)]
mod api {
    use super::*;

    #[get("/", cors(origins = "*", credentials = true))]
    async fn home() -> String {
        String::new()
    }
}

lambkin::main! { handlers: [api] }
