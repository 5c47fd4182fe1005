use lambkin::prelude::*;

struct User {
    name: String,
}

#[handler(http)]
mod api {
    use super::*;

    #[post("/users")]
    async fn create(#[body] user: lambkin::http::Form<User>) -> String {
        user.0.name
    }
}

lambkin::main! { handlers: [api] }
