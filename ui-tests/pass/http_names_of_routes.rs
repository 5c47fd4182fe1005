//! Routes may be called like the attributes, like generated names, and like keywords.
#![deny(warnings)]

use lambkin::prelude::*;
use lambkin::testing::TestApp;
use lambkin::testing::http::Request;

#[derive(Deserialize)]
struct Form2 {
    a: u8,
}

#[handler(http)]
mod r#async {
    use super::*;
    use lambkin::http::Form;

    #[get("/get")]
    pub(crate) async fn get() -> &'static str {
        "get"
    }

    #[post("/get", "/post")]
    async fn post(#[body] Form(form): Form<Form2>, _: Context, #[query] mut count: u64) -> String {
        count += 1;
        format!("{} {count}", form.a)
    }

    #[any("/any")]
    #[delete("/get")]
    async fn any() -> &'static str {
        "any"
    }

    #[get("/type/{type}")]
    async fn r#type(r#type: String, #[query] r#fn: Option<u8>) -> String {
        format!("{type} {fn:?}")
    }

    #[get("/in/{type}")]
    async fn renamed(#[path("type")] (kind,): (String,)) -> String {
        kind
    }

    #[get("/find/{path}")]
    async fn find(path: u8, #[query] query: u8, #[query] target: u8, #[query] call: u8, #[query] at: u8) -> String {
        format!("{}", path + query + target + call + at)
    }

    #[get("/run/{route}")]
    async fn run(route: u8, #[query] faults: u8, #[query] input: u8, #[query] verb: u8, #[query] held: u8) -> String {
        format!("{}", route + faults + input + verb + held)
    }

    #[get("/allowed/{rest}")]
    async fn allowed(rest: u8, #[query] found: u8, #[header] value: u8, #[cookie] cookies: u8) -> String {
        format!("{}", rest + found + value + cookies)
    }

    #[post("/body")]
    async fn header(#[body] raw: &[u8], #[body] decoded: u8) -> String {
        format!("{raw:?} {decoded}")
    }

    #[fallback]
    async fn fallback() -> &'static str {
        "fallback"
    }
}

mod app {
    lambkin::app! { handlers: [crate::r#async] }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let app = TestApp::<app::App>::new();
    let send = async |request: Request| app.invoke("async", request).await.http().text().to_owned();
    let form = |path: &str| {
        Request::post(path).header("content-type", "application/x-www-form-urlencoded").body("a=1")
    };
    assert_eq!(r#async::get().await, "get");
    assert_eq!(send(Request::get("/get")).await, "get");
    assert_eq!(send(form("/get?count=1")).await, "1 2");
    assert_eq!(send(form("/post?count=2")).await, "1 3");
    assert_eq!(send(Request::delete("/get")).await, "any");
    assert_eq!(send(Request::put("/any")).await, "any");
    assert_eq!(send(Request::get("/type/x?fn=1")).await, "x Some(1)");
    assert_eq!(send(Request::get("/in/x")).await, "x");
    assert_eq!(send(Request::get("/find/1?query=2&target=3&call=4&at=5")).await, "15");
    assert_eq!(send(Request::get("/run/1?faults=2&input=3&verb=4&held=5")).await, "15");
    let request = Request::get("/allowed/1?found=2").header("value", "3").header("cookie", "cookies=4");
    assert_eq!(send(request).await, "10");
    assert_eq!(send(Request::post("/body").json(&7)).await, "[55] 7");
    assert_eq!(send(Request::get("/other")).await, "fallback");
}
