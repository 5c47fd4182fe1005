use lambkin::prelude::*;

#[handler(http)]
mod api {
    use super::*;

    #[get("/users")]
    async fn show(#[query] name: &mut str) -> String {
        name.to_owned()
    }
}

lambkin::main! { handlers: [api] }
