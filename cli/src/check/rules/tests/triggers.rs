//! What else invokes functions.

use super::*;

fn http(front_end: FrontEnd, route: Route) -> Http {
    Http { front_end, route, cors: Field::Absent, authorization: known_text("AWS_IAM") }
}

#[test]
fn requests_reach_the_handler() {
    let api = with(
        r#""trigger": {"source": "http"}, "cors": {"origins": ["https://a.example"]},
            "routes": [{"methods": ["GET"], "path": "/a"}]"#,
    );
    let get = || Route::Of { method: "GET".to_owned(), path: "/a".to_owned() };
    let mut of = Observed { functions: vec![function("fulfil")], ..Observed::default() };
    assert_eq!(codes(&api, &of), ["LC706"]);
    of = triggered(Trigger::Http(http(FrontEnd::HttpApi, Route::All)));
    assert_eq!(codes(&api, &of), [""; 0]);
    of = triggered(Trigger::Http(http(FrontEnd::HttpApi, get())));
    assert_eq!(codes(&api, &of), ["LC704"]);
    let cors =
        |origin: &str| Cors { origins: vec![origin.to_owned()], methods: vec!["*".to_owned()], ..Cors::default() };
    for (origin, expected) in [("https://a.example", &[][..]), ("*", &["LC703"])] {
        let answered = Http { cors: known(cors(origin)), ..http(FrontEnd::HttpApi, get()) };
        assert_eq!(codes(&api, &triggered(Trigger::Http(answered))), expected);
    }
    // Code without routes takes what it is sent.
    let one = triggered(Trigger::Http(http(FrontEnd::HttpApi, get())));
    assert_eq!(codes(&with(r#""trigger": {"source": "http"}"#), &one), [""; 0]);
    let any = Route::Of { method: "ANY".to_owned(), path: "/orders".to_owned() };
    let crossing = with(r#""trigger": {"source": "http"}, "cors": {"origins": ["https://a.example"]}"#);
    assert_eq!(codes(&crossing, &triggered(Trigger::Http(http(FrontEnd::HttpApi, any)))), [""; 0]);
    assert_eq!(codes(&crossing, &one), ["LC704"]);
    let open = Http { authorization: known_text("NONE"), ..http(FrontEnd::FunctionUrl, Route::All) };
    assert_eq!(codes(&api, &triggered(Trigger::Http(open))), ["LC707"]);
    let mut slow = triggered(Trigger::Http(http(FrontEnd::RestApi, Route::All)));
    assert_eq!(codes(&manifest(r#""trigger": {"source": "http"}"#), &slow), ["LC705"]);
    slow.functions[0].timeout = known(29);
    assert_eq!(codes(&manifest(r#""trigger": {"source": "http"}"#), &slow), [""; 0]);
}

#[test]
fn each_mistake_of_a_trigger_has_its_code() {
    let absent = || Field::Absent;
    let rule = |sources: &[&str], has_more| Trigger::Rule {
        bus: Field::Absent,
        sources: known(sources.iter().map(|name| (*name).to_owned()).collect()),
        detail_types: Field::Absent,
        has_more,
    };
    let bucket = |events: &str, prefix: &str| Trigger::Bucket {
        bucket: known(text("photos")),
        events: vec![known_text(events)],
        prefix: known_text(prefix),
        suffix: Field::Absent,
    };
    let mail = |kind: &str| Trigger::Mail { recipients: vec![known_text("a@b.c")], invocation: known_text(kind) };
    let s3 = r#""events": ["s3:ObjectCreated:*"], "prefix": "in/""#;
    let cases = [
        (source("sns", ""), rule(&[], false), vec!["LC801", "LC802"]),
        (source("sns", ""), Trigger::Topic { topic: absent_text() }, vec![]),
        (
            source("sns", r#""topic": "arn:aws:sns:eu-west-1:1:a""#),
            Trigger::Topic { topic: known(text("arn:aws:sns:eu-west-1:1:b")) },
            vec!["LC218"],
        ),
        (source("eventbridge", r#""source": ["a"]"#), rule(&["a"], false), vec![]),
        (source("eventbridge", r#""source": ["a"]"#), rule(&["b"], false), vec!["LC805"]),
        (source("eventbridge", r#""source": ["a"]"#), rule(&["a"], true), vec!["LC813"]),
        (source("s3", s3), bucket("s3:ObjectCreated:*", "in/"), vec![]),
        (source("s3", s3), bucket("s3:ObjectCreated:*", "out/"), vec!["LC806"]),
        (source("s3", s3), bucket("s3:ObjectRemoved:*", "in/"), vec!["LC806"]),
        (
            source("cloudwatch_logs", r#""filter": "ERROR""#),
            Trigger::LogGroup { group: absent_text(), filter: known_text("") },
            vec!["LC807"],
        ),
        (source("iot", r#""sql": "SELECT 1""#), Trigger::Devices { sql: known_text("SELECT  1") }, vec![]),
        (source("iot", r#""sql": "SELECT 1""#), Trigger::Devices { sql: known_text("SELECT 2") }, vec!["LC808"]),
        (source("ses", ""), mail("RequestResponse"), vec![]),
        (source("ses", ""), mail("Event"), vec!["LC809"]),
        (source("ses", r#""recipients": ["c@b.c"]"#), mail("RequestResponse"), vec!["LC810"]),
        (
            source("schedule", r#""expression": "rate(1 day)""#),
            Trigger::Schedule { expression: absent(), timezone: absent(), enabled: Field::Absent },
            vec!["LC803"],
        ),
    ];
    for (manifest, trigger, expected) in cases {
        let shown = format!("{trigger:?}");
        assert_eq!(codes(&manifest, &triggered(trigger)), expected, "{shown}");
    }
    let of = Observed { functions: vec![function("fulfil")], ..Observed::default() };
    assert_eq!(codes(&source("s3", s3), &of), ["LC812"]);
    assert_eq!(codes(&source("schedule", r#""expression": "rate(1 day)""#), &of), ["LC801"]);
    assert_eq!(codes(&source("schedule", ""), &of), [""; 0]);

    let mut writes = triggered(bucket("s3:ObjectCreated:*", ""));
    writes.functions[0].permissions.statements.push(statement(&["s3:PutObject"], "arn:aws:s3:::photos/*"));
    assert_eq!(codes(&source("s3", ""), &writes), ["LC811"]);
}

fn absent_text() -> Field<Text> {
    Field::Absent
}
