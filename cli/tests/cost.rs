//! `cargo lambkin cost` as it is run.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test fails by panicking")]

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use rust_decimal::Decimal;
use serde_json::Value;

fn cost(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cargo-lambkin"));
    // As cargo runs it.
    command.args(["lambkin", "cost"]).args(arguments);
    for variable in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE"] {
        command.env_remove(variable);
    }
    command
}

fn text(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn json(arguments: &[&str]) -> Value {
    let output = cost(arguments).args(["--format", "json"]).output().unwrap();
    serde_json::from_str(&text(&output)).unwrap()
}

/// The one line on standard error, and the status.
fn refused(arguments: &[&str]) -> (String, i32) {
    let output = cost(arguments).output().unwrap();
    assert_eq!(output.stdout, b"");
    (String::from_utf8(output.stderr).unwrap(), output.status.code().unwrap())
}

fn decimal(value: &Value) -> Decimal {
    value.as_str().unwrap_or_else(|| panic!("a decimal is a string: {value}")).parse().unwrap()
}

fn line<'a>(answer: &'a Value, item: &str) -> &'a Value {
    let lines = answer["bill"]["lines"].as_array().unwrap();
    lines.iter().find(|line| line["item"] == item).unwrap_or_else(|| panic!("{item}: {lines:?}"))
}

/// Runs with a log on standard input.
fn piped(log: &str, arguments: &[&str]) -> Output {
    let mut child =
        cost(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(log.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

const REFERENCE: &[&str] = &["--invocations", "100000000", "--memory", "512", "--duration", "1500ms"];

/// 100,000,000 invocations of 1.5 s at 512 MB in us-east-1, on x86_64, with the free tier; by hand:
///
/// Requests
///   100,000,000 − 1,000,000 free             =  99,000,000
///   99,000,000 × $0.20 / 1,000,000           =      $19.80
/// Compute
///   100,000,000 × 1.5 s                      = 150,000,000 s
///   150,000,000 s × 512 MB / 1,024           =  75,000,000 GB-s
///   75,000,000 − 400,000 free                =  74,600,000 GB-s, all in the first tier (6,000,000,000)
///   74,600,000 × $0.0000166667
///     = 74,600,000 × $0.0000166666           =   $1,243.32836
///     + 74,600,000 × $0.0000000001           =       $0.00746
///                                            =   $1,243.33582
/// Ephemeral storage: 512 MB are included     =       $0.00
/// Total
///   $19.80 + $1,243.33582                    =   $1,263.13582, rounded $1,263.14
#[test]
fn the_reference_case_is_as_worked_out_by_hand() {
    let answer = json(REFERENCE);
    assert_eq!(answer["region"], "us-east-1");
    assert_eq!(answer["bill"]["lines"].as_array().unwrap().len(), 2);

    let requests = line(&answer, "requests");
    assert_eq!(requests["used"], "100000000");
    assert_eq!(requests["free"], "1000000");
    assert_eq!(requests["billed"], "99000000");
    assert_eq!(requests["price"], "0.0000002");
    assert_eq!(requests["amount"], "19.8");

    let compute = line(&answer, "compute");
    assert_eq!(compute["used"], "75000000");
    assert_eq!(compute["free"], "400000");
    assert_eq!(compute["billed"], "74600000");
    assert_eq!(compute["unit"], "gb-second");
    assert_eq!(compute["price"], "0.0000166667");
    assert_eq!(compute["amount"], "1243.33582");

    assert_eq!(answer["bill"]["total"], "1263.13582");
    assert_eq!(answer["bill"]["total_rounded"], "1263.14");
}

#[test]
fn the_reference_case_is_printed_line_by_line() {
    let output = cost(REFERENCE).output().unwrap();
    let words: Vec<String> =
        text(&output).lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    let printed = |line: &str| assert!(words.iter().any(|words| words == line), "{line}\n{}", words.join("\n"));
    printed("Requests 100,000,000 1,000,000 99,000,000 requests $0.20 / million $19.80");
    printed("Compute, x86_64 75,000,000 400,000 74,600,000 GB-s $0.0000166667 / GB-s $1,243.34");
    printed("Total $1,263.14");
    // arm64: 74,600,000 × $0.0000133334 = $994.67164, which is $248.66418 less.
    printed("$248.66 less a month: build for arm64");
}

#[test]
fn without_the_free_tier_all_is_billed() {
    // 100 M × $0.20/M + 75,000,000 × $0.0000166667 = $20 + $1,250.0025
    let answer = json(&[REFERENCE, &["--no-free-tier"]].concat());
    assert_eq!(answer["bill"]["total"], "1270.0025");
}

#[test]
fn every_part_of_the_bill_has_its_line() {
    let answer = json(&[
        "--invocations=10M",
        "--memory=1GB",
        "--duration=100ms",
        "--arch=arm64",
        "--ephemeral-storage=1.5GB",
        "--cold-start-share=1%",
        "--init-duration=200ms",
        "--front-end=http-api",
        "--response-size=600KB",
    ]);
    // 10 M × 0.1 s × 1 GB + 100,000 × 0.2 s × 1 GB
    assert_eq!(line(&answer, "compute")["used"], "1020000");
    // (1,020,000 − 400,000) × $0.0000133334
    assert_eq!(line(&answer, "compute")["amount"], "8.266708");
    // 1,020,000 s × 1 GB above the 512 MB × $0.0000000309
    assert_eq!(line(&answer, "ephemeral-storage")["amount"], "0.031518");
    // 600 KB are two steps of 512 KB: 20 M × $1.00/M
    assert_eq!(line(&answer, "http-api")["amount"], "20");
    let sum: Decimal = answer["bill"]["lines"].as_array().unwrap().iter().map(|line| decimal(&line["amount"])).sum();
    assert_eq!(decimal(&answer["bill"]["total"]), sum);
}

#[test]
fn provisioned_concurrency_has_prices_of_its_own_and_no_free_tier() {
    let answer = json(&[
        "--invocations=1M",
        "--memory=1024",
        "--duration=1s",
        "--provisioned-concurrency=2",
        "--provisioned-hours=100",
    ]);
    // 2 × 100 h × 3,600 s × 1 GB × $0.0000041667
    assert_eq!(line(&answer, "provisioned-capacity")["amount"], "3.000024");
    // Two environments for 360,000 s serve 720,000 s; the other 280,000 s run on demand.
    assert_eq!(line(&answer, "provisioned-duration")["billed"], "720000");
    assert_eq!(line(&answer, "compute")["billed"], "280000");
    assert_eq!(line(&answer, "requests")["free"], "0");
    assert_eq!(line(&answer, "requests")["amount"], "0.2");
}

#[test]
fn what_does_not_fit_lambda_is_refused_with_the_limit() {
    let with =
        |memory: &str, duration: &str| refused(&["--invocations", "1", "--memory", memory, "--duration", duration]);
    for (arguments, word) in [
        (with("127", "1s"), "128 to 10240 MB"),
        (with("11GB", "1s"), "128 to 10240 MB"),
        (with("512", "901s"), "900 s"),
        (with("512", "1500"), "with its unit"),
    ] {
        assert!(arguments.0.contains(word), "{}", arguments.0);
        assert_eq!(arguments.1, 2);
    }
    let (error, status) = refused(&["--invocations", "1", "--memory", "512"]);
    assert!(error.contains("--duration <TIME>"), "{error}");
    assert_eq!(status, 2);
}

/// Three handlers: with a memory, without one, and with environments that are kept ready.
const MANIFEST: &str = r#"{"version": 1, "functions": [
    {"name": "large", "package": "p", "trigger": {"source": "invoke"}, "memory": 1024},
    {"name": "small", "package": "p", "trigger": {"source": "invoke"}},
    {"name": "ready", "package": "p", "trigger": {"source": "invoke"}, "memory": 1024, "provisioned_concurrency": 2}
]}"#;

/// What is reckoned, and the first note.
fn of_manifest(arguments: &[&str]) -> (Value, String) {
    let known = ["--invocations=1000000", "--duration=1s", "--manifest=-", "--format=json"];
    let answer: Value = serde_json::from_str(&text(&piped(MANIFEST, &[&known, arguments].concat()))).unwrap();
    let note = answer["notes"][0].as_str().unwrap().to_owned();
    (answer, note)
}

#[test]
fn the_memory_is_that_of_the_handler_unless_it_is_given() {
    let (answer, note) = of_manifest(&["--handler=large"]);
    assert_eq!((&answer["workload"]["handler"], &answer["workload"]["memory_mb"]), (&"large".into(), &1024.into()));
    assert_eq!(line(&answer, "compute")["used"], "1000000");
    assert_eq!(note, "1024 MB is the memory of `large`, as its attribute says.");
    let (answer, note) = of_manifest(&["--handler=small"]);
    assert_eq!(line(&answer, "compute")["used"], "125000");
    assert!(note.contains("128 MB is Lambda's default"), "{note}");

    // What is kept ready costs while it waits: 2 GB for 730 hours.
    let (answer, note) = of_manifest(&["--handler=ready"]);
    assert_eq!(line(&answer, "provisioned-capacity")["used"], "5256000");
    assert!(note.contains("2 environments"), "{note}");
    let notes = answer["notes"].to_string();
    assert!(notes.contains("does not cover functions with provisioned"), "{notes}");
    let (answer, note) = of_manifest(&["--handler=ready", "--provisioned-concurrency=0"]);
    assert_eq!(answer["workload"]["provisioned_concurrency"], 0);
    assert!(!note.contains("environments"), "{note}");
}

#[test]
fn which_handler_is_meant_has_to_be_clear() {
    let told = |arguments: &[&str]| {
        let known = ["--invocations=1", "--duration=1s", "--manifest=-"];
        let output = piped(MANIFEST, &[&known, arguments].concat());
        assert_eq!((output.status.code(), output.stdout.as_slice()), (Some(1), &b""[..]));
        String::from_utf8(output.stderr).unwrap()
    };
    let error = told(&[]);
    assert!(error.contains("`large`, `small`, `ready`") && error.contains("`--handler NAME`"), "{error}");
    let error = told(&["--handler=huge"]);
    assert!(error.contains("`huge` is no handler") && error.contains("`large`, `small`, `ready`"), "{error}");
    for both in [["--memory=512", "--handler=a"], ["--memory=512", "--manifest=m"], ["--reports=r", "--package=p"]] {
        let known: &[&str] = if both[0].contains("reports") { &[] } else { &["--invocations=1", "--duration=1s"] };
        let (error, status) = refused(&[known, &both].concat());
        assert!(error.contains("cannot be used with") && status == 2, "{error}");
    }
}

#[test]
fn the_crate_here_is_asked_only_where_the_memory_is_not_given() {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/notices");
    let known = ["--invocations=1000", "--duration=1s"];
    let output = cost(&known).arg("--handler=thumbnail").current_dir(examples).output().unwrap();
    let answer = text(&output);
    assert!(answer.contains("1024 MB is the memory of `thumbnail`"), "{answer}");

    let nowhere = tempfile::tempdir().unwrap();
    let output = cost(&known).current_dir(nowhere.path()).output().unwrap();
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(error.contains("without `--memory`") && output.status.code() == Some(1), "{error}");
    text(&cost(&known).arg("--memory=128").current_dir(nowhere.path()).output().unwrap());
}

#[test]
fn a_region_without_prices_says_which_there_are() {
    let (error, status) = refused(&[REFERENCE, &["--region", "mars-1"]].concat());
    assert!(error.starts_with("error: ") && error.contains("us-east-1") && error.contains("--prices FILE"), "{error}");
    assert_eq!((error.lines().count(), status), (1, 1));
    // The first 300 million are known there.
    let (error, status) = refused(&[
        "--invocations=301M",
        "--memory=128",
        "--duration=1ms",
        "--region=ap-northeast-1",
        "--front-end=http-api",
    ]);
    assert!(error.contains("up to 300,000,000 requests"), "{error}");
    assert_eq!(status, 1);
}

#[test]
fn a_table_of_one_s_own_is_taken_and_checked() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mine.toml");
    let table = include_str!("../src/cost/prices/us-east-1.toml").replace("us-east-1", "mars-1");
    std::fs::write(&path, table.replace("0.0000002\"", "0.000001\"")).unwrap();
    let path = path.to_str().unwrap();
    let answer = json(&[REFERENCE, &["--prices", path]].concat());
    assert_eq!((&answer["region"], &line(&answer, "requests")["amount"]), (&"mars-1".into(), &"99".into()));
    let (error, _) = refused(&[REFERENCE, &["--prices", path, "--region", "us-east-1"]].concat());
    assert!(error.contains("has the prices of mars-1"), "{error}");
    std::fs::write(path, table.replace("request = \"0.0000002\"", "request = \"cheap\"")).unwrap();
    let (error, status) = refused(&[REFERENCE, &["--prices", path]].concat());
    assert!(error.contains("mine.toml:8:11") && error.contains("a price in US dollars"), "{error}");
    assert_eq!((error.lines().count(), status), (1, 1));
    let (error, _) = refused(&[REFERENCE, &["--prices", "no/such/file.toml"]].concat());
    assert!(error.contains("`no/such/file.toml`"), "{error}");
}

/// 1,000 reports at 1024 MB: 900 of 100 ms, 90 of 200 ms, 10 cold ones of 300 ms and 50 ms of initialisation. Billed
/// are 90,000 + 18,000 + 3,500 = 111,500 ms. One a minute: 999 intervals of 60 s.
fn log() -> String {
    let report = |place: usize| {
        let (duration, init) = match place {
            0..900 => (100, 0),
            900..990 => (200, 0),
            _ => (300, 50),
        };
        let init_field = if init > 0 { format!("Init Duration: {init}.00 ms\t") } else { String::new() };
        let time = format!("2026-03-{:02}T{:02}:{:02}:00.000Z", 1 + place / 1440, place / 60 % 24, place % 60);
        format!(
            "{time} START RequestId: {place}\n{time} REPORT RequestId: {place}\tDuration: {duration}.00 ms\t\
             Billed Duration: {} ms\tMemory Size: 1024 MB\tMax Memory Used: {} MB\t{init_field}\n",
            duration + init,
            60 + place % 41
        )
    };
    (0..1000).map(report).collect()
}

#[test]
fn reports_tell_what_really_ran() {
    let output =
        piped(&log(), &["--reports", "-", "--invocations", "100M", "--format", "json", "--scaling", "constant"]);
    let answer: Value = serde_json::from_str(&text(&output)).unwrap();
    let reports = &answer["reports"];
    assert_eq!(
        (&reports["lines"], &reports["reports"], &reports["unreadable"]),
        (&2000.into(), &1000.into(), &0.into())
    );
    // 1,000 × $0.0000002 + 111.5 s × 1 GB × $0.0000166667
    assert_eq!(reports["cost"], "0.00205833705");
    // 1,000 × $0.0000002 + 111.5 s × 1 GB × $0.0000133334
    assert_eq!(reports["cost_on_arm64"], "0.0016866741");
    let group = &reports["groups"][0];
    assert_eq!(
        group["duration_ms"],
        serde_json::json!({ "p50": 100.0, "p90": 100.0, "p95": 200.0, "p99": 200.0, "max": 300.0 })
    );
    assert_eq!((&group["cold_starts"], &group["cold_start_share"]), (&10.into(), &0.01.into()));
    assert_eq!(group["init_ms"]["p50"], 50.0);
    assert_eq!(group["used_mb"]["max"], 100.0);
    // 100 MB × 1.2 = 120 MB
    assert_eq!(group["right_sized_memory_mb"], 128);

    assert_eq!(reports["month"], serde_json::json!({ "invocations": "100000000", "by": "invocations" }));
    // 100 M × 111.5 ms × 1 GB
    assert_eq!(line(&answer, "compute")["used"], "11150000");
    // (11,150,000 − 400,000) × $0.0000166667 + 99 M × $0.20/M
    assert_eq!(answer["bill"]["total"], "198.967025");
    let advice = answer["recommendations"].as_array().unwrap();
    assert_eq!(advice[0]["id"], "memory");
    // At 128 MB 1,393,750 GB-s, 9,756,250 less.
    assert_eq!(decimal(&advice[0]["saving"]), "162.604491875".parse().unwrap());
    assert_eq!(advice[1]["id"], "arm64");
}

#[test]
fn the_time_between_reports_makes_a_month() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("orders.log");
    std::fs::write(&path, log()).unwrap();
    let answer = json(&["--reports", path.to_str().unwrap()]);
    // One a minute, for 730 hours.
    assert_eq!(answer["reports"]["month"], serde_json::json!({ "invocations": "43800", "by": "time-span" }));
    assert_eq!(answer["reports"]["last"], "2026-03-01T16:39:00Z");

    let untimed = log().lines().map(|line| line.split_once("Z ").unwrap().1.to_owned() + "\n").collect::<String>();
    std::fs::write(&path, untimed).unwrap();
    let answer = json(&["--reports", path.to_str().unwrap()]);
    assert_eq!(answer["bill"], Value::Null);
    assert!(answer["notes"].as_array().unwrap().iter().any(|note| note.as_str().unwrap().contains("--invocations")));
    assert_eq!(answer["reports"]["cost"], "0.00205833705");
}

#[test]
fn a_log_without_reports_is_said_to_have_none() {
    let output = piped("hello\n", &["--reports", "-"]);
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(error.contains("no report of Lambda's among 1 lines"), "{error}");
    assert_eq!(output.status.code(), Some(1));
    let (error, status) = refused(&["--reports", "x.log", "--memory", "512"]);
    assert!(error.contains("cannot be used with"), "{error}");
    assert_eq!(status, 2);
}

#[test]
fn other_memory_sizes_are_shown_under_each_assumption() {
    let answer = json(REFERENCE);
    let sizes = answer["what_if"][0]["sizes"].as_array().unwrap();
    let at = |memory: u64| sizes.iter().find(|size| size["memory_mb"] == memory).unwrap();
    assert_eq!(at(512)["current"], true);
    assert_eq!(at(512)["constant"]["total"], "1263.13582");
    // 150,000,000 − 400,000 GB-s, and the requests
    assert_eq!(at(1024)["constant"]["total"], "2513.13832");
    // Twice the memory, half the time: as much.
    assert_eq!(at(1024)["cpu_bound"], serde_json::json!({ "duration_ms": 750.0, "total": "1263.13582" }));
    let one = json(&[REFERENCE, &["--scaling", "cpu-bound"]].concat());
    assert_eq!(one["what_if"][0]["sizes"][0]["constant"], Value::Null);
}

#[test]
fn the_chart_is_well_formed_and_labelled() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cost.svg");
    text(&cost(REFERENCE).arg("--plot").arg(&path).output().unwrap());
    let svg = std::fs::read_to_string(&path).unwrap();
    let document = roxmltree::Document::parse(&svg).unwrap();
    assert_eq!(document.root_element().tag_name().name(), "svg");
    let texts: Vec<&str> =
        document.descendants().filter(|node| node.has_tag_name("text")).filter_map(|node| node.text()).collect();
    for label in ["memory in MB", "US dollars a month", "now: 512 MB, $1,263.14", "1024", "$30,000"] {
        assert!(texts.contains(&label), "{label}: {texts:?}");
    }
    let lines: Vec<_> = document.descendants().filter(|node| node.has_tag_name("polyline")).collect();
    assert_eq!(lines.len(), 2);
    // Every point lies on the sheet.
    for point in lines.iter().flat_map(|line| line.attribute("points").unwrap().split(' ')) {
        let (x, y) = point.split_once(',').unwrap();
        assert!((0.0..=800.0).contains(&x.parse::<f64>().unwrap()), "{point}");
        assert!((0.0..=480.0).contains(&y.parse::<f64>().unwrap()), "{point}");
    }
    assert!(svg.contains("prefers-color-scheme: dark"));
    let nowhere = folder.path().join("no/such/folder.svg");
    let output = cost(REFERENCE).arg("--plot").arg(&nowhere).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn colour_is_for_terminals_and_for_those_who_want_it() {
    let coloured = |command: &mut Command| text(&command.output().unwrap()).contains('\u{1b}');
    assert!(!coloured(&mut cost(REFERENCE)));
    assert!(coloured(cost(REFERENCE).env("CLICOLOR_FORCE", "1")));
    assert!(!coloured(cost(REFERENCE).env("CLICOLOR_FORCE", "1").env("NO_COLOR", "1")));
}

#[test]
fn the_most_that_can_be_asked_is_reckoned() {
    for front_end in ["function-url", "http-api", "rest-api", "alb"] {
        let answer = json(&[
            "--invocations=1000B",
            "--memory=10240",
            "--duration=900s",
            "--ephemeral-storage=10240",
            "--cold-start-share=100%",
            "--init-duration=900s",
            "--provisioned-concurrency=1000000",
            "--request-size=200MB",
            "--response-size=200MB",
            "--front-end",
            front_end,
        ]);
        assert!(decimal(&answer["bill"]["total"]) > Decimal::from(1_000_000_000));
    }
    let nothing = json(&["--invocations=0", "--memory=128", "--duration=0ms", "--front-end=alb"]);
    // An idle load balancer is there all the same: 730 × $0.0225
    assert_eq!(nothing["bill"]["total"], "16.425");
}

/// The names in an answer, with those around them.
fn names(value: &Value, around: &str, found: &mut std::collections::BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                let name = format!("{around}.{name}");
                names(value, &name, found);
                found.insert(name);
            }
        }
        Value::Array(values) => values.iter().for_each(|value| names(value, around, found)),
        _ => {}
    }
}

#[test]
fn the_documented_json_is_what_is_written() {
    let docs = include_str!("../../docs/cost.md");
    let example = docs.split_once("```json\n").unwrap().1.split_once("```").unwrap().0;
    let example: Value = serde_json::from_str(example).unwrap();
    let reports: Value = serde_json::from_str(&text(&piped(&log(), &["--reports", "-", "--format", "json"]))).unwrap();
    let (mut documented, mut written) = Default::default();
    names(&example, "", &mut documented);
    names(&json(REFERENCE), "", &mut written);
    names(&reports, "", &mut written);
    assert_eq!(documented, written);
    assert_eq!(example["reports"], reports["reports"]);
    assert_eq!(example["workload"], json(REFERENCE)["workload"]);
    assert_eq!(example["bill"]["lines"][0], *line(&json(REFERENCE), "compute"));
}
