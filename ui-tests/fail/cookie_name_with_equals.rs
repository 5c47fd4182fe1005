use lambkin::prelude::*;

#[handler(http)]
mod api {
    use super::*;

    #[get("/users")]
    async fn show(#[cookie("session=")] session: &str) -> String {
        session.to_owned()
    }
}

lambkin::main! { handlers: [api] }
