use lambkin::prelude::*;

#[handler(http)]
mod api {
    use super::*;

    #[get("/users")]
    async fn show(#[query(page_number)] page: u32) -> String {
        page.to_string()
    }
}

lambkin::main! { handlers: [api] }
