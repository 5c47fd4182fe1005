use lambkin::prelude::*;

#[handler(http)]
mod api {
    mod inner {
        use lambkin::prelude::*;

        #[get("/users")]
        pub async fn users() -> String {
            String::new()
        }
    }

    #[get("/")]
    async fn home() -> String {
        inner::users().await
    }
}

lambkin::main! { handlers: [api] }
