use lambkin::prelude::*;

struct Missing;

#[handler(http)]
mod api {
    use super::*;

    #[get("/users")]
    async fn show() -> Result<String, Missing> {
        Err(Missing)
    }
}

lambkin::main! { handlers: [api] }
