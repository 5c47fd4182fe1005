use lambkin::prelude::*;

struct User(u32);

#[handler(http)]
mod api {
    use super::*;

    #[get("/users")]
    async fn show() -> Json<User> {
        Json(User(1))
    }
}

lambkin::main! { handlers: [api] }
