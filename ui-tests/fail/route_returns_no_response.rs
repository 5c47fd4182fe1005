use lambkin::prelude::*;

#[derive(Serialize)]
struct User(u32);

#[handler(http)]
mod api {
    use super::*;

    #[get("/users")]
    async fn show() -> User {
        User(1)
    }
}

lambkin::main! { handlers: [api] }
