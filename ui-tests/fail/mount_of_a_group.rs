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

mod people {
    use lambkin::prelude::*;

    #[routes]
    pub mod routes {
        #[get("/{name}")]
        async fn person(name: &str) -> String {
            name.to_owned()
        }
    }
}

#[handler(http)]
mod api {
    #[mount("/users")]
    pub use crate::{people::routes as people, users::routes as users};
}

lambkin::main! { handlers: [api] }
