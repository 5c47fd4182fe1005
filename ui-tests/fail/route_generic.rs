use lambkin::prelude::*;

#[handler(http)]
mod api {
    use super::*;

    #[post("/users")]
    async fn create<T: Into<String>>(#[body] name: T) -> String {
        name.into()
    }
}

lambkin::main! { handlers: [api] }
