use lambkin::prelude::*;

#[handler(http)]
mod api {
    use super::*;

    #[get("/files/{*path}/raw")]
    async fn show(path: &str) -> String {
        path.to_owned()
    }
}

lambkin::main! { handlers: [api] }
