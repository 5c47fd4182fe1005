use lambkin::prelude::*;

#[handler(http)]
mod api {
    use super::*;

    #[get("/users")]
    async fn show(#[header("x tenant")] tenant: &str) -> String {
        tenant.to_owned()
    }
}

lambkin::main! { handlers: [api] }
