use lambkin::prelude::*;

struct Store(String);

mod users {
    use lambkin::prelude::*;

    #[routes]
    pub mod routes {
        #[get("/")]
        async fn list(store: &super::super::Store) -> String {
            store.0.clone()
        }
    }
}

#[handler(http)]
mod api {
    #[mount("/users")]
    pub use crate::users::routes as users;
}

lambkin::main! { handlers: [api] }
