use lambkin::prelude::*;

#[handler(http)]
mod api {
    use super::*;

    struct Users;

    impl Users {
        #[get("/users")]
        async fn list(&self) -> String {
            String::new()
        }
    }

    #[get("/")]
    async fn home() -> String {
        Users.list().await
    }
}

lambkin::main! { handlers: [api] }
