use lambkin::prelude::*;

#[handler(http)]
mod api {
    use super::*;

    const USERS: &str = "/users";

    #[get(USERS)]
    async fn show() -> String {
        String::new()
    }
}

lambkin::main! { handlers: [api] }
