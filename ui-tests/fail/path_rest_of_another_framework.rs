use lambkin::prelude::*;

#[handler(http)]
mod api {
    use super::*;

    #[get("/files/{proxy+}")]
    async fn show(proxy: &str) -> String {
        proxy.to_owned()
    }
}

lambkin::main! { handlers: [api] }
