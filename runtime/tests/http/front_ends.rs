//! Each front end's event, in the form that AWS documents, and what a handler is told of it.
//!
//! The forms of the files in `events`, whose values are this crate's own:
//!
//! - `rest`: <https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html>
//! - `http_api_1`, `http_api_2`:
//!   <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html>
//! - `function_url`: <https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html>
//! - `alb`, `alb_multi_value`, `alb_health_check`:
//!   <https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html>
//! - `lattice_1`, `lattice_2`: <https://docs.aws.amazon.com/vpc-lattice/latest/ug/lambda-functions.html>

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use lambkin::http::HttpRequest;
use lambkin::prelude::*;
use lambkin::testing::TestApp;
use lambkin::testing::http::Response;
use serde_json::{Value, json};

pub(crate) const EVENTS: [(&str, &str); 8] = [
    ("rest", include_str!("events/rest.json")),
    ("http_api_1", include_str!("events/http_api_1.json")),
    ("http_api_2", include_str!("events/http_api_2.json")),
    ("function_url", include_str!("events/function_url.json")),
    ("alb", include_str!("events/alb.json")),
    ("alb_multi_value", include_str!("events/alb_multi_value.json")),
    ("lattice_1", include_str!("events/lattice_1.json")),
    ("lattice_2", include_str!("events/lattice_2.json")),
];

/// The event of this name.
pub(crate) fn event(name: &str) -> Value {
    let (_, text) = EVENTS.iter().find(|(other, _)| *other == name).unwrap();
    serde_json::from_str(text).unwrap()
}

/// All that a handler can ask for.
#[handler(http)]
async fn seen(request: HttpRequest<'_>, #[query] tag: Vec<String>, #[query] page: Option<u8>) -> Json<Value> {
    let body = request.body().map(|body| String::from_utf8_lossy(body).into_owned());
    Json(json!({
        "front_end": format!("{:?}", request.front_end()),
        "method": request.method(),
        "path": request.path(),
        "query": request.query(),
        "tag": tag,
        "page": page,
        "accept": request.header("ACCEPT"),
        "kind": request.header("x-kind"),
        "cookies": [request.cookie("session"), request.cookie("theme"), request.cookie("other")],
        "cookie": request.header("Cookie"),
        "body": body.unwrap_or_else(|problem| problem.to_json()),
        "source_ip": request.source_ip(),
        "principal": request.principal(),
        "claims": request.claims::<Value>().map(Result::unwrap),
    }))
}

/// The request as other crates know it.
#[handler(http)]
async fn whole(request: http::Request<Vec<u8>>) -> String {
    let (parts, body) = request.into_parts();
    let all = |name: &str| {
        let values = parts.headers.get_all(name).iter();
        values.map(|value| value.to_str().unwrap()).collect::<Vec<_>>().join("|")
    };
    let body = String::from_utf8(body).unwrap();
    format!("{} {} {} {} {body}", parts.method, parts.uri, all("x-kind"), all("cookie"))
}

#[handler(http)]
async fn caller(claims: lambkin::http::Claims<Value>) -> Json<Value> {
    Json(claims.0)
}

mod app {
    use super::{caller, seen, whole};
    lambkin::app! { handlers: [seen, whole, caller] }
}

async fn send(handler: &str, event: &Value) -> Response {
    TestApp::<app::App>::new().invoke(handler, event.clone()).await.http()
}

async fn look(event: &Value) -> Value {
    let response = send("seen", event).await;
    assert_eq!(response.status, 200, "{}", response.text());
    response.json()
}

#[tokio::test]
async fn a_documented_event_is_told_as_the_request_that_it_was() {
    let decoded_query = "page=2&tag=a%20b&tag=c%2Bd&q%26a=%C3%A9%3D%25";
    let raw_query = "tag=a%20b&page=2&tag=c%2Bd&q%26a=%C3%A9%3D%25";
    let (sent, decoded) = ("/shop/caf%C3%A9/items", "/shop/café/items");
    let both = json!(["a b", "c+d"]);
    // Where names have one value, a load balancer hands the last one on.
    let last = json!(["c+d"]);
    let told = [
        ("rest", "RestApi", sent, decoded_query, &both, "a, b"),
        ("http_api_1", "HttpApi1", decoded, decoded_query, &both, "a, b"),
        ("http_api_2", "HttpApi", decoded, raw_query, &both, "a,b"),
        ("function_url", "FunctionUrl", sent, raw_query, &both, "a,b"),
        ("alb", "Alb { is_multi_value: false }", sent, "page=2&tag=c%2Bd&q%26a=%C3%A9%3D%25", &last, "b"),
        ("alb_multi_value", "Alb { is_multi_value: true }", sent, decoded_query, &both, "a, b"),
        ("lattice_1", "Lattice1", sent, raw_query, &both, "a,b"),
        ("lattice_2", "Lattice", sent, decoded_query, &both, "a, b"),
    ];
    for (name, front_end, path, query, tag, kind) in told {
        let seen = look(&event(name)).await;
        assert_eq!(seen["front_end"], front_end);
        assert_eq!((&seen["method"], &seen["path"]), (&json!("POST"), &json!(path)), "{name}");
        assert_eq!(sorted(&seen["query"]), sorted(&json!(query)), "{name}");
        assert_eq!((&seen["tag"], &seen["page"]), (tag, &json!(2)), "{name}");
        assert_eq!(seen["kind"], kind, "{name}");
        let accept = seen["accept"].as_str().unwrap().replace(' ', "");
        assert_eq!(accept, "application/json,text/html", "{name}");
        assert_eq!(seen["cookies"], json!(["31d4", "dark", null]), "{name}");
        assert_eq!(seen["cookie"], "session=31d4; theme=dark", "{name}");
        assert_eq!(seen["body"], r#"{"article":"pen"}"#, "{name}");
        assert_eq!(seen["source_ip"], "203.0.113.7", "{name}");
        assert_eq!(seen["claims"], Value::Null, "{name}");
        let role = "arn:aws:sts::123456789012:assumed-role/buyer/session";
        assert_eq!(seen["principal"], if name == "lattice_2" { json!(role) } else { Value::Null }, "{name}");
    }
}

/// JSON objects have no order, so neither has the query that one is made from.
fn sorted(query: &Value) -> Vec<&str> {
    let mut pairs: Vec<&str> = query.as_str().unwrap().split('&').collect();
    pairs.sort_unstable();
    pairs
}

#[tokio::test]
async fn a_whole_request_is_the_same_from_every_front_end() {
    for (name, _) in EVENTS {
        let response = send("whole", &event(name)).await;
        let text = response.text();
        assert_eq!(response.status, 200, "{name}: {text}");
        assert!(text.starts_with("POST /shop/caf%C3%A9/items?"), "{name}: {text}");
        assert!(text.contains("q%26a=%C3%A9%3D%25"), "{name}: {text}");
        assert!(text.contains("31d4"), "{name}: {text}");
        assert!(text.ends_with(r#"{"article":"pen"}"#), "{name}: {text}");
    }
}

#[tokio::test]
async fn a_health_check_is_a_request() {
    let event: Value = serde_json::from_str(include_str!("events/alb_health_check.json")).unwrap();
    let seen = look(&event).await;
    let told = json!(["Alb { is_multi_value: false }", "GET", "/", "", "", null]);
    let all = ["front_end", "method", "path", "query", "body", "source_ip"].map(|name| seen[name].clone());
    assert_eq!(json!(all), told);
}

#[tokio::test]
async fn a_body_is_what_the_event_says_that_it_is() {
    for (name, _) in EVENTS {
        let flag = if name == "lattice_1" { "is_base64_encoded" } else { "isBase64Encoded" };
        let body = async |body: Value, is_base64: bool| {
            let mut event = event(name);
            event["body"] = body;
            event[flag] = is_base64.into();
            let seen = look(&event).await;
            let whole = send("whole", &event).await.status;
            (seen["body"].as_str().unwrap().to_owned(), whole)
        };
        let is = |text: &str, status: u16| (text.to_owned(), status);
        assert_eq!(body(json!("a\n\"é\u{1f980}"), false).await, is("a\n\"é\u{1f980}", 200), "{name}");
        assert_eq!(body(json!(STANDARD.encode("é")), true).await, is("é", 200), "{name}");
        // Padding is not everyone's.
        assert_eq!(body(json!("w6k"), true).await, is("é", 200), "{name}");
        for empty in [Value::Null, json!("")] {
            assert_eq!(body(empty.clone(), false).await, is("", 200), "{name}");
            assert_eq!(body(empty, true).await, is("", 200), "{name}");
        }
        for (odd, is_base64, why) in [
            (json!("a b!"), true, "is not Base64"),
            (json!("w6k=="), true, "is not Base64"),
            (json!({"a": 1}), false, "is not a string"),
            (json!(7), true, "is not a string"),
        ] {
            let detail = format!(r#"{{"status":400,"title":"Bad Request","detail":"the request's body {why}"}}"#);
            assert_eq!(body(odd, is_base64).await, (detail, 400), "{name}");
        }
        let mut without = event(name);
        without.as_object_mut().unwrap().remove("body");
        assert_eq!(look(&without).await["body"], "", "{name}");
    }
}

#[tokio::test]
async fn a_stage_is_no_part_of_the_path() {
    let path = async |name: &str, domain: Option<&str>, path: &str| {
        let mut event = event(name);
        event["requestContext"]["stage"] = "prod".into();
        if let Some(domain) = domain {
            event["requestContext"]["domainName"] = domain.into();
        }
        let field = if name == "http_api_2" { "rawPath" } else { "path" };
        event[field] = path.into();
        look(&event).await["path"].as_str().unwrap().to_owned()
    };
    for name in ["http_api_1", "http_api_2"] {
        // On a custom domain API Gateway puts the stage there as well, whatever was mapped to it.
        for domain in [None, Some("shop.example.com")] {
            assert_eq!(path(name, domain, "/prod/items").await, "/items", "{name}");
            assert_eq!(path(name, domain, "/prod").await, "/", "{name}");
            assert_eq!(path(name, domain, "/prod/").await, "/", "{name}");
            assert_eq!(path(name, domain, "/prod/prod").await, "/prod", "{name}");
            assert_eq!(path(name, domain, "/products").await, "/products", "{name}");
            assert_eq!(path(name, domain, "/items/prod").await, "/items/prod", "{name}");
        }
    }
    // A REST API never has it there.
    assert_eq!(path("rest", None, "/prod/items").await, "/prod/items");
}

#[tokio::test]
async fn a_caller_is_whom_the_front_end_knows() {
    let token = json!({"sub": "ada", "scope": "read write"});
    let arn = "arn:aws:iam::123456789012:user/ada";
    let rest_iam = json!({"sourceIp": "203.0.113.7", "userArn": arn, "caller": "AIDA", "cognitoIdentityId": null});
    let pool = json!({"sourceIp": "203.0.113.7", "userArn": arn, "cognitoIdentityId": "eu-west-1:1"});
    let iam = json!({"iam": {"accessKey": "AKIA", "userArn": arn, "cognitoIdentity": null}});
    let cases = [
        // A JWT authoriser, a Lambda authoriser, an IAM one.
        ("http_api_2", "authorizer", json!({"jwt": {"claims": token, "scopes": ["read"]}}), "ada", token.clone()),
        ("http_api_2", "authorizer", json!({"lambda": {"principalId": "ada"}}), "ada", json!({"principalId": "ada"})),
        ("http_api_2", "authorizer", json!({"lambda": {"shop": 7}}), "", json!({"shop": 7})),
        ("http_api_2", "authorizer", iam.clone(), arn, iam.clone()),
        ("function_url", "authorizer", iam.clone(), arn, iam),
        ("http_api_1", "authorizer", json!({"claims": token, "scopes": ["read"]}), "ada", token.clone()),
        // A Cognito authoriser, and a Lambda one, whose context stands beside its principal.
        ("rest", "authorizer", json!({"claims": token}), "ada", token),
        (
            "rest",
            "authorizer",
            json!({"principalId": "ada", "claims": "7"}),
            "ada",
            json!({"principalId": "ada", "claims": "7"}),
        ),
        ("rest", "identity", rest_iam, arn, Value::Null),
        ("rest", "identity", pool, "eu-west-1:1", Value::Null),
    ];
    for (name, field, value, principal, claims) in cases {
        let mut event = event(name);
        event["requestContext"][field] = value.clone();
        let seen = look(&event).await;
        assert_eq!(seen["principal"].as_str().unwrap_or_default(), principal, "{name}: {value}");
        assert_eq!(seen["claims"], claims, "{name}: {value}");
        let caller = send("caller", &event).await;
        assert_eq!(caller.status, if claims.is_null() { 401 } else { 200 }, "{name}: {value}");
    }
    let mut event = event("alb");
    event["headers"]["x-amzn-oidc-identity"] = "ada".into();
    assert_eq!(look(&event).await["principal"], "ada");
}

#[tokio::test]
async fn fields_of_an_authoriser_without_anything_in_them_are_no_caller() {
    let nothing = [
        Value::Null,
        json!({}),
        json!({"claims": null, "scopes": null}),
        json!({"jwt": null, "lambda": null, "iam": null}),
        json!({"jwt": {"claims": null, "scopes": null}}),
        json!({"jwt": {}}),
        json!("ada"),
        json!(["ada"]),
        json!(true),
    ];
    for name in ["rest", "http_api_1", "http_api_2", "function_url"] {
        assert_eq!(send("caller", &event(name)).await.status, 401, "{name}");
        for authorizer in &nothing {
            let mut event = event(name);
            event["requestContext"]["authorizer"] = authorizer.clone();
            assert_eq!(send("caller", &event).await.status, 401, "{name}: {authorizer}");
            assert_eq!(look(&event).await["claims"], Value::Null, "{name}: {authorizer}");
        }
    }
}
