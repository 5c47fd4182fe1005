use lambkin::prelude::*;

#[handler(http)]
mod api {
    use super::*;

    #[get("/users")]
    async fn show(#[header("")] tenant: &str) -> String {
        tenant.to_owned()
    }
}

lambkin::main! { handlers: [api] }
