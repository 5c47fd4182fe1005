#![deny(warnings)]

use lambkin::prelude::*;
use lambkin::testing::TestApp;

#[derive(Serialize)]
struct Quote<'a> {
    text: &'a str,
}

#[handler(invoke)]
async fn hidden(count: u32) -> impl Serialize {
    vec![count; 2]
}

#[handler(invoke)]
async fn hidden_in_result() -> Result<impl Serialize, Error> {
    Ok("hidden")
}

#[handler(invoke)]
async fn plain() -> Quote<'static> {
    Quote { text: "plain" }
}

#[handler(invoke)]
async fn nothing() {}

#[handler(invoke)]
async fn value(event: serde_json::Value) -> Result<serde_json::Value, Error> {
    Ok(event)
}

#[handler(invoke)]
async fn tuple((a, mut b): (u32, u32), mut cx: Context) -> Option<u32> {
    b += 1;
    cx = cx.clone();
    let _ = cx;
    a.checked_add(b)
}

lambkin::app! { handlers: [hidden, hidden_in_result, plain, nothing, value, tuple] }

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let app = TestApp::<App>::new();
    assert_eq!(app.invoke("hidden", "3").await.response().to_string(), "[3,3]");
    assert_eq!(app.invoke("hidden_in_result", "null").await.response(), "hidden");
    assert_eq!(app.invoke("plain", "null").await.response()["text"], "plain");
    assert!(app.invoke("nothing", "null").await.response().is_null());
    assert_eq!(app.invoke("value", "[1]").await.response().to_string(), "[1]");
    assert_eq!(app.invoke("tuple", "[1,2]").await.response(), 4);
}
