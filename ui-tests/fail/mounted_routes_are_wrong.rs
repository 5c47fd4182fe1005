use lambkin::prelude::*;

mod users {
    use lambkin::prelude::*;

    #[routes]
    pub mod routes {
        #[get("users")]
        async fn list() -> String {
            String::new()
        }
    }
}

#[handler(http)]
mod api {
    #[mount("/users")]
    pub use crate::users::routes as users;
}

lambkin::main! { handlers: [api] }
