//! Parameters of routes: what they are read from, and what a client is told that got them wrong.

use std::net::IpAddr;

use bytes::Bytes;
use lambkin::http::{Form, FrontEnd};
use lambkin::prelude::*;
use lambkin::testing::TestApp;
use lambkin::testing::http::{Request, Response};
use serde_json::{Value, json};

use crate::replies::ALL;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Sort {
    Asc,
    Desc,
}

#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "the tests see them by `Debug`")]
struct Filter {
    q: String,
    tags: Vec<String>,
    limit: Option<u8>,
}

#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "the tests see them by `Debug`")]
struct Order<'a> {
    id: u32,
    name: &'a str,
}

#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "the tests see them by `Debug`")]
struct Login {
    user: String,
    remember: Option<bool>,
}

/// Read by `FromStr` alone.
#[derive(Debug)]
struct Even(u32);

impl std::str::FromStr for Even {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let number: u32 = text.parse().map_err(|_| "not a number".to_owned())?;
        if number.is_multiple_of(2) { Ok(Self(number)) } else { Err("not even".to_owned()) }
    }
}

#[handler(http)]
mod api {
    use super::*;

    #[get("/path/{number}/{text}/{sort}/{even}")]
    async fn path(number: u8, text: &str, sort: Sort, even: Even) -> String {
        format!("{number} {text} {sort:?} {}", even.0)
    }

    #[get("/query")]
    async fn query(
        #[query] one: u8,
        #[query] maybe: Option<i32>,
        #[query] many: Vec<String>,
        #[query(default = 20)] limit: u8,
        #[query(default)] on: bool,
        #[query] sort: Option<Sort>,
        #[query] even: Option<String>,
    ) -> String {
        format!("{one} {maybe:?} {many:?} {limit} {on} {sort:?} {even:?}")
    }

    #[get("/filter")]
    async fn filter(#[query] filter: Filter) -> String {
        format!("{filter:?}")
    }

    #[get("/maybe-filter")]
    async fn maybe_filter(#[query] filter: Option<Filter>) -> String {
        format!("{}", filter.is_some())
    }

    #[get("/headers")]
    async fn headers(
        #[header] x_one: u8,
        #[header] x_many: Vec<u8>,
        #[header] x_text: Option<&str>,
        #[header(default = 7)] x_default: u8,
        #[header] x_even: Option<IpAddr>,
    ) -> String {
        format!("{x_one} {x_many:?} {x_text:?} {x_default} {x_even:?}")
    }

    #[get("/even")]
    async fn even(#[header] x_even: Even, #[query] even: Even, #[cookie("e")] cookie: Even) -> String {
        format!("{} {} {}", x_even.0, even.0, cookie.0)
    }

    #[get("/cookies")]
    async fn cookies(#[cookie] session: &str, #[cookie] count: Option<u8>, #[cookie] all: Vec<String>) -> String {
        format!("{session} {count:?} {all:?}")
    }

    #[post("/all/{number}")]
    async fn all(
        number: u8,
        #[query] page: u8,
        #[header] x_kind: u8,
        #[cookie] session: u8,
        #[body] order: Order<'_>,
    ) -> String {
        format!("{number} {page} {x_kind} {session} {order:?}")
    }

    #[post("/order")]
    async fn order(#[body] order: Order<'_>) -> String {
        format!("{order:?}")
    }

    #[post("/maybe")]
    async fn maybe(#[body] order: Option<Order<'_>>) -> String {
        format!("{order:?}")
    }

    #[post("/login")]
    async fn login(#[body] Form(login): Form<Login>) -> String {
        format!("{login:?}")
    }

    #[post("/text")]
    async fn text(#[body] text: String) -> String {
        text
    }

    #[post("/lent")]
    async fn lent(#[body] text: &str) -> String {
        text.to_owned()
    }

    #[post("/bytes")]
    async fn bytes(#[body] bytes: Bytes) -> String {
        format!("{bytes:?}")
    }

    #[post("/slice")]
    async fn slice(#[body] bytes: &[u8]) -> String {
        format!("{bytes:?}")
    }

    #[post("/list")]
    async fn list(#[body] list: Vec<u8>) -> String {
        format!("{list:?}")
    }
}

mod app {
    use super::api;
    lambkin::app! { handlers: [api] }
}

async fn send(request: Request) -> Response {
    TestApp::<app::App>::new().invoke("api", request).await.http()
}

async fn text(request: Request) -> String {
    let response = send(request).await;
    assert_eq!(response.status, 200, "{}", response.text());
    response.text().to_owned()
}

/// The status, and what is wrong in which place under which name.
async fn wrong(request: Request) -> (u16, Vec<String>) {
    let response = send(request).await;
    assert_eq!(response.header("content-type"), Some("application/problem+json"), "{}", response.text());
    let problem: Value = response.json();
    assert_eq!(problem["status"], response.status);
    let errors = problem["errors"].as_array().unwrap().iter();
    let line = |error: &Value| {
        let [place, name, detail] = ["in", "name", "detail"].map(|field| error[field].as_str().unwrap());
        format!("{place} {name}: {detail}")
    };
    (response.status, errors.map(line).collect())
}

fn is(status: u16, lines: &[&str]) -> (u16, Vec<String>) {
    (status, lines.iter().map(|line| (*line).to_owned()).collect())
}

#[tokio::test]
async fn segments_are_read_as_what_the_parameter_is() {
    assert_eq!(text(Request::get("/path/7/a%20b/asc/4")).await, "7 a b Asc 4");
    let expected = [
        "path number: expected a number from 0 to 255",
        "path sort: \"up\" is none of asc, desc",
        "path even: \"3\": not even",
    ];
    assert_eq!(wrong(Request::get("/path/256/b/up/3")).await, is(400, &expected));
}

#[tokio::test]
async fn a_query_is_read_the_same_from_every_front_end() {
    for front_end in ALL {
        // There a name has one value.
        let has_lists = front_end != FrontEnd::Alb { is_multi_value: false };
        let get = |query: &str| Request::get(&format!("/query?{query}")).through(front_end);
        let many = if has_lists { r#"["a b", "é", ""]"# } else { r#"[""]"# };
        let all = "one=1&maybe=-7&many=a+b&many=%C3%A9&many=&limit=3&on=true&sort=desc&even=%2B";
        let expected = format!("1 Some(-7) {many} 3 true Some(Desc) Some(\"+\")");
        assert_eq!(text(get(all)).await, expected, "{front_end:?}");
        assert_eq!(text(get("one=1")).await, "1 None [] 20 false None None", "{front_end:?}");
        let expected = [
            "query one: is missing",
            "query maybe: \"x\" is no whole number",
            "query limit: expected a number from 0 to 255",
            "query on: \"1\" is neither true nor false",
            "query sort: \"up\" is none of asc, desc",
        ];
        let odd = get("maybe=x&limit=256&on=1&sort=up");
        assert_eq!(wrong(odd).await, is(400, &expected), "{front_end:?}");
        if has_lists {
            let twice = ["query one: is given twice, and is taken once"];
            assert_eq!(wrong(get("one=1&one=2")).await, is(400, &twice), "{front_end:?}");
        }
    }
}

#[tokio::test]
async fn a_struct_takes_the_whole_query() {
    let told = text(Request::get("/filter?q=tea&tags=a&tags=b&limit=")).await;
    assert_eq!(told, r#"Filter { q: "tea", tags: ["a", "b"], limit: None }"#);
    assert_eq!(wrong(Request::get("/filter?limit=x&q=a")).await, is(400, &["query limit: \"x\" is no whole number"]));
    assert_eq!(wrong(Request::get("/filter")).await, is(400, &["query q: is missing"]));
    assert_eq!(text(Request::get("/maybe-filter")).await, "false");
    assert_eq!(text(Request::get("/maybe-filter?q=a&tags=b")).await, "true");
}

#[tokio::test]
async fn a_header_of_several_lines_is_a_list_from_every_front_end() {
    for front_end in ALL {
        let last_only = front_end == FrontEnd::Alb { is_multi_value: false };
        let get = || Request::get("/headers").header("X-One", "1").through(front_end);
        let told = text(get().header("x-many", "1, ,2,").header("x-text", "a, b").header("x-even", "::1")).await;
        assert_eq!(told, "1 [1, 2] Some(\"a, b\") 7 Some(::1)", "{front_end:?}");
        let lines = get().header("x-many", "1,2").header("x-many", "3").header("x-text", "a").header("x-text", "b");
        let told = text(lines.header("x-default", "8")).await.replace("a,b", "a, b");
        // There a name has one value.
        let expected = if last_only { "1 [3] Some(\"b\") 8 None" } else { "1 [1, 2, 3] Some(\"a, b\") 8 None" };
        assert_eq!(told, expected, "{front_end:?}");
        let expected = [
            "header x-one: is missing",
            "header x-many: \"1, x\" is no whole number",
            "header x-default: \"\" is no whole number",
        ];
        let odd = Request::get("/headers").header("x-many", "1, x").header("x-default", "").through(front_end);
        assert_eq!(wrong(odd).await, is(400, &expected), "{front_end:?}");
        assert_eq!(text(get()).await, "1 [] None 7 None", "{front_end:?}");
    }
}

#[tokio::test]
async fn what_is_only_parsed_is_one_text() {
    let get = |header: &str, query: &str| {
        Request::get(&format!("/even?even={query}"))
            .header("x-even", header)
            .cookie("e", "6")
            .through(FrontEnd::RestApi)
    };
    assert_eq!(text(get("2", "4")).await, "2 4 6");
    let expected = ["header x-even: \"2, 4\": not a number", "query even: \"5\": not even"];
    assert_eq!(wrong(get("2", "5").header("x-even", "4")).await, is(400, &expected));
}

#[tokio::test]
async fn cookies_are_read_the_same_from_every_front_end() {
    for front_end in ALL {
        let get = || Request::get("/cookies").through(front_end);
        let told = text(get().cookie("session", "a%20b").cookie("all", "1").cookie("all", "2")).await;
        assert_eq!(told, r#"a%20b None ["1", "2"]"#, "{front_end:?}");
        let expected = ["cookie session: is missing", "cookie count: \"x\" is no whole number"];
        assert_eq!(wrong(get().cookie("count", "x")).await, is(400, &expected), "{front_end:?}");
    }
}

#[tokio::test]
async fn all_that_is_wrong_is_named_at_once() {
    let good = Request::post("/all/1?page=2").header("x-kind", "3").cookie("session", "4");
    let good = good.json(&json!({"id": 5, "name": "pen"}));
    assert_eq!(text(good).await, r#"1 2 3 4 Order { id: 5, name: "pen" }"#);
    let odd =
        Request::post("/all/a?page=b").header("x-kind", "c").cookie("session", "d").json(&json!({"id": "hunter2"}));
    let (status, lines) = wrong(odd).await;
    let [path, query, header, cookie, body] = &lines[..] else { panic!("{lines:?}") };
    assert_eq!((status, &**path), (400, "path number: \"a\" is no whole number"));
    assert_eq!(query, "query page: \"b\" is no whole number");
    assert_eq!(header, "header x-kind: \"c\" is no whole number");
    assert_eq!(cookie, "cookie session: \"d\" is no whole number");
    assert!(body.starts_with("body : invalid type: string, expected u32"), "{body}");
    assert!(!body.contains("Order"), "{body}");
    // With another fault the status is that of both.
    let odd = Request::post("/all/1?page=b").header("x-kind", "3").cookie("session", "4");
    let (status, lines) = wrong(odd.header("content-type", "text/plain").body("{}")).await;
    assert_eq!((status, lines.len()), (400, 2), "{lines:?}");
}

#[tokio::test]
async fn a_body_is_json_whatever_its_json_is_called() {
    let post = |kind: &str| Request::post("/order").header("Content-Type", kind).body(r#"{"id":1,"name":"a"}"#);
    for kind in ["application/json", "APPLICATION/JSON; charset=utf-8", "application/vnd.shop+json", "", " ;x"] {
        assert_eq!(text(post(kind)).await, r#"Order { id: 1, name: "a" }"#, "{kind}");
    }
    for kind in ["text/plain", "application/x-www-form-urlencoded", "application/jsonp", "json"] {
        let expected = format!("body : is `{kind}`, and this route takes `application/json`");
        assert_eq!(wrong(post(kind)).await, is(415, &[&expected]), "{kind}");
    }
}

#[tokio::test]
async fn a_borrowed_text_may_hold_escapes() {
    for front_end in ALL {
        let body = r#"{"id":1,"name":"caf\u00e9 \ud83e\udd80 \"x\"\n"}"#;
        let told = text(Request::post("/order").body(body).through(front_end)).await;
        assert_eq!(told, format!("Order {{ id: 1, name: {:?} }}", "caf\u{e9} \u{1f980} \"x\"\n"), "{front_end:?}");
    }
}

#[tokio::test]
async fn an_empty_body_is_one_that_was_left_out() {
    for front_end in ALL {
        for body in [None, Some(""), Some(" \r\n")] {
            let post = |path: &str| {
                let request = Request::post(path).header("content-type", "text/plain").through(front_end);
                body.iter().fold(request, |request, body| request.body(*body))
            };
            assert_eq!(text(post("/maybe")).await, "None", "{front_end:?}");
            assert_eq!(wrong(post("/order")).await, is(400, &["body : is empty"]), "{front_end:?}");
        }
    }
    assert_eq!(text(Request::post("/maybe").body("null")).await, "None");
    let (status, lines) = wrong(Request::post("/maybe").body("{\"id\":")).await;
    assert_eq!(status, 400);
    assert!(lines[0].starts_with("body : is not JSON: EOF"), "{lines:?}");
}

#[tokio::test]
async fn a_form_is_read_field_by_field() {
    let form = |body: &str| Request::post("/login").form(body);
    let told = text(form("user=a+b%26%C3%A9&remember=true&other=1")).await;
    assert_eq!(told, "Login { user: \"a b&é\", remember: Some(true) }");
    assert_eq!(text(form("user=&remember=")).await, "Login { user: \"\", remember: None }");
    assert_eq!(wrong(form("")).await, is(400, &["body user: is missing"]));
    let expected = ["body remember: \"x\" is neither true nor false"];
    assert_eq!(wrong(form("remember=x&user=a")).await, is(400, &expected));
    assert_eq!(wrong(form("user=%zz")).await, is(400, &["body : \"%zz\" at byte 5 is no percent-encoding"]));
    let expected = ["body : is `application/json`, and this route takes `application/x-www-form-urlencoded`"];
    assert_eq!(wrong(Request::post("/login").json(&json!({"user": "a"}))).await, is(415, &expected));
}

#[tokio::test]
async fn bytes_are_taken_as_they_are() {
    let raw = b"\xff\x00a";
    for front_end in ALL {
        let post =
            |path: &str| Request::post(path).header("content-type", "image/png").body(raw.to_vec()).through(front_end);
        assert_eq!(text(post("/bytes")).await, r#"b"\xff\0a""#, "{front_end:?}");
        assert_eq!(text(post("/slice")).await, "[255, 0, 97]", "{front_end:?}");
        assert_eq!(text(post("/list")).await, "[255, 0, 97]", "{front_end:?}");
        for path in ["/text", "/lent", "/order"] {
            assert_eq!(wrong(post(path)).await, is(400, &["body : is not UTF-8 text"]), "{front_end:?}");
        }
        assert_eq!(text(Request::post("/text").body("é\n").through(front_end)).await, "é\n", "{front_end:?}");
        assert_eq!(text(Request::post("/lent").body("é\n\"").through(front_end)).await, "é\n\"", "{front_end:?}");
        assert_eq!(text(Request::post("/lent").through(front_end)).await, "", "{front_end:?}");
    }
}
