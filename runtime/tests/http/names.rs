//! Names of the user's that are names of generated code too.

use lambkin::prelude::*;
use lambkin::testing::TestApp;
use lambkin::testing::http::Request;

#[allow(dead_code, reason = "they only stand in the way")]
mod shadows {
    pub mod http {}
    pub mod core {}
    pub mod std {}
    pub struct Request;
    pub struct Target;
    pub struct Call;
    pub struct Reply;
    pub enum Option {}
    pub enum Result {}
    pub fn header(_: u8) {}
    pub fn target() {}
}

#[handler(http)]
mod api {
    use super::shadows::*;
    use super::*;

    #[allow(clippy::too_many_arguments, reason = "one for each name")]
    #[post("/{call}/{at}/{route}")]
    #[idempotent(key = (header("idempotency-key"), call, held), missing_key = "run")]
    #[deadline(margin = "10ms")]
    async fn run(
        call: u8,
        at: u8,
        route: u8,
        #[query] target: u8,
        #[query] faults: u8,
        #[query] query: u8,
        #[query] held: u8,
        #[query(default = 7)] self_: u8,
        #[cookie] cookies: Option_<u8>,
    ) -> String {
        format!("{call} {at} {route} {target} {faults} {query} {held} {self_} {cookies:?}")
    }

    #[post("/keyed")]
    #[idempotent(key = header)]
    async fn allowed(#[header] header: &str, key: lambkin::http::HttpRequest<'_>) -> String {
        format!("{header} {}", key.path())
    }

    #[get("/find")]
    async fn find(segment_0: Context, entered: Context, storing: Context, verify: Context) -> NoContent {
        let _ = (segment_0, entered, storing, verify);
        NoContent
    }

    #[get("/type/{type}")]
    async fn r#match(r#type: u8) -> String {
        r#type.to_string()
    }
}

type Option_<T> = std::option::Option<T>;

/// Modules of routes beside each other, with routes of one name.
mod one {
    #[lambkin::routes]
    pub(in crate::names) mod first {
        #[get("/")]
        async fn run() -> &'static str {
            "first"
        }
    }

    #[lambkin::routes]
    pub(crate) mod second {
        #[get("/")]
        async fn run() -> &'static str {
            "second"
        }
    }
}

#[handler(http)]
mod both {
    #[mount("/first")]
    use super::one::first;

    #[mount("/second")]
    use super::one::second;
}

mod app {
    use super::{api, both};
    lambkin::app! { init: [], handlers: [api, both] }
}

#[tokio::test]
async fn names_are_the_users() {
    let app = TestApp::<app::App>::new();
    let text = async |handler: &str, request: Request| app.invoke(handler, request).await.http().text().to_owned();
    let all = Request::post("/1/2/3?target=4&faults=5&query=6&held=8").cookie("cookies", "9");
    assert_eq!(text("api", all).await, "1 2 3 4 5 6 8 7 Some(9)");
    assert_eq!(text("api", Request::post("/keyed").header("header", "h")).await, "h /keyed");
    assert_eq!(text("api", Request::get("/find")).await, "");
    assert_eq!(text("api", Request::get("/type/7")).await, "7");
    assert_eq!(text("both", Request::get("/first")).await, "first");
    assert_eq!(text("both", Request::get("/second")).await, "second");
}
