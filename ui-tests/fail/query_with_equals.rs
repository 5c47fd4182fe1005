use lambkin::prelude::*;

#[handler(http)]
mod api {
    use super::*;

    #[get("/users")]
    async fn show(#[query = "page"] number: u32) -> String {
        number.to_string()
    }
}

lambkin::main! { handlers: [api] }
