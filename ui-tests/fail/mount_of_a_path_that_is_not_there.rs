use lambkin::prelude::*;

#[handler(http)]
mod api {
    #[mount("/users")]
    pub use crate::users::routes as users;
}

lambkin::main! { handlers: [api] }
