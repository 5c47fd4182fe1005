//! Metrics as CloudWatch finds them: on the standard output of a real binary, one document on each line.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use lambkin_e2e::binaries::{built, workspace};
use lambkin_e2e::tool::{self, Output};
use lambkin_e2e::{Event, Lambda, Setup, Vault, sqs, structured};
use lambkin_peers::emf::Document;
use serde_json::{Value, json};

fn meter() -> &'static Path {
    static METER: OnceLock<PathBuf> = OnceLock::new();
    METER.get_or_init(|| built(&["-p", "meter"], "meter"))
}

fn reports() -> &'static Path {
    static REPORTS: OnceLock<PathBuf> = OnceLock::new();
    REPORTS.get_or_init(|| built(&["-p", "reports"], "reports"))
}

fn folder() -> PathBuf {
    workspace().join("examples/reports")
}

/// A function whose standard output is a file.
struct Metered {
    lambda: Lambda,
    output: tempfile::NamedTempFile,
    read: usize,
}

impl Metered {
    async fn start(setup: Setup) -> Self {
        let output = tempfile::NamedTempFile::new().unwrap();
        let script = format!("exec \"$0\" >'{}'", output.path().display());
        let lambda = setup.under(Path::new("/bin/sh"), &["-c", &script]).start().await;
        Self { lambda, output, read: 0 }
    }

    /// What was written since this was last asked; all of it has to be documents. They are there before the answer is.
    fn documents(&mut self) -> Vec<Document> {
        let text = std::fs::read_to_string(self.output.path()).unwrap();
        let new = &text[self.read..];
        assert!(new.is_empty() || new.ends_with('\n'), "half a line: {new}");
        self.read = text.len();
        new.lines().map(|line| Document::read(line).unwrap_or_else(|fault| panic!("{fault}: {line}"))).collect()
    }

    /// The documents of one invocation.
    async fn invoke(&mut self, event: Event) -> Vec<Document> {
        self.lambda.serve(event).await;
        self.documents()
    }
}

fn values(documents: &[Document], name: &str) -> Vec<f64> {
    documents.iter().flat_map(|document| document.values(name)).collect()
}

fn sum(documents: &[Document], name: &str) -> f64 {
    values(documents, name).iter().sum()
}

/// The documents among the lines of a log.
fn among(lines: &str) -> Vec<Document> {
    let documents = lines.lines().filter(|line| line.starts_with('{'));
    documents.map(|line| Document::read(line).unwrap_or_else(|fault| panic!("{fault}: {line}"))).collect()
}

async fn local(folder: &Path, variables: &[(&str, &str)]) -> Output {
    let event = workspace().join("examples/reports/events/evening.json");
    tool::run_in(folder, reports(), &[event.to_str().unwrap()], "", variables.iter().copied()).await
}

#[tokio::test]
async fn a_local_run_needs_no_aws() {
    let output = local(&folder(), &[]).await;
    // Standard output is the response, and nothing else.
    assert_eq!(output.response(), Value::Null);
    assert!(output.stderr.contains("Tea and Cake, 2026-03-02: 51.30 EUR"), "{}", output.stderr);
    assert!(!output.stderr.contains("not a real one"), "a secret is printed: {}", output.stderr);
    let documents = among(&output.stderr);
    assert!(documents.iter().all(|document| document.namespace == "Reports"));
    assert_eq!((sum(&documents, "Invocations"), sum(&documents, "ColdStart")), (1.0, 1.0));
    assert_eq!(
        (values(&documents, "LinesSkipped"), values(&documents, "PiecesPerSale")),
        (vec![1.0], vec![3.0, 1.0, 12.0])
    );
    let revenue = documents.iter().flat_map(|document| &document.metrics).find(|(metric, _)| metric.name == "Revenue");
    let (metric, values) = revenue.unwrap();
    assert_eq!(
        (values, metric.dimensions["Currency"].as_str(), metric.dimensions["Handler"].as_str()),
        (&vec![51.3], "EUR", "report")
    );
}

#[tokio::test]
async fn all_that_is_missing_is_said_at_once() {
    let elsewhere = tempfile::tempdir().unwrap();
    let output = local(elsewhere.path(), &[]).await;
    let message = output.error()["errorMessage"].as_str().unwrap().to_owned();
    for missing in
        ["4 values are missing", "`SHOP`", "`SALES`", "`/reports/channel`", "`token` of the secret `reports/chat`"]
    {
        assert!(message.contains(missing) && output.stderr.contains(missing), "{missing}: {output:?}");
    }
}

#[tokio::test]
async fn variables_turn_metrics_off_and_name_their_namespace() {
    let output = local(&folder(), &[("LAMBKIN_METRICS", "off")]).await;
    assert_eq!((output.response(), among(&output.stderr).len()), (Value::Null, 0));
    let documents = among(&local(&folder(), &[("LAMBKIN_METRICS_NAMESPACE", "Reports/test")]).await.stderr);
    assert!(documents.len() == 2 && documents.iter().all(|document| document.namespace == "Reports/test"));
    let output = local(&folder(), &[("LAMBKIN_METRICS_NAMESPACE", "AWS/Lambda")]).await;
    assert!(output.stderr.contains("so the namespace is `Reports`"), "{}", output.stderr);
    assert!(among(&output.stderr).iter().all(|document| document.namespace == "Reports"));
}

#[tokio::test]
async fn the_manifest_names_the_namespace() {
    let manifest = tool::run(reports(), &["manifest"], "").await.response();
    assert_eq!(manifest["functions"][0]["metrics"], json!({ "namespace": "Reports" }));
}

#[tokio::test]
async fn a_report_on_lambda_is_measured() {
    let secret = json!({ "token": "hunter2" }).to_string();
    let vault = Vault::start().await.secret("reports/chat", &secret).parameter("/reports/channel", "#evening");
    vault.open();
    let sales = folder().join("sales.csv");
    let setup = Setup::new(reports()).with("SHOP", "Tea").with("SALES", sales.to_str().unwrap());
    let setup = vault.as_extension().into_iter().fold(setup, |setup, (name, value)| setup.with(name, &value));
    let mut metered = Metered::start(setup).await;
    let evening = |day: &str| Event::new(&json!({ "time": format!("{day}T22:00:00Z") }));

    let event = evening("2026-03-02");
    let request_id = event.request_id.clone();
    let documents = metered.invoke(event).await;
    assert_eq!(documents.len(), 2);
    for document in &documents {
        assert_eq!(
            (&document.json["requestId"], &document.json["functionVersion"]),
            (&json!(request_id), &json!("$LATEST"))
        );
        let dimensions = document.metrics.keys().all(|metric| metric.dimensions["FunctionName"] == "function");
        assert!(dimensions && document.namespace == "Reports", "{document:?}");
    }
    for (name, value) in
        [("Invocations", 1.0), ("Errors", 0.0), ("ColdStart", 1.0), ("LinesSkipped", 1.0), ("Revenue", 51.3)]
    {
        assert_eq!(values(&documents, name), [value], "{name}");
    }
    assert!(sum(&documents, "InitDuration") > 0.0);
    assert!(sum(&documents, "Duration") > 0.0);
    let left = sum(&documents, "RemainingTime");
    assert!((200_000.0..=300_000.0).contains(&left), "{left}");
    let (peak, share) = (sum(&documents, "PeakMemory"), sum(&documents, "MemoryUtilization"));
    assert!(peak > 1.0 && (share - peak / 256.0 * 100.0).abs() < 0.1, "{peak} MB are {share} %");
    assert_eq!(values(&documents, "RecordsDone"), [0.0; 0], "a schedule has no batches");

    // The second finds nothing of the first.
    let documents = metered.invoke(evening("2026-03-01")).await;
    assert_eq!((values(&documents, "ColdStart"), values(&documents, "InitDuration")), (vec![0.0], vec![]));
    assert_eq!((values(&documents, "PiecesPerSale"), values(&documents, "Revenue")), (vec![2.0], vec![8.4]));
}

fn orders(orders: &[(&str, &str, u64)]) -> Event {
    Event::new(&sqs(orders.iter().map(|(message, id, pieces)| (*message, json!({ "id": id, "pieces": pieces })))))
}

#[tokio::test]
async fn a_batch_counts_its_records_and_its_keys() {
    let setup = Setup::new(meter()).handler("take").with("LAMBKIN_IDEMPOTENCY", "memory:");
    let mut metered = Metered::start(setup).await;
    let batch = orders(&[("m1", "a", 2), ("m2", "b", 3), ("m3", "a", 2), ("m4", "c", 0), ("m5", "d", 1_000)]);
    let documents = metered.invoke(batch).await;
    let expected = [
        ("RecordsDone", 3.0),
        ("RecordsFailed", 1.0),
        ("RecordsUnprocessed", 0.0),
        ("RecordsDiscarded", 1.0),
        ("IdempotencyRan", 2.0),
        ("IdempotencyReplayed", 1.0),
        ("Pieces", 1_005.0),
        ("Errors", 0.0),
    ];
    for (name, value) in expected {
        assert_eq!(values(&documents, name), [value], "{name}");
    }
    assert_eq!(values(&documents, "IdempotencyMismatch"), [0.0; 0], "there was none");
    let documents = metered.invoke(orders(&[("m6", "a", 2)])).await;
    assert_eq!((values(&documents, "IdempotencyRan"), values(&documents, "IdempotencyReplayed")), (vec![], vec![1.0]));
}

#[tokio::test]
async fn what_does_not_fit_is_in_several_documents() {
    let mut metered = Metered::start(Setup::new(meter()).handler("flood")).await;
    let documents = metered.invoke(Event::new(&json!(250))).await;
    assert_eq!(values(&documents, "Values"), (0..250).map(f64::from).collect::<Vec<_>>());
    for number in 1..150_u32 {
        assert_eq!(values(&documents, &format!("m{number}")), [f64::from(number)]);
    }
    assert_eq!(values(&documents, "Wide"), [1.0]);
    // Each is complained about once, by its name.
    metered.invoke(Event::new(&json!(1))).await;
    let lines: Vec<Value> = metered.lambda.process.lines().iter().map(|line| structured(line)).collect();
    let about = |name: &str| lines.iter().filter(|line| line["message"].as_str().unwrap().contains(name)).count();
    assert_eq!(
        (about("the metric `Wide`: it has more labels"), about("the metric `Nothing`"), lines.len()),
        (1, 1, 2),
        "{lines:?}"
    );
}

#[tokio::test]
async fn an_error_is_counted_with_what_was_recorded_before_it() {
    let mut metered = Metered::start(Setup::new(meter()).handler("fail")).await;
    let documents = metered.invoke(Event::new(&Value::Null)).await;
    assert_eq!((values(&documents, "Errors"), values(&documents, "Attempts")), (vec![1.0], vec![1.0]));
}

#[tokio::test]
async fn invocations_side_by_side_lose_and_double_nothing() {
    let setup = Setup::new(meter()).handler("take").with("LAMBKIN_IDEMPOTENCY", "memory:");
    let mut metered = Metered::start(setup.with("AWS_LAMBDA_MAX_CONCURRENCY", "4")).await;
    for number in 0..100 {
        let (one, other) = (format!("a{number}"), format!("b{number}"));
        metered.lambda.api.queue(orders(&[(&one, &one, 1), (&other, &other, 2)]));
    }
    for _ in 0..100 {
        metered.lambda.api.posted().await.response();
    }
    let documents = metered.documents();
    let sums =
        ["Invocations", "RecordsDone", "Pieces", "IdempotencyRan", "ColdStart"].map(|name| sum(&documents, name));
    assert_eq!(sums, [100.0, 200.0, 300.0, 200.0, 1.0]);
}

#[tokio::test]
async fn a_recorder_of_the_apps_own_is_another_choice() {
    let mut metered = Metered::start(Setup::new(meter()).handler("whose")).await;
    assert_eq!(metered.lambda.invoke(Value::Null).await.response(), json!(false));
    // What an `#[init]` has recorded is there.
    assert_eq!(values(&metered.documents(), "Starts"), [1.0]);
    let mut metered = Metered::start(Setup::new(meter()).handler("whose").with("LAMBKIN_METRICS", "OFF")).await;
    assert_eq!(metered.lambda.invoke(Value::Null).await.response(), json!(true));
    assert_eq!(metered.documents().len(), 0);
}

#[tokio::test]
async fn what_is_recorded_last_is_written_before_the_end() {
    let mut metered = Metered::start(Setup::new(meter()).handler("whose")).await;
    metered.invoke(Event::new(&Value::Null)).await;
    metered.lambda.process.signal("TERM").await;
    let (status, _) = metered.lambda.process.end().await;
    assert_eq!(status.code(), Some(0));
    let documents = metered.documents();
    let [document] = &documents[..] else { panic!("{documents:?}") };
    assert_eq!(document.values("Goodbyes"), [1.0]);
    assert!(document.metrics.keys().all(|metric| metric.dimensions["Handler"] == "whose"));
}

#[tokio::test]
async fn a_higher_level_of_the_log_keeps_documents() {
    let setup = Setup::new(meter()).handler("whose").with("AWS_LAMBDA_LOG_LEVEL", "ERROR");
    let mut metered = Metered::start(setup).await;
    let documents = metered.invoke(Event::new(&Value::Null)).await;
    assert!(!documents.is_empty() && documents.iter().all(|document| document.json["level"] == "ERROR"));
}
