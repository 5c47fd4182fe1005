//! Paths of requests: what is decoded, how often, and where a segment ends.

use lambkin::http::FrontEnd;
use lambkin::prelude::*;
use lambkin::testing::TestApp;
use lambkin::testing::http::{Request, Response};

/// Those that hand the path on as it was sent.
const AS_SENT: [FrontEnd; 6] = [
    FrontEnd::RestApi,
    FrontEnd::FunctionUrl,
    FrontEnd::Alb { is_multi_value: false },
    FrontEnd::Alb { is_multi_value: true },
    FrontEnd::Lattice1,
    FrontEnd::Lattice,
];

/// Those that decode it.
const DECODED: [FrontEnd; 2] = [FrontEnd::HttpApi1, FrontEnd::HttpApi];

#[handler(http)]
mod api {
    #[get("/")]
    async fn root() -> &'static str {
        "root"
    }

    #[get("/{one}")]
    async fn one(one: &str) -> String {
        format!("one {one}")
    }

    #[get("/{one}/{two}")]
    async fn two(one: String, two: &str) -> String {
        format!("two {one} {two}")
    }

    #[get("/files/{*rest}")]
    async fn files(rest: &str) -> String {
        format!("files {rest}")
    }

    #[get("/caf\u{e9}/\u{1f980}")]
    async fn unicode() -> &'static str {
        "unicode"
    }

    #[get("/a+b/@:;,=$")]
    async fn signs() -> &'static str {
        "signs"
    }
}

#[handler(http(trailing_slash = "strict"))]
mod strict {
    #[get("/{one}")]
    async fn one(one: &str) -> String {
        format!("one {one}")
    }

    #[get("/{one}/")]
    async fn slash(one: &str) -> String {
        format!("slash {one}")
    }

    #[get("/files/{*rest}")]
    async fn files(rest: &str) -> String {
        format!("files {rest}")
    }
}

mod app {
    use super::{api, strict};
    lambkin::app! { handlers: [api, strict] }
}

async fn response(front_end: FrontEnd, path: &str) -> Response {
    TestApp::<app::App>::new().invoke("api", Request::get(path).through(front_end)).await.http()
}

/// The answer, or the status if it is none.
fn told(response: &Response) -> String {
    if response.status == 200 { response.text().to_owned() } else { response.status.to_string() }
}

async fn all(front_ends: &[FrontEnd], cases: &[(&str, &str)]) {
    for front_end in front_ends {
        for (path, expected) in cases {
            assert_eq!(told(&response(*front_end, path).await), *expected, "{front_end:?}: {path}");
        }
    }
}

#[tokio::test]
async fn a_segment_is_decoded_once() {
    let cases = [
        ("/a%20b", "one a b"),
        ("/%61%62", "one ab"),
        ("/%25", "one %"),
        ("/%2541", "one %41"),
        // Only a form has spaces so.
        ("/a+b", "one a+b"),
        ("/a%2Bb/c", "two a+b c"),
        ("/a+b/@:;,=$", "signs"),
        ("/%61%2b%62/%40%3A;,%3D$", "signs"),
        // What is no escape is text.
        ("/%", "one %"),
        ("/100%", "one 100%"),
        ("/%4/%zz", "two %4 %zz"),
        ("/a%00b", "one a\0b"),
        ("/%2e%2e/..", "two .. .."),
        ("/files/%2541/%25/x%20y", "files %41/%/x y"),
        ("/%66iles/x", "files x"),
    ];
    all(&AS_SENT, &cases).await;
    // There the front end has decoded it, and nobody does so again.
    all(&DECODED, &cases).await;
}

#[tokio::test]
async fn an_encoded_slash_stays_inside_of_its_segment() {
    let cases = [
        ("/a%2Fb", "one a/b"),
        ("/a%2fb/c", "two a/b c"),
        ("/%2F", "one /"),
        // As the only thing behind the prefix it is something.
        ("/files/%2F", "files /"),
        ("/files/a%2Fb/c", "files a/b/c"),
        // No slash at the end of the path.
        ("/a%2F", "one a/"),
        ("/a%252Fb", "one a%2Fb"),
    ];
    all(&AS_SENT, &cases).await;
    // A decoded path does not tell one slash from another.
    let cases =
        [("/a%2Fb", "two a b"), ("/a%2F", "one a"), ("/files/a%2Fb/c", "files a/b/c"), ("/a%252Fb", "one a%2Fb")];
    all(&DECODED, &cases).await;
}

#[tokio::test]
async fn a_path_that_is_no_text_is_refused() {
    for path in ["/%FF", "/files/a/%C3", "/%C3/%A9", "/nothing/is/here/%ff", "/%ED%A0%80", "/%C0%AF"] {
        for front_end in AS_SENT {
            let response = response(front_end, path).await;
            assert_eq!(response.status, 400, "{front_end:?}: {path}");
            assert_eq!(response.header("content-type"), Some("application/problem+json"));
            assert!(response.text().contains("UTF-8"), "{}", response.text());
        }
    }
}

#[tokio::test]
async fn segments_hold_any_characters() {
    let cases = [
        ("/caf%C3%A9/%F0%9F%A6%80", "unicode"),
        ("/caf%c3%a9/%f0%9f%a6%80", "unicode"),
        // As a client may not send it, and some do.
        ("/caf\u{e9}/\u{1f980}", "unicode"),
        ("/caf\u{e9}/%F0%9F%A6%80/", "unicode"),
        // The same to the eye, and another text.
        ("/cafe%CC%81/%F0%9F%A6%80", "two cafe\u{301} \u{1f980}"),
        ("/CAF%C3%89/x", "two CAF\u{c9} x"),
        ("/files/%E6%97%A5/%E6%9C%AC", "files \u{65e5}/\u{672c}"),
    ];
    all(&AS_SENT, &cases).await;
    all(&DECODED, &cases).await;
}

#[tokio::test]
async fn an_empty_segment_is_none_that_a_parameter_takes() {
    let cases = [
        ("/", "root"),
        ("//", "404"),
        ("//a", "404"),
        ("/a//", "404"),
        ("//a/b", "404"),
        ("/a//b", "404"),
        ("/a/", "one a"),
        // `files` is a segment as well as any other.
        ("/files", "one files"),
        ("/files/", "one files"),
        ("/files//", "404"),
        ("/files//a", "files /a"),
        ("/files/a//b", "files a//b"),
        ("/files///", "files //"),
    ];
    all(&AS_SENT, &cases).await;
    all(&DECODED, &cases).await;
}

#[tokio::test]
async fn what_is_left_keeps_its_last_slash() {
    let cases = [
        ("/files/a/", "files a/"),
        ("/files/a%20b/", "files a b/"),
        ("/files/a/%25/", "files a/%/"),
        ("/files/a//", "files a//"),
        ("/files/a%20b//", "files a b//"),
    ];
    all(&AS_SENT, &cases).await;
    all(&DECODED, &cases).await;
}

#[tokio::test]
async fn a_strict_path_has_an_empty_last_segment() {
    let app = TestApp::<app::App>::new();
    for front_end in AS_SENT.into_iter().chain(DECODED) {
        for (path, expected) in [
            ("/a", "one a"),
            ("/a/", "slash a"),
            ("/a%20b/", "slash a b"),
            ("/a//", "404"),
            ("/", "404"),
            ("//", "404"),
            ("/files/", "slash files"),
            ("/files//", "files /"),
            ("/files/a/", "files a/"),
            ("/files/%25/", "files %/"),
        ] {
            let response = app.invoke("strict", Request::get(path).through(front_end)).await.http();
            assert_eq!(told(&response), expected, "{front_end:?}: {path}");
        }
    }
}

#[tokio::test]
async fn a_long_path_is_a_path() {
    let long = "x".repeat(100_000);
    let deep = vec!["y"; 10_000].join("/");
    let encoded = "%C3%A9".repeat(10_000);
    for front_end in AS_SENT.into_iter().chain(DECODED) {
        assert_eq!(told(&response(front_end, &format!("/{long}")).await), format!("one {long}"));
        assert_eq!(
            told(&response(front_end, &format!("/{encoded}")).await),
            format!("one {}", "\u{e9}".repeat(10_000))
        );
        assert_eq!(told(&response(front_end, &format!("/files/{deep}")).await), format!("files {deep}"));
        assert_eq!(told(&response(front_end, &format!("/{deep}")).await), "404");
        assert_eq!(told(&response(front_end, &"/".repeat(10_000)).await), "404");
    }
}

#[tokio::test]
async fn the_stage_is_no_part_of_the_path() {
    let app = TestApp::<app::App>::new();
    for front_end in [FrontEnd::RestApi, FrontEnd::HttpApi1, FrontEnd::HttpApi] {
        let get = async |path: &str| {
            told(&app.invoke("api", Request::get(path).through(front_end).stage("prod")).await.http())
        };
        assert_eq!(get("/").await, "root", "{front_end:?}");
        assert_eq!(get("/a").await, "one a", "{front_end:?}");
        // Once, and as a whole segment.
        assert_eq!(get("/prod").await, "one prod", "{front_end:?}");
        assert_eq!(get("/prod/prod").await, "two prod prod", "{front_end:?}");
        assert_eq!(get("/production").await, "one production", "{front_end:?}");
        assert_eq!(get("/files/prod/a%20b/").await, "files prod/a b/", "{front_end:?}");
    }
    // A function URL has none, and its default stage is in no path.
    for front_end in [FrontEnd::FunctionUrl, FrontEnd::HttpApi] {
        assert_eq!(told(&response(front_end, "/$default/x").await), "two $default x");
    }
}
