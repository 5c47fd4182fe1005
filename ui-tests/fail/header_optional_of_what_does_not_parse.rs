use lambkin::prelude::*;

struct Tenant(String);

#[handler(http)]
mod api {
    use super::*;

    #[get("/users")]
    async fn show(#[header] x_tenant: Option<Tenant>) -> String {
        x_tenant.map(|tenant| tenant.0).unwrap_or_default()
    }
}

lambkin::main! { handlers: [api] }
