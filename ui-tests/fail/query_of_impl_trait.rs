use lambkin::prelude::*;

#[handler(http)]
mod api {
    use super::*;

    #[get("/users")]
    async fn show(#[query] name: impl AsRef<str>) -> String {
        name.as_ref().to_owned()
    }
}

lambkin::main! { handlers: [api] }
