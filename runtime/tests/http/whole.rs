//! Functions that take the whole request.

use lambkin::http::{HttpRequest, StatusCode};
use lambkin::prelude::*;
use lambkin::testing::TestApp;
use lambkin::testing::http::Request;

#[handler(http)]
async fn echo(request: http::Request<bytes::Bytes>) -> http::Response<axum::body::Body> {
    let text = format!("{} {} {:?}", request.method(), request.uri(), request.headers().get("x-a"));
    http::Response::builder().header("x-body", request.body().len()).body(text.into()).unwrap()
}

#[handler(http, timeout = "3s")]
#[deadline(margin = "1s")]
async fn hook(
    #[body] order: serde_json::Value,
    #[header] x_kind: &str,
    request: HttpRequest<'_>,
) -> Result<StatusCode, Error> {
    if x_kind == "bad" {
        return Err(Error::msg("hunter2"));
    }
    if x_kind == "slow" {
        tokio::time::sleep(std::time::Duration::from_secs(60)).await;
    }
    assert_eq!(order, 1);
    assert_eq!(request.method(), "POST");
    Ok(StatusCode::ACCEPTED)
}

mod app {
    use super::{echo, hook};
    lambkin::app! { handlers: [echo, hook] }
}

#[tokio::test]
async fn a_function_takes_all_requests() {
    let app = TestApp::<app::App>::new();
    let request = Request::new("PROPFIND", "/a%20b/?q=1&r=%20").header("x-a", "b").body(b"\xff\x00".to_vec());
    let response = app.invoke("echo", request).await.http();
    assert_eq!(response.text(), "PROPFIND /a%20b/?q=1&r=%20 Some(\"b\")");
    assert_eq!(response.header("x-body"), Some("2"));
}

#[tokio::test(start_paused = true)]
async fn what_goes_wrong_is_a_response() {
    let app = TestApp::<app::App>::new();
    let post = async |kind: &str| {
        let request = Request::post("/any/where").header("x-kind", kind).json(&1);
        app.invoke("hook", request).remaining(std::time::Duration::from_secs(3)).await.http()
    };
    assert_eq!(post("good").await.status, 202);
    let response = post("bad").await;
    assert_eq!((response.status, response.text().contains("hunter2")), (500, false));
    let response = post("slow").await;
    assert_eq!((response.status, response.header("retry-after")), (503, Some("1")));
    let response = app.invoke("hook", Request::post("/").header("x-kind", "panic").json(&2)).await.http();
    assert_eq!(response.status, 500);
}

#[cfg(feature = "lambda-http")]
mod of_lambda_http {
    use ::lambda_http::{Body, Request as Theirs, RequestExt};
    use lambkin::handler;
    use lambkin::http::FrontEnd;
    use lambkin::testing::TestApp;
    use lambkin::testing::http::Request;

    #[handler(http)]
    async fn theirs(request: Theirs) -> String {
        let body = match request.body() {
            Body::Empty => "nothing".to_owned(),
            Body::Text(text) => text.clone(),
            other => format!("{:?}", other.as_ref()),
        };
        let query = request.query_string_parameters_ref().and_then(|query| query.first("q")).map(str::to_owned);
        format!("{} {} {query:?} {body}", request.method(), request.raw_http_path())
    }

    mod app {
        use super::theirs;
        lambkin::app! { handlers: [theirs] }
    }

    #[tokio::test]
    async fn a_request_of_lambda_http_is_theirs() {
        let app = TestApp::<app::App>::new();
        for front_end in [
            FrontEnd::HttpApi,
            FrontEnd::FunctionUrl,
            FrontEnd::RestApi,
            FrontEnd::Alb { is_multi_value: true },
            FrontEnd::Lattice,
        ] {
            let request = Request::post("/a/b?q=1").body("hi").through(front_end);
            let response = app.invoke("theirs", request).await.http();
            assert!(response.text().ends_with("hi"), "{front_end:?}: {}", response.text());
            assert!(response.text().starts_with("POST /a/b"), "{front_end:?}: {}", response.text());
        }
        let odd = Request::post("/").body(b"\xff".to_vec()).through(FrontEnd::Lattice1);
        assert!(app.invoke("theirs", odd).await.http().text().ends_with("[255]"));
        let response = app.invoke("theirs", Request::get("/a?q=%20")).await.http();
        assert_eq!(response.text(), "GET /a Some(\" \") nothing");
    }
}
