use lambkin::prelude::*;

#[handler(http)]
mod api {
    use super::*;

    #[get("/files/{name}.{extension}")]
    async fn show(name: &str, extension: &str) -> String {
        format!("{name}.{extension}")
    }
}

lambkin::main! { handlers: [api] }
