use lambkin::prelude::*;

struct User {
    name: String,
}

#[handler(http)]
mod api {
    use super::*;

    #[post("/users")]
    async fn create(#[body] user: User) -> String {
        user.name
    }
}

lambkin::main! { handlers: [api] }
