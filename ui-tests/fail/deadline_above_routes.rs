mod orders {
    use lambkin::prelude::*;

    #[routes]
    #[deadline(margin = "1s")]
    pub mod routes {
        #[get("/")]
        async fn list() -> &'static str {
            "none"
        }
    }
}

#[lambkin::handler(http)]
mod api {
    #[mount("/orders")]
    use crate::orders::routes as orders;
}

lambkin::main! { handlers: [api] }
