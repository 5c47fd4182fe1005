//! `cargo lambda build`, `watch` and `invoke` work on a lambkin binary as they are.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::net::{Ipv4Addr, TcpListener};
use std::path::PathBuf;
use std::process::{Output, Stdio};
use std::time::Duration;

use http::header::{CONTENT_TYPE, LOCATION};
use http::{Request, Response};
use lambkin_e2e::binaries::{cargo, one_bad_event, workspace};
use lambkin_e2e::{Client, Event, Process, Setup, within};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::process::Command;

/// The tool on the path, or where `./check` installs it, in the folder of an example.
fn cargo_lambda(example: &str) -> Command {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut places: Vec<PathBuf> = std::env::split_paths(&path).collect();
    places.push(workspace().join(".venv/bin"));
    let tool = places.iter().map(|place| place.join("cargo-lambda")).find(|tool| tool.is_file());
    let tool = tool.expect("cargo-lambda is not installed: run `./check`, which installs it into `.venv`");
    let mut command = Command::new(tool);
    command.arg("lambda").current_dir(workspace().join("examples").join(example)).kill_on_drop(true);
    command
}

fn one_bad() -> Value {
    json!({ "batchItemFailures": [{ "itemIdentifier": "2e1424d4-f796-459a-8184-9c92662be6da" }] })
}

/// `cargo lambda build` turns panics into aborts unless the profile says otherwise, which lambkin refuses.
#[tokio::test]
async fn what_it_builds_serves_events() {
    let directory = tempfile::tempdir().unwrap();
    let mut build = cargo_lambda("orders");
    build.args(["build", "--release", "--compiler", "cargo", "--lambda-dir"]).arg(directory.path());
    // As long as it takes: this compiles everything once more.
    assert!(build.status().await.unwrap().success());
    let mut lambda = Setup::new(&directory.path().join("orders/bootstrap")).start().await;
    let event = Event::raw(std::fs::read(one_bad_event()).unwrap());
    assert_eq!(lambda.serve(event).await.response(), one_bad());
}

/// `cargo lambda watch` on a free port.
struct Watch {
    process: Process,
    port: u16,
}

impl Watch {
    async fn start(example: &str) -> Self {
        // So that the first invocation does not wait for a compiler.
        cargo(&["build", "--quiet", "--package", example]);
        let port = TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port();
        let mut command = cargo_lambda(example);
        command.args(["watch", "--ignore-changes", "--invoke-address", "127.0.0.1", "--invoke-port"]);
        command.arg(port.to_string()).stdin(Stdio::null()).stdout(Stdio::null());
        let process = Process::spawn(command);
        within("`cargo lambda watch` to listen", async {
            while TcpStream::connect(("127.0.0.1", port)).await.is_err() {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        })
        .await;
        Self { process, port }
    }

    async fn invoke(&self, arguments: &[&str]) -> Output {
        let mut command = cargo_lambda("orders");
        command.args(["invoke", "orders", "--invoke-address", "127.0.0.1", "--invoke-port"]);
        command.arg(self.port.to_string()).args(arguments);
        within("`cargo lambda invoke`", command.output()).await.unwrap()
    }

    /// Ends the tool, and with it the function that it has started.
    async fn end(mut self) {
        self.process.signal("TERM").await;
        self.process.wait().await;
    }
}

#[tokio::test]
async fn what_it_watches_can_be_invoked() {
    let watch = Watch::start("orders").await;
    let event = one_bad_event();
    // The second time, the function has already waited for an event that did not come.
    for _ in 0..2 {
        let output = watch.invoke(&["--data-file", event.to_str().unwrap()]).await;
        assert!(output.status.success(), "{output:?}");
        assert_eq!(serde_json::from_slice::<Value>(&output.stdout).unwrap(), one_bad());
    }

    let output = watch.invoke(&["--data-ascii", r#"{"detail-type":"Order Placed"}"#]).await;
    assert!(!output.status.success(), "{output:?}");
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(told.contains("InvalidEvent") || told.contains("not an SQS event"), "{output:?}");
    watch.end().await;
}

/// Requests to what it watches come as those of a function URL.
#[tokio::test]
async fn what_it_watches_answers_http() {
    let watch = Watch::start("shop").await;
    let mut client = Client::connect((Ipv4Addr::LOCALHOST, watch.port).into()).await;
    let header = |response: &Response<_>, name: &str| {
        let value = response.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
        value.unwrap_or_default()
    };
    let of = |path: &str| format!("/lambda-url/shop{path}");
    let json_of = |response: &Response<bytes::Bytes>| serde_json::from_slice::<Value>(response.body()).unwrap();

    let products = client.get(&of("/products?up_to=400&word=Lemon+c%61ke")).await;
    assert_eq!(products.status(), 200, "{products:?}");
    assert_eq!(json_of(&products)[0]["sku"], "cake");
    for replayed in ["", "true"] {
        let request = Request::post(of("/orders")).header(CONTENT_TYPE, "application/json");
        let request = request.header("idempotency-key", "k-1").header("origin", "http://localhost:8080");
        let order = client.send(request, r#"{"product":"tea","count":2}"#).await;
        assert_eq!((order.status().as_u16(), header(&order, LOCATION.as_str())), (201, "/orders/1".to_owned()));
        assert_eq!(header(&order, "idempotent-replayed"), replayed);
        assert_eq!(header(&order, "access-control-allow-origin"), "http://localhost:8080");
    }
    let none = client.get(&of("/products/cr%C3%A8me%2Fbr%C3%BBl%C3%A9e")).await;
    assert_eq!(
        (none.status().as_u16(), &json_of(&none)["detail"]),
        (404, &json!("there is no product `crème/brûlée`"))
    );
    let picture = client.get(&of("/products/tea/picture")).await;
    assert_eq!((picture.status().as_u16(), &picture.body()[..4]), (200, &b"\x89PNG"[..]));
    watch.end().await;
}
