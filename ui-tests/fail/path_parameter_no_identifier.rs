use lambkin::prelude::*;

#[handler(http)]
mod api {
    use super::*;

    #[get("/users/{user-id}")]
    async fn show(user_id: u64) -> String {
        user_id.to_string()
    }
}

lambkin::main! { handlers: [api] }
