//! The rules on what a reader would say.

use std::rc::Rc;

use super::check;
use crate::check::codes::ALL;
use crate::check::observed::{
    Attribute, Cors, Environment, Field, FrontEnd, Function, Http, Mapping, Observed, Part, Permissions, Place, Polled,
    Queue, Route, Statement, Table, Target, Text, Trigger, Triggered, Unread, Variable,
};
use crate::manifest::Manifest;

pub(super) fn place(path: &str) -> Place {
    Place { file: Rc::from("template.yaml"), line: Some(1), column: Some(1), path: path.to_owned() }
}

pub(super) fn known<T>(value: T) -> Field<T> {
    Field::Known(value, place("Resources.X"))
}

pub(super) fn text(text: &str) -> Text {
    Text(vec![Part::Literal(text.to_owned())])
}

pub(super) fn function(handler: &str) -> Function {
    Function {
        address: handler.to_owned(),
        place: place("Resources.F"),
        name: Field::Absent,
        handler: known(handler.to_owned()),
        runtime: known("provided.al2023".to_owned()),
        architecture: Field::Default("x86_64".to_owned()),
        memory: known(256),
        timeout: known(30),
        environment: Default::default(),
        layers: Vec::new(),
        permissions: Permissions { unread: Some(place("Resources.R")), ..Default::default() },
        reserved_concurrency: Field::Absent,
        provisioned_concurrency: Field::Absent,
        tracing: Field::Default("PassThrough".to_owned()),
        log_format: known("JSON".to_owned()),
    }
}

pub(super) fn mapping(function: &str, kind: Polled, source: Text) -> Mapping {
    Mapping {
        place: place("Resources.M"),
        function: Target::Function(function.to_owned()),
        source: known(source),
        kind: Some(kind),
        enabled: Field::Default(true),
        batch_size: known(10),
        window: Field::Absent,
        reports_failures: known(true),
        starting_position: Field::Absent,
        parallelization_factor: Field::Absent,
        maximum_retry_attempts: Field::Default(-1),
        maximum_record_age: Field::Default(-1),
        bisect: Field::Absent,
        tumbling_window: Field::Absent,
        maximum_concurrency: Field::Absent,
        minimum_pollers: Field::Absent,
        maximum_pollers: Field::Absent,
        topics: Vec::new(),
        consumer_group: Field::Absent,
        queues: Vec::new(),
        on_failure: Field::Absent,
        filters: None,
    }
}

pub(super) fn queue(name: &str) -> Queue {
    Queue {
        address: name.to_owned(),
        place: place("Resources.Q"),
        name: known(text(name)),
        is_fifo: Field::Default(false),
        deduplicates_by_content: Field::Default(false),
        visibility_timeout: known(180),
        retention: Field::Default(345_600),
        dead_letters: known(text("arn:aws:sqs:eu-west-1:123456789012:dead")),
        max_receive_count: known(3),
    }
}

pub(super) fn manifest(rest: &str) -> Manifest {
    let text = format!(r#"{{"version": 1, "functions": [{{"name": "fulfil", "package": "p", {rest}}}]}}"#);
    Manifest::parse(&text, "it").unwrap_or_else(|error| panic!("{error}\n{text}"))
}

/// The codes of what is found.
pub(super) fn codes(manifest: &Manifest, observed: &Observed) -> Vec<&'static str> {
    let mut codes: Vec<&str> = check(manifest, observed, &place("")).iter().map(|finding| finding.rule.code).collect();
    codes.sort_unstable();
    codes
}

const SQS: &str = r#""timeout": 30, "memory": 256, "report_batch_item_failures": true,
    "trigger": {"source": "sqs", "settings": {"queue": "orders", "batch_size": 10}}"#;

fn orders() -> Observed {
    let of = Text(vec![Part::Of { address: "orders".to_owned(), attribute: Attribute::Arn }]);
    Observed {
        functions: vec![function("fulfil")],
        mappings: vec![mapping("fulfil", Polled::Sqs, of)],
        queues: vec![queue("orders")],
        ..Observed::default()
    }
}

#[test]
fn what_is_right_is_left_alone() {
    assert_eq!(codes(&manifest(SQS), &orders()), [""; 0]);
}

type Mistake = fn(&mut Observed);

#[test]
fn each_mistake_has_its_code() {
    let mistakes: [(Mistake, &str); 17] = [
        (|of| of.functions[0].memory = known(128), "LC107"),
        (|of| of.functions[0].memory = Field::Default(128), "LC107"),
        (|of| of.functions[0].timeout = known(29), "LC108"),
        (|of| of.functions[0].runtime = known("provided.al2".to_owned()), "LC105"),
        (|of| of.functions[0].runtime = known("nodejs22.x".to_owned()), "LC104"),
        (|of| of.mappings[0].reports_failures = Field::Absent, "LC201"),
        (|of| of.mappings[0].enabled = known(false), "LC205"),
        (|of| of.mappings[0].batch_size = known(5), "LC206"),
        (|of| of.mappings[0].maximum_concurrency = known(1), "LC210"),
        (|of| of.mappings[0].kind = Some(Polled::Kinesis), "LC204"),
        (|of| of.mappings.clear(), "LC203"),
        (|of| of.queues[0].visibility_timeout = known(29), "LC301"),
        (|of| of.queues[0].visibility_timeout = Field::Default(30), "LC302"),
        (|of| of.queues[0].dead_letters = Field::Absent, "LC306"),
        (|of| of.queues[0].max_receive_count = known(1), "LC308"),
        (|of| of.queues[0].is_fifo = known(true), "LC303"),
        (|of| of.functions[0].log_format = known("Text".to_owned()), "LC112"),
    ];
    for (mistake, code) in mistakes {
        let mut observed = orders();
        mistake(&mut observed);
        assert_eq!(codes(&manifest(SQS), &observed), [code]);
    }
}

/// What else invokes `fulfil`.
fn triggered(by: Trigger) -> Observed {
    let triggers = vec![Triggered { place: place("Resources.T"), function: Target::Function("fulfil".to_owned()), by }];
    Observed { functions: vec![function("fulfil")], triggers, ..Observed::default() }
}

fn variable(name: &str, value: &str) -> Variable {
    Variable { name: name.to_owned(), value: known(text(value)), place: place("Resources.F.Environment") }
}

fn statement(actions: &[&str], resource: &str) -> Statement {
    Statement {
        is_allow: true,
        actions: actions.iter().map(|action| known((*action).to_owned())).collect(),
        not_actions: Vec::new(),
        resources: vec![known(text(resource))],
        not_resources: Vec::new(),
        has_condition: false,
        is_generated: false,
        place: place("Resources.R"),
    }
}

fn with(rest: &str) -> Manifest {
    manifest(&format!(r#""timeout": 30, "memory": 256, {rest}"#))
}

fn source(source: &str, settings: &str) -> Manifest {
    with(&format!(r#""trigger": {{"source": "{source}", "settings": {{{settings}}}}}"#))
}

fn known_text(text: &str) -> Field<String> {
    known(text.to_owned())
}

#[test]
fn functions_and_handlers_find_each_other() {
    let two = r#"{"version": 1, "functions": [
        {"name": "fulfil", "package": "p", "trigger": {"source": "invoke"}},
        {"name": "report", "package": "p", "trigger": {"source": "invoke"}}]}"#;
    let two = Manifest::parse(two, "it").unwrap();
    let of = |handlers: &[&str]| Observed {
        functions: handlers.iter().map(|handler| function(handler)).collect(),
        ..Observed::default()
    };
    assert_eq!(codes(&two, &of(&["fulfil", "report"])), [""; 0]);
    // Two functions may run one handler, and others are another binary's.
    assert_eq!(codes(&two, &of(&["fulfil", "fulfil", "report", "thumbnails"])), [""; 0]);
    assert_eq!(codes(&two, &of(&["fulfil"])), ["LC102"]);
    assert_eq!(codes(&two, &of(&["fulfil", "reports"])), ["LC101"]);
    assert_eq!(codes(&two, &of(&["fulfil", "thumbnails"])), ["LC101", "LC102"]);
    assert_eq!(codes(&two, &of(&["fulfil", "bootstrap"])), ["LC103"]);
    // The function's own name is the last that is looked at, and a variable the first.
    let mut by_name = of(&["fulfil", "bootstrap"]);
    by_name.functions[1].name = known(text("report"));
    assert_eq!(codes(&two, &by_name), [""; 0]);
    let mut by_variable = of(&["fulfil", "fulfil"]);
    by_variable.functions[1].environment.variables.push(variable("LAMBKIN_HANDLER", "report"));
    assert_eq!(codes(&two, &by_variable), [""; 0]);
    // A part that is not read may hold it.
    let mut unread = of(&["fulfil"]);
    unread.unread.push(Unread { what: "the nested stack".to_owned(), place: place("Resources.N") });
    assert_eq!(codes(&two, &unread), [""; 0]);
    // One handler is run under any name.
    assert_eq!(codes(&manifest(r#""trigger": {"source": "invoke"}"#), &of(&["bootstrap"])), [""; 0]);
}

#[test]
fn the_margin_is_below_the_template_s_timeout() {
    let margin = manifest(r#""deadline_margin_ms": 30000, "trigger": {"source": "invoke"}"#);
    let of = Observed { functions: vec![function("fulfil")], ..Observed::default() };
    assert_eq!(codes(&margin, &of), ["LC110"]);
}

#[test]
fn each_mistake_of_a_stream_has_its_code() {
    let stream = r#""report_batch_item_failures": true, "trigger": {"source": "dynamodb", "settings": {
        "table": "arn:aws:dynamodb:eu-west-1:1:table/t/stream/1", "view": "NEW_IMAGE", "maximum_retry_attempts": 5}}"#;
    let right = || {
        let of = Text(vec![Part::Of { address: "t".to_owned(), attribute: Attribute::StreamArn }]);
        let mut mapping = mapping("fulfil", Polled::DynamoDb, of);
        mapping.starting_position = known_text("LATEST");
        mapping.maximum_retry_attempts = known(5);
        mapping.on_failure = known(text("arn:aws:sqs:eu-west-1:1:q"));
        let table = Table {
            address: "t".to_owned(),
            place: place("Resources.T"),
            name: Field::Absent,
            partition_key: known_text("k"),
            sort_key: Field::Absent,
            ttl: Field::Absent,
            stream: known_text("NEW_AND_OLD_IMAGES"),
        };
        Observed {
            functions: vec![function("fulfil")],
            mappings: vec![mapping],
            tables: vec![table],
            ..Observed::default()
        }
    };
    assert_eq!(codes(&with(stream), &right()), [""; 0]);
    let mistakes: [(Mistake, &[&str]); 6] = [
        (|of| of.mappings[0].starting_position = Field::Absent, &["LC211"]),
        (|of| of.mappings[0].maximum_retry_attempts = Field::Default(-1), &["LC212"]),
        (|of| of.tables[0].stream = known_text("KEYS_ONLY"), &["LC215"]),
        (|of| of.mappings[0].on_failure = Field::Absent, &["LC219"]),
        (|of| of.mappings[0].source = known(text("arn:aws:dynamodb:eu-west-1:1:table/t/stream/2")), &["LC218"]),
        (|of| of.mappings[0].tumbling_window = known(60), &["LC214"]),
    ];
    for (mistake, expected) in mistakes {
        let mut observed = right();
        mistake(&mut observed);
        assert_eq!(codes(&with(stream), &observed), expected);
    }
    let mut endless = right();
    endless.mappings[0].maximum_retry_attempts = Field::Default(-1);
    assert_eq!(codes(&with(&stream.replace(r#", "maximum_retry_attempts": 5"#, "")), &endless), ["LC213"]);
}

#[test]
fn kafka_reports_failures_in_provisioned_mode() {
    let kafka =
        r#""report_batch_item_failures": true, "trigger": {"source": "kafka", "settings": {"topic": "orders"}}"#;
    let mut mapping = mapping("fulfil", Polled::Kafka, text("arn:aws:kafka:eu-west-1:1:cluster/c/u"));
    mapping.starting_position = known_text("LATEST");
    mapping.topics = vec![known_text("orders")];
    mapping.minimum_pollers = known(1);
    let mut of = Observed { functions: vec![function("fulfil")], mappings: vec![mapping], ..Observed::default() };
    assert_eq!(codes(&with(kafka), &of), [""; 0]);
    of.mappings[0].minimum_pollers = Field::Absent;
    assert_eq!(codes(&with(kafka), &of), ["LC217"]);
    of.mappings[0].minimum_pollers = known(1);
    of.mappings[0].topics = vec![known_text("other")];
    assert_eq!(codes(&with(kafka), &of), ["LC216"]);
}

#[test]
fn fifo_queues_are_what_the_attribute_says() {
    let fifo = SQS.replace("\"orders\"", "\"orders.fifo\"");
    let mut of = orders();
    assert_eq!(codes(&manifest(&fifo), &of), ["LC304"]);
    of.queues[0].name = known(text("orders.fifo"));
    of.queues[0].is_fifo = known(true);
    assert_eq!(codes(&manifest(&fifo), &of), [""; 0]);
    assert_eq!(codes(&manifest(SQS), &of), ["LC305"]);
    of.queues[0].deduplicates_by_content = known(true);
    assert_eq!(codes(&manifest(&fifo), &of), ["LC312"]);
    of.queues[0].deduplicates_by_content = Field::Absent;
    of.mappings[0].window = known(1);
    of.queues[0].visibility_timeout = known(181);
    assert_eq!(codes(&manifest(&fifo), &of), ["LC208"]);
    of.mappings[0].window = Field::Absent;
    of.mappings[0].batch_size = known(11);
    assert_eq!(codes(&manifest(&fifo.replace(": 10}", ": 11}")), &of), ["LC208"]);
}

#[test]
fn what_is_reported_and_what_is_filtered() {
    let whole = SQS.replace("\"report_batch_item_failures\": true", "\"report_batch_item_failures\": false");
    assert_eq!(codes(&manifest(&whole), &orders()), ["LC202"]);
    let mut filtered = orders();
    filtered.mappings[0].filters = Some(place("Resources.M.Filters"));
    assert_eq!(codes(&manifest(SQS), &filtered), ["LC220"]);
}

#[test]
fn what_is_not_known_is_not_wrong() {
    let unknown = || place("Resources.X");
    let changes: [Mistake; 7] = [
        |of| of.functions[0].memory = Field::Unknown(place("")),
        |of| of.functions[0].timeout = Field::Unknown(place("")),
        |of| of.functions[0].runtime = Field::Unknown(place("")),
        |of| of.mappings[0].reports_failures = Field::Unknown(place("")),
        |of| of.mappings[0].source = Field::Unknown(place("")),
        |of| of.queues[0].visibility_timeout = Field::Unknown(place("")),
        |of| of.queues[0].dead_letters = Field::Unknown(place("")),
    ];
    for change in changes {
        let mut observed = orders();
        change(&mut observed);
        assert_eq!(codes(&manifest(SQS), &observed), [""; 0]);
    }
    let mut open = Observed { functions: vec![function("fulfil")], ..Observed::default() };
    let needs =
        with(r#""trigger": {"source": "invoke"}, "config": {"variables": [{"name": "TABLE", "required": true}]}"#);
    assert_eq!(codes(&needs, &open), ["LC501"]);
    open.functions[0].environment = Environment { is_open: true, place: Some(unknown()), ..Environment::default() };
    assert_eq!(codes(&needs, &open), [""; 0]);
}

#[test]
fn a_role_may_do_what_is_needed_and_no_more() {
    let of = |statements: Vec<Statement>| {
        let mut observed = Observed { functions: vec![function("fulfil")], ..Observed::default() };
        observed.functions[0].permissions = Permissions { statements, place: None, unread: None };
        observed
    };
    let logs = || statement(&["logs:*Log*"], "*");
    let reads = with(
        r#""trigger": {"source": "invoke"}, "config": {"secrets": [{"name": "db"}], "parameters": [{"name": "/a"}]}"#,
    );
    let secret = |resource: &str| statement(&["secretsmanager:Get*"], resource);
    let parameter = || statement(&["ssm:GetParameters"], "arn:aws:ssm:*:*:parameter/a");
    let found = |statements: Vec<Statement>| codes(&reads, &of(statements));
    assert_eq!(
        found(vec![logs(), secret("arn:aws:secretsmanager:eu-west-1:1:secret:db-??????"), parameter()]),
        [""; 0]
    );
    assert_eq!(found(vec![logs(), parameter()]), ["LC402"]);
    assert_eq!(found(vec![logs(), secret("arn:aws:secretsmanager:*:*:secret:d*")]), ["LC403"]);
    assert_eq!(found(vec![secret("arn:aws:secretsmanager:*:*:secret:d*"), parameter()]), ["LC404"]);
    assert_eq!(found(vec![logs(), secret("*"), parameter()]), ["LC407"]);
    assert_eq!(found(vec![statement(&["*"], "*")]), ["LC406"]);
    let generated = Statement { is_generated: true, ..statement(&["*"], "*") };
    assert_eq!(found(vec![generated]), [""; 0]);
    let denied = Statement { is_allow: false, ..statement(&["secretsmanager:*"], "*") };
    assert_eq!(found(vec![logs(), secret("arn:aws:secretsmanager:*:*:secret:d*"), parameter(), denied]), ["LC402"]);
    let others = Statement { not_actions: vec![known_text("iam:*")], actions: Vec::new(), ..statement(&[], "*") };
    assert_eq!(found(vec![others]), [""; 0]);
    let mut traced = of(vec![logs()]);
    traced.functions[0].tracing = known_text("Active");
    assert_eq!(codes(&source("invoke", ""), &traced), ["LC405"]);
}

#[test]
fn environments_are_held_to_lambda_s_limits() {
    let mut of = Observed { functions: vec![function("fulfil")], ..Observed::default() };
    of.functions[0].environment.variables.push(variable("LONG", &"x".repeat(4097)));
    assert_eq!(codes(&source("invoke", ""), &of), ["LC505"]);
    of.functions[0].environment.variables[0] = variable("A", "x");
    assert_eq!(codes(&source("invoke", ""), &of), ["LC504"]);
    of.functions[0].environment.variables[0] = variable("DATABASE_URL", "postgres://app:hunter2@host/db");
    assert_eq!(codes(&source("invoke", ""), &of), ["LC503"]);
    for plain in ["postgres://host/db", "arn:aws:secretsmanager:eu-west-1:1:secret:a"] {
        of.functions[0].environment.variables[0] = variable("DATABASE_URL", plain);
        assert_eq!(codes(&source("invoke", ""), &of), [""; 0]);
    }
}

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

#[test]
fn concurrency_is_what_the_attribute_says() {
    let limited = with(r#""trigger": {"source": "invoke"}, "reserved_concurrency": 10, "provisioned_concurrency": 5"#);
    let of = |reserved: Field<u64>, provisioned: Field<u64>| {
        let mut observed = Observed { functions: vec![function("fulfil")], ..Observed::default() };
        observed.functions[0].reserved_concurrency = reserved;
        observed.functions[0].provisioned_concurrency = provisioned;
        codes(&limited, &observed)
    };
    assert_eq!(of(known(10), known(5)), [""; 0]);
    assert_eq!(of(known(10), Field::Absent), ["LC903"]);
    assert_eq!(of(known(10), known(11)), ["LC903", "LC904"]);
    assert_eq!(of(Field::Absent, known(5)), ["LC902"]);
    assert_eq!(of(known(0), known(5)), ["LC901"]);
}

/// Each rule is seen to find something, here or in a template of `tests/check`.
#[test]
fn each_rule_has_a_test() {
    let tests = [include_str!("tests.rs"), include_str!("../../../tests/check/mistakes.rs")];
    for rule in ALL {
        assert!(tests.iter().any(|tests| tests.contains(rule.code)), "{}", rule.code);
    }
}
