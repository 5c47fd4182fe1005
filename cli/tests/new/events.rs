//! Events that are piped into the handlers they are for.

use std::process::Command;

use serde_json::{Value, json};

use crate::projects::{PROJECTS, Project, in_workspace, response, run, workspace};
use crate::{lambkin, piped, repository, text, utf8};

fn event(arguments: &[&str]) -> String {
    text(lambkin(&["event"]).args(arguments).output().unwrap())
}

/// The manifest of a program, in a file of its own.
fn manifest(project: &str) -> tempfile::NamedTempFile {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), text(run(project, &["manifest"], ""))).unwrap();
    file
}

fn has_records(source: &str) -> bool {
    ["sqs", "kinesis", "dynamodb", "kafka", "s3", "cloudwatch_logs", "activemq"].contains(&source)
}

#[test]
fn an_event_of_each_source_goes_into_its_handler() {
    for Project { name, source, handler, .. } in &PROJECTS {
        let by_source = event(&[source]);
        let expected = response(name, handler, &format!("events/{handler}.json"), "");
        assert_eq!(response(name, handler, "-", &by_source), expected, "{source}");
        // The handler's settings are what the example has anyway.
        let manifest = manifest(name);
        let path = manifest.path().to_str().unwrap();
        let by_handler = event(&[handler, "--manifest", path]);
        let mut expected_event: Value = serde_json::from_str(&by_source).unwrap();
        if *source == "s3" {
            // `suffix = ".jpg"` in the attribute.
            expected_event["Records"][0]["s3"]["object"]["key"] = "example.jpg".into();
        }
        assert_eq!(serde_json::from_str::<Value>(&by_handler).unwrap(), expected_event, "{handler}");
        assert_eq!(response(name, handler, "-", &by_handler), expected, "{handler}");
        if has_records(source) {
            let several = event(&[source, "--count", "3"]);
            assert_eq!(response(name, handler, "-", &several), expected, "{source}");
            assert!(several.len() > by_source.len(), "{source}");
        }
        // One line of the same.
        let line = event(&[source, "--format", "json"]);
        assert_eq!(line.trim_end().lines().count(), 1, "{source}");
        assert_eq!(serde_json::from_str::<Value>(&line).unwrap(), serde_json::from_str::<Value>(&by_source).unwrap());
    }
}

/// `cargo lambkin event fulfil | cargo run -- fulfil -`, with the crate built on the way.
#[test]
fn a_handler_s_name_is_looked_up_in_the_crate() {
    let mut command = lambkin(&["event", "greet", "--body", r#"{"name": "Grace"}"#]);
    command.current_dir(workspace().join("a1"));
    in_workspace(&mut command);
    let output = command.output().unwrap();
    assert_eq!(utf8(&output.stderr), "");
    assert_eq!(response("a1", "greet", "-", &text(output)), json!({"text": "Hello, Grace!"}));

    let mut command = lambkin(&["event", "great"]);
    command.current_dir(workspace().join("a1"));
    in_workspace(&mut command);
    let output = command.output().unwrap();
    let told = utf8(&output.stderr);
    assert!(told.contains("`great` is neither a handler of this crate, which has `greet`, nor a source"), "{told}");
}

#[test]
fn a_placeholder_says_that_it_is_one() {
    let manifest = manifest("demo-kafka");
    let path = manifest.path().to_str().unwrap();
    let run = |arguments: &[&str]| {
        let output = lambkin(&["event", "follow", "--manifest", path]).args(arguments).output().unwrap();
        (utf8(&output.stderr), serde_json::from_slice::<Value>(&output.stdout).unwrap())
    };
    let (told, _) = run(&[]);
    assert!(
        told.starts_with("note: the schema of what `follow` takes is not in the manifest") && told.contains("--body")
    );
    assert_eq!(run(&["--body", "{}"]).0, "");

    let mut known: Value = serde_json::from_slice(&std::fs::read(manifest.path()).unwrap()).unwrap();
    known["functions"][0]["schema"] = json!({"type": "object", "properties": {"page": {"enum": ["/cake"]}}});
    std::fs::write(manifest.path(), known.to_string()).unwrap();
    let (told, shaped) = run(&[]);
    assert_eq!(told, "");
    // {"page":"/cake"}
    assert_eq!(shaped["records"]["clicks-0"][0]["value"], "eyJwYWdlIjoiL2Nha2UifQ==");
    assert_eq!(response("demo-kafka", "follow", "-", &shaped.to_string()), json!({"batchItemFailures": []}));

    known["functions"][0]["schema"] = json!({"$ref": "#/no"});
    std::fs::write(manifest.path(), known.to_string()).unwrap();
    let (told, _) = run(&[]);
    assert!(told.contains("can't be followed: `$ref` to `#/no` leads nowhere"), "{told}");
}

/// `examples/shop` has the feature `schema`.
#[test]
fn a_payload_after_its_type_is_accepted_by_the_handler() {
    let mut command = lambkin(&["event", "api", "--package", "shop", "--path", "/orders", "--method", "post"]);
    let output = command.args(["--header", "idempotency-key: 1"]).current_dir(repository()).output().unwrap();
    assert_eq!(utf8(&output.stderr), "");
    let event = text(output);
    let sent: Value = serde_json::from_str(&event).unwrap();
    let body: Value = serde_json::from_str(sent["body"].as_str().unwrap()).unwrap();
    assert_eq!(body, json!({"product": "tea", "count": 1}));

    let mut shop = Command::new(env!("CARGO"));
    shop.args(["run", "--quiet", "--package", "shop", "--", "api", "-"]).current_dir(repository());
    for variable in ["LAMBKIN_HANDLER", "_HANDLER", "AWS_LAMBDA_RUNTIME_API"] {
        shop.env_remove(variable);
    }
    let response: Value = serde_json::from_str(&text(piped(shop, &event))).unwrap();
    assert_eq!((&response["statusCode"], &response["headers"]["location"]), (&json!(201), &json!("/orders/1")));
}

#[test]
fn a_request_comes_through_each_front_end() {
    for front_end in ["http-api", "rest-api", "function-url", "alb", "vpc-lattice"] {
        let sent = |arguments: &[&str]| {
            let event = event(&[&["http", "--front-end", front_end], arguments].concat());
            response("my-app", "api", "-", &event)
        };
        let home = sent(&[]);
        assert_eq!((&home["statusCode"], &home["body"]), (&json!(200), &json!("Notes are at /notes\n")), "{front_end}");
        let path = ["--path", "/notes", "--header", "Origin: http://localhost:8080", "--header", "x-a: 1"];
        let made = sent(&[&path[..], &["--body", r#"{"text": "crème"}"#]].concat());
        assert_eq!(made["statusCode"], 201, "{front_end}: {made}");
        let note: Value = serde_json::from_str(made["body"].as_str().unwrap()).unwrap();
        assert_eq!(note, json!({"id": 1, "text": "crème"}), "{front_end}");
        assert!(made.to_string().contains("http://localhost:8080"), "CORS with {front_end}: {made}");
        let refused = sent(&["--path", "/notes?a=b&a=c%20d", "--method", "delete"]);
        assert_eq!(refused["statusCode"], 405, "{front_end}: {refused}");
        let not_json = sent(&[&path[..], &["--method", "post", "--body", "hello", "--raw"]].concat());
        assert_eq!(not_json["statusCode"], 415, "{front_end}: {not_json}");
    }
}

#[test]
fn a_route_is_found_by_what_is_sent() {
    let manifest = manifest("my-app");
    let path = manifest.path().to_str().unwrap();
    let request = |arguments: &[&str]| {
        let event = event(&[&["api", "--manifest", path], arguments].concat());
        let event: Value = serde_json::from_str(&event).unwrap();
        let http = &event["requestContext"]["http"];
        (http["method"].as_str().unwrap().to_owned(), http["path"].as_str().unwrap().to_owned())
    };
    let is = |method: &str, path: &str| (method.to_owned(), path.to_owned());
    assert_eq!(request(&[]), is("GET", "/"));
    assert_eq!(request(&["--body", "{}"]), is("POST", "/notes"));
    assert_eq!(request(&["--path", "/notes/7"]), is("GET", "/notes/7"));
}

#[test]
fn a_record_that_is_not_right_fails_alone() {
    let bodies = ["--body", r#"{"id": "r-1", "total": 1}"#, "--body", r#"{"id": "r-2"}"#, "--body", "[]"];
    let event = event(&[&["sqs", "--queue", "orders.fifo", "--count", "4"], &bodies[..]].concat());
    let event: Value = serde_json::from_str(&event).unwrap();
    let records = event["Records"].as_array().unwrap();
    // In turn, so the fourth is as the first.
    assert_eq!(records[3]["body"], records[0]["body"]);
    let attributes = &records[0]["attributes"];
    assert_eq!(attributes["MessageGroupId"], "group-1");
    let mut ids: Vec<&str> = records.iter().map(|record| record["messageId"].as_str().unwrap()).collect();
    let failed = response("demo-sqs", "fulfil", "-", &event.to_string());
    // In a FIFO queue the rest of the group waits for the one that failed.
    let failed: Vec<&str> = failed["batchItemFailures"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["itemIdentifier"].as_str().unwrap())
        .collect();
    assert_eq!(failed, ids[1..]);
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 4);
}

#[test]
fn a_body_is_read_from_standard_input_and_from_a_file() {
    let read = |output: std::process::Output| serde_json::from_str::<Value>(&text(output)).unwrap();
    let body = r#"{"z": 1, "a": [2]}"#;
    let piped = read(piped(lambkin(&["event", "sqs", "--body", "-"]), body));
    // As it was written: the order of its fields is the sender's.
    assert_eq!(piped["Records"][0]["body"], body);
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("body.json"), format!("{body}\n")).unwrap();
    let mut command: Command = lambkin(&["event", "sqs", "--body", "@body.json"]);
    assert_eq!(read(command.current_dir(folder.path()).output().unwrap()), piped);
    // `md5sum` says so.
    assert_eq!(piped["Records"][0]["md5OfBody"], "000812b17cf3316cb1e6d2e9059985e5");
}
