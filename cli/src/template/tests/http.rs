//! Front ends, routes and preflights.

use super::planned;
use crate::template::args::Format;
use crate::template::model::{Deployment, Trigger};

fn http(rest: &str, options: &[&str]) -> (Vec<String>, bool, Deployment) {
    let of = planned(&[&format!(r#""trigger": {{"source": "http"}}, {rest}"#)], options);
    let Trigger::Http(http) = &of.functions[0].trigger else { panic!() };
    let keys =
        http.routes.iter().map(|route| format!("{} {}", route.method, route.path.as_deref().unwrap_or("$default")));
    (keys.collect(), http.cors.is_some(), of)
}

#[test]
fn routes_are_those_of_the_function_and_what_goes_with_them() {
    let (routes, ..) = http(
        r#""routes": [{"methods": ["GET"], "path": "/a/{id}"}, {"methods": ["PUT"], "path": "/f/{*path}"},
                      {"methods": ["ANY"], "path": "/b"}, {"methods": ["GET"], "path": "/b"}]"#,
        &[],
    );
    assert_eq!(routes, ["GET /a/{id}", "HEAD /a/{id}", "ANY /b", "PUT /f/{path+}"]);
    // A fallback, or a function without routes of its own, takes what is left.
    let (routes, ..) =
        http(r#""routes": [{"methods": ["POST"], "path": "/a"}, {"methods": ["ANY"], "path": "/{*path}"}]"#, &[]);
    assert_eq!(routes, ["ANY $default", "POST /a"]);
    assert_eq!(http(r#""memory": 128"#, &[]).0, ["ANY $default"]);
}

#[test]
fn preflights_are_answered_by_the_api_where_it_can_say_the_same() {
    let with = |cors: &str, route: &str| {
        http(&format!(r#""cors": {cors}, "routes": [{{"methods": ["PUT"], "path": "/a" {route}}}]"#), &[])
    };
    let (routes, at_the_api, of) = with(r#"{"origins": ["https://a.com"], "max_age": 5}"#, "");
    assert_eq!((routes, at_the_api), (vec!["PUT /a".to_owned()], true));
    let Trigger::Http(http) = &of.functions[0].trigger else { panic!() };
    let cors = http.cors.as_ref().unwrap();
    assert_eq!(
        (cors.methods.clone(), cors.headers.clone(), cors.max_age),
        (vec!["PUT".into()], vec!["*".into()], Some(5))
    );
    for (cors, route) in [
        (r#"{"origins": ["https://*.a.com"]}"#, ""),
        (r#"{"origins": ["*"], "credentials": true, "headers": ["a"]}"#, ""),
        (r#"{"origins": ["https://a.com"], "credentials": true}"#, ""),
        (r#"{"origins": ["https://a.com"]}"#, r#", "cors": {"origins": ["*"]}"#),
        ("null", r#", "cors": {"origins": ["*"]}"#),
    ] {
        let (routes, at_the_api, of) = with(cors, route);
        assert_eq!((routes.join(" "), at_the_api), ("OPTIONS /a PUT /a".to_owned(), false), "{cors}");
        assert!(of.functions[0].notes.iter().any(|note| note.contains("by the function itself")), "{cors}");
    }
}

#[test]
fn an_api_does_not_wait_for_a_long_function() {
    let (.., of) = http(r#""timeout": 60"#, &[]);
    assert!(of.functions[0].notes.iter().any(|note| note.contains("waits 30 s")));
    let (.., of) = http(r#""timeout": 60"#, &["--front-end=function-url"]);
    assert!(of.functions[0].notes.is_empty(), "{:?}", of.functions[0].notes);
}

#[test]
fn bytes_pass_a_rest_api_as_they_are() {
    let of = planned(&[r#""trigger": {"source": "http"}"#], &["--front-end=rest-api"]);
    assert!(super::rendered(&of, Format::CloudFormation).contains("BinaryMediaTypes:\n        - \"*/*\"\n"));
    assert!(super::rendered(&of, Format::Sam).contains("BinaryMediaTypes:\n        - \"*/*\"\n"));
    assert!(super::rendered(&of, Format::Serverless).contains("apiGateway:\n    binaryMediaTypes:\n      - \"*/*\"\n"));
    assert!(super::rendered(&of, Format::Terraform).contains("binary_media_types = [\"*/*\"]\n"));
}

#[test]
fn functions_that_share_an_api_answer_preflights_themselves_unless_all_say_the_same() {
    let api = |path: &str, origin: &str| {
        format!(
            r#""trigger": {{"source": "http"}}, "routes": [{{"methods": ["GET"], "path": "{path}"}}],
            "cors": {{"origins": ["{origin}"]}}"#
        )
    };
    let written = |functions: &[String]| {
        let functions: Vec<&str> = functions.iter().map(String::as_str).collect();
        super::rendered(&planned(&functions, &[]), crate::template::args::Format::Serverless)
    };
    let same = written(&[api("/a", "https://a.example"), api("/b", "https://a.example")]);
    assert!(same.contains("allowedOrigins") && !same.contains("OPTIONS"), "{same}");
    let two = written(&[api("/a", "https://a.example"), api("/b", "https://b.example")]);
    assert!(!two.contains("allowedOrigins"), "{two}");
    assert_eq!(two.matches("method: OPTIONS").count(), 2, "{two}");
    let silent = r#""trigger": {"source": "http"}, "routes": [{"methods": ["GET"], "path": "/c"}]"#.to_owned();
    let one = written(&[api("/a", "https://a.example"), silent]);
    assert!(!one.contains("allowedOrigins"), "{one}");
    assert_eq!(one.matches("method: OPTIONS").count(), 1, "{one}");
}
