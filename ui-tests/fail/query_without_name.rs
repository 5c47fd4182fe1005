use lambkin::prelude::*;

#[handler(http)]
mod api {
    use super::*;

    #[get("/users")]
    async fn show(#[query] (page, size): (u32, u32)) -> String {
        format!("{page} {size}")
    }
}

lambkin::main! { handlers: [api] }
