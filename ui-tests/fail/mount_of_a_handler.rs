use lambkin::prelude::*;

#[handler(http)]
mod users {
    #[get("/")]
    async fn list() -> String {
        String::new()
    }
}

#[handler(http)]
mod api {
    #[mount("/users")]
    pub(crate) use crate::users;
}

lambkin::main! { handlers: [api] }
