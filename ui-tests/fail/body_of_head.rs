use lambkin::prelude::*;

#[handler(http)]
mod api {
    use super::*;

    #[head("/users")]
    async fn check(#[body] name: String) -> NoContent {
        drop(name);
        NoContent
    }
}

lambkin::main! { handlers: [api] }
