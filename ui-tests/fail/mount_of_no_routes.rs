use lambkin::prelude::*;

mod users {
    pub async fn list() {}
}

#[handler(http)]
mod api {
    #[mount("/users")]
    pub(crate) use crate::users;
}

lambkin::main! { handlers: [api] }
