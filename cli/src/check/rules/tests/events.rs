//! Events that nobody waits for.

use super::*;
use crate::check::observed::{Destination, EventInvokeConfig};

const NOTHING: [&str; 0] = [];

fn arn(name: &str) -> Text {
    text(&format!("arn:aws:sqs:eu-west-1:123456789012:{name}"))
}

fn alias(qualifier: &str) -> Target {
    Target::Function("fulfil".to_owned()).qualified(Some(text(qualifier)))
}

fn unknown(written: &str) -> Target {
    let qualifier = Text(vec![Part::Unknown(written.to_owned())]);
    Target::Function("fulfil".to_owned()).qualified(Some(qualifier))
}

fn config(function: Target, on_failure: Field<Text>) -> EventInvokeConfig {
    EventInvokeConfig {
        place: place("Resources.C"),
        function,
        maximum_retry_attempts: Field::Default(2),
        maximum_event_age: Field::Default(21_600),
        on_failure,
    }
}

/// A topic that invokes this, with these configurations and nothing else that takes what is given up.
fn notified(invoked: Target, configs: Vec<EventInvokeConfig>) -> Observed {
    let mut observed = triggered(Trigger::Topic { topic: Field::Absent });
    observed.triggers[0].function = invoked;
    observed.functions[0].dead_letters = Field::Absent;
    observed.event_invoke_configs = configs;
    observed
}

fn itself() -> Target {
    Target::Function("fulfil".to_owned())
}

fn sns() -> Manifest {
    source("sns", "")
}

#[test]
fn what_is_given_up_is_told_of_or_lost() {
    let lost = notified(itself(), Vec::new());
    assert_eq!(codes(&sns(), &lost), ["LC815"]);
    assert_eq!(codes(&sns(), &notified(itself(), vec![config(itself(), Field::Absent)])), ["LC815"]);
    assert_eq!(codes(&sns(), &notified(itself(), vec![config(itself(), known(arn("failures")))])), NOTHING);
    // What is not known may well be there.
    let parameter = || Field::Unknown(place("Resources.C"));
    assert_eq!(codes(&sns(), &notified(itself(), vec![config(itself(), parameter())])), NOTHING);
    let mut letters = lost;
    letters.functions[0].dead_letters = known(arn("dead"));
    assert_eq!(codes(&sns(), &letters), NOTHING);
    letters.functions[0].dead_letters = parameter();
    assert_eq!(codes(&sns(), &letters), NOTHING);
    // Lambda sends nothing to FIFO queues and topics.
    letters.functions[0].dead_letters = known(arn("dead.fifo"));
    assert_eq!(codes(&sns(), &letters), ["LC815"]);
    let of = Text(vec![Part::Of { address: "failures".to_owned(), attribute: Attribute::Arn }]);
    let mut fifo = notified(itself(), vec![config(itself(), known(of))]);
    fifo.queues = vec![Queue { is_fifo: known(true), ..queue("failures") }];
    assert_eq!(codes(&sns(), &fifo), ["LC815"]);
    fifo.queues[0].is_fifo = known(false);
    assert_eq!(codes(&sns(), &fifo), NOTHING);
    fifo.queues.clear();
    let topic = |is_fifo| Destination { address: "failures".to_owned(), service: "sns", is_fifo: known(is_fifo) };
    for (is_fifo, expected) in [(true, &["LC815"][..]), (false, &[])] {
        fifo.destinations = vec![topic(is_fifo)];
        assert_eq!(codes(&sns(), &fifo), expected, "{is_fifo}");
    }
    // A parameter that is left empty.
    assert_eq!(codes(&sns(), &notified(itself(), vec![config(itself(), known(text("")))])), ["LC815"]);
}

#[test]
fn only_what_nobody_waits_for_is_lost() {
    let without = |by: Trigger| {
        let mut observed = triggered(by);
        observed.functions[0].dead_letters = Field::Absent;
        observed
    };
    let topic = || Trigger::Topic { topic: Field::Absent };
    let schedule = || Trigger::Schedule { expression: Field::Absent, timezone: Field::Absent, enabled: Field::Absent };
    let mail = |kind: &str| Trigger::Mail { recipients: Vec::new(), invocation: known_text(kind) };
    let url = || {
        let authorization = known_text("AWS_IAM");
        Trigger::Http(Http { front_end: FrontEnd::FunctionUrl, route: Route::All, cors: Field::Absent, authorization })
    };
    for (source_name, by, expected) in [
        ("event", topic(), &["LC815"][..]),
        ("invoke", schedule(), &["LC815"]),
        ("event", url(), &[]),
        ("event", mail("Event"), &["LC815"]),
        ("event", mail("RequestResponse"), &[]),
        ("http", url(), &[]),
        ("ses", mail("RequestResponse"), &[]),
        ("ses", mail("Event"), &["LC809"]),
        // Each of these events fails, which is said.
        ("http", topic(), &["LC706", "LC802"]),
    ] {
        let name = format!("{source_name} {by:?}");
        assert_eq!(codes(&source(source_name, ""), &without(by)), expected, "{name}");
    }
    assert_eq!(codes(&sns(), &without(url())), ["LC801", "LC802"]);
    // Whoever invokes it is elsewhere, and does not wait.
    let mut alone = without(topic());
    alone.triggers.clear();
    assert_eq!(codes(&sns(), &alone), ["LC801", "LC815"]);
    assert_eq!(codes(&source("invoke", ""), &alone), NOTHING);
    assert_eq!(codes(&source("event", ""), &alone), NOTHING);
    // And may invoke whichever alias has a configuration.
    alone.event_invoke_configs = vec![config(alias("live"), known(arn("failures")))];
    assert_eq!(codes(&sns(), &alone), ["LC801"]);
}

#[test]
fn a_configuration_is_for_what_is_invoked() {
    let told = |invoked: Target, of: Target| notified(invoked, vec![config(of, known(arn("failures")))]);
    let expression = || alias("$LATEST");
    let version = |number: Part| Target::Function("fulfil".to_owned()).qualified(Some(Text(vec![number])));
    let of_version = || Part::Of { address: "V".to_owned(), attribute: Attribute::Other("Version".to_owned()) };
    let cases = [
        (itself(), itself(), true),
        (itself(), expression(), true),
        (alias("live"), alias("live"), true),
        (itself(), alias("live"), false),
        (alias("live"), itself(), false),
        (alias("live"), alias("old"), false),
        // What is not known may be the same.
        (alias("live"), unknown("Alias"), true),
        (unknown("Alias"), alias("live"), true),
        (itself(), unknown("Alias"), true),
        (unknown("Alias"), itself(), true),
        // An alias may be of the version.
        (alias("live"), alias("3"), true),
        (alias("live"), version(of_version()), true),
        (itself(), alias("3"), false),
        (itself(), version(of_version()), false),
    ];
    for (invoked, of, holds) in cases {
        let name = format!("{invoked:?} {of:?}");
        let expected: &[&str] = if holds { &[] } else { &["LC815"] };
        assert_eq!(codes(&sns(), &told(invoked, of)), expected, "{name}");
    }
    // Two ways in, of which one has none.
    let mut both = told(alias("live"), alias("live"));
    let second = triggered(Trigger::Topic { topic: Field::Absent });
    both.triggers.extend(second.triggers);
    assert_eq!(codes(&sns(), &both), ["LC815"]);
}

#[test]
fn retries_are_those_of_the_attribute() {
    let with = |change: fn(&mut EventInvokeConfig)| {
        let mut one = config(itself(), known(arn("failures")));
        change(&mut one);
        notified(itself(), vec![one])
    };
    let attempts = || source("sns", r#""maximum_retry_attempts": 0"#);
    let age = || source("sns", r#""maximum_event_age": 60"#);
    let right = with(|one| {
        one.maximum_retry_attempts = known(0);
        one.maximum_event_age = known(60);
    });
    for manifest in [attempts(), age(), sns()] {
        assert_eq!(codes(&manifest, &right), NOTHING);
    }
    assert_eq!(codes(&attempts(), &with(|one| one.maximum_retry_attempts = known(1))), ["LC816"]);
    assert_eq!(codes(&age(), &with(|one| one.maximum_event_age = known(61))), ["LC816"]);
    // Where nothing is written, it is Lambda's own.
    assert_eq!(codes(&attempts(), &with(|_| {})), ["LC816"]);
    assert_eq!(codes(&age(), &with(|_| {})), ["LC816"]);
    let own = source("sns", r#""maximum_retry_attempts": 2, "maximum_event_age": 21600"#);
    assert_eq!(codes(&own, &with(|_| {})), NOTHING);
    assert_eq!(codes(&attempts(), &with(|one| one.maximum_retry_attempts = Field::Unknown(place("")))), NOTHING);
    // Without a configuration too; with one that may be for what is invoked, nothing is known.
    let mut none = with(|_| {});
    none.event_invoke_configs.clear();
    none.functions[0].dead_letters = known(arn("dead"));
    assert_eq!(codes(&attempts(), &none), ["LC816"]);
    none.event_invoke_configs = vec![config(unknown("Alias"), Field::Absent)];
    assert_eq!(codes(&attempts(), &none), NOTHING);
    // Whatever invokes it from elsewhere, this is for it.
    none.triggers.clear();
    assert_eq!(codes(&attempts(), &none), ["LC801", "LC816"]);
}

#[test]
fn what_lambda_refuses_is_an_error() {
    let with = |attempts: u64, age: u64| {
        let mut one = config(itself(), known(arn("failures")));
        (one.maximum_retry_attempts, one.maximum_event_age) = (known(attempts), known(age));
        notified(itself(), vec![one])
    };
    for (attempts, age, expected) in
        [(0, 60, &[][..]), (2, 21_600, &[]), (3, 60, &["LC817"]), (0, 59, &["LC817"]), (0, 21_601, &["LC817"])]
    {
        assert_eq!(codes(&sns(), &with(attempts, age)), expected, "{attempts} {age}");
    }
}

/// Of what could not be read, a part may be the configuration.
#[test]
fn what_may_be_elsewhere_is_not_missing() {
    let mut observed = notified(itself(), Vec::new());
    observed.unread = vec![Unread { what: "the nested stack N".to_owned(), place: place("Resources.N") }];
    assert_eq!(codes(&sns(), &observed), NOTHING);
    observed.unread.clear();
    observed.event_invoke_configs = vec![config(Target::Elsewhere, Field::Absent)];
    assert_eq!(codes(&sns(), &observed), NOTHING);
}

#[test]
fn the_role_may_tell_what_is_told() {
    let with = |destination: Text, statements: Vec<Statement>| {
        let mut observed = notified(itself(), vec![config(itself(), known(destination))]);
        let logs = Statement { is_generated: true, ..statement(&["logs:PutLogEvents"], "*") };
        let statements = statements.into_iter().chain([logs]).collect();
        observed.functions[0].permissions = Permissions { statements, ..Default::default() };
        observed
    };
    let function = "arn:aws:lambda:eu-west-1:1:function:failed";
    let bus = "arn:aws:events:eu-west-1:1:event-bus/failed";
    let topic = "arn:aws:sns:eu-west-1:1:failed";
    for (destination, action) in [
        ("arn:aws:sqs:eu-west-1:1:failed", "sqs:SendMessage"),
        (topic, "sns:Publish"),
        (function, "lambda:InvokeFunction"),
        (bus, "events:PutEvents"),
    ] {
        assert_eq!(codes(&sns(), &with(text(destination), Vec::new())), ["LC408"], "{destination}");
        let allowed = vec![statement(&[action], destination)];
        assert_eq!(codes(&sns(), &with(text(destination), allowed)), NOTHING, "{destination}");
        let other = vec![statement(&["sqs:ReceiveMessage"], destination)];
        assert_eq!(codes(&sns(), &with(text(destination), other)), ["LC408"], "{destination}");
    }
    let both = vec![
        statement(&["s3:ListBucket"], "arn:aws:s3:::failed"),
        statement(&["s3:PutObject"], "arn:aws:s3:::failed/*"),
    ];
    assert_eq!(codes(&sns(), &with(text("arn:aws:s3:::failed"), both)), NOTHING);
    // The function's own dead-letter queue takes the same.
    let mut letters = with(text(topic), vec![statement(&["sns:Publish"], topic)]);
    letters.functions[0].dead_letters = known(arn("dead"));
    assert_eq!(codes(&sns(), &letters), ["LC408"]);
    // A function of these files.
    let of = Text(vec![Part::Of { address: "other".to_owned(), attribute: Attribute::Arn }]);
    let mut own = with(of, Vec::new());
    own.functions.push(Function { runtime: known("nodejs22.x".to_owned()), ..super::function("other") });
    assert_eq!(codes(&sns(), &own), ["LC408"]);
    // So are topics, buses and buckets.
    for service in ["sns", "events", "s3"] {
        let of = Text(vec![Part::Of { address: "there".to_owned(), attribute: Attribute::Arn }]);
        let mut own = with(of, Vec::new());
        assert_eq!(codes(&sns(), &own), NOTHING, "{service}");
        own.destinations.push(Destination { address: "there".to_owned(), service, is_fifo: Field::Default(false) });
        let expected: &[&str] = if service == "s3" { &["LC408", "LC408"] } else { &["LC408"] };
        assert_eq!(codes(&sns(), &own), expected, "{service}");
    }
}
