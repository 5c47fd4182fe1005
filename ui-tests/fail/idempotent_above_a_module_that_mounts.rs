use lambkin::prelude::*;

mod orders {
    #[lambkin::routes]
    pub mod routes {
        #[post("/")]
        async fn create() -> &'static str {
            "created"
        }
    }
}

#[handler(http)]
#[idempotent(key = header("idempotency-key"))]
mod api {
    #[mount("/orders")]
    use super::orders::routes as orders;
}

lambkin::main! { handlers: [api] }
