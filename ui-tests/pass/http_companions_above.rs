//! Attributes of a module of routes stand above or below its handler.
#![deny(warnings)]

use lambkin::prelude::*;
use lambkin::testing::TestApp;
use lambkin::testing::http::Request;

#[deadline(margin = "1s")]
#[idempotent(key = header("idempotency-key"), missing_key = "run")]
#[handler(http)]
/// Documented between them.
#[allow(dead_code)]
mod api {
    //! And inside.
    use super::*;

    #[idempotent(key = natural, missing_key = "run")]
    #[post("/")]
    #[deadline(margin = "2s")]
    async fn create(#[body] name: String) -> Created<String> {
        Created::new(name)
    }
}

lambkin::app! { handlers: [api] }

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let app = TestApp::<App>::new();
    assert_eq!(app.invoke("api", Request::post("/").body("ada")).await.http().text(), "\"ada\"");
}
