use lambkin::prelude::*;

mod users {
    use lambkin::prelude::*;

    #[routes]
    pub mod routes {
        #[get("/{id}")]
        async fn show(id: u64) -> String {
            id.to_string()
        }
    }
}

#[handler(http)]
mod api {
    #[mount("/users")]
    pub use crate::users::routes as users;

    #[get("/users/{user}")]
    async fn show(user: &str) -> String {
        user.to_owned()
    }
}

lambkin::main! { handlers: [api] }
