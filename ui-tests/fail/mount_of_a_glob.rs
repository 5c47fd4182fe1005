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
    pub use crate::users::*;
}

lambkin::main! { handlers: [api] }
