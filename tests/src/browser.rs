//! A real browser, for what only a browser does: it decides by CORS what a page may read.
//!
//! [`fetches`] opens a page of one origin, whose script calls `fetch` for another origin and reports what came of
//! each call.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::{Method, Response, StatusCode};
use serde_json::{Value, json};
use tokio::process::Command;
use tokio::sync::oneshot;

use crate::process::Process;
use crate::site::Site;
use crate::within;

/// The binaries that can be driven, the smallest first.
const BROWSERS: [&str; 3] = ["chromium-headless-shell", "chromium", "google-chrome"];

/// One call of `fetch`.
#[derive(Clone, Debug)]
pub struct Fetch<'a> {
    /// The method.
    pub method: &'a str,
    /// What follows the base URL of the target.
    pub path: &'a str,
    /// The headers that the script sets.
    pub headers: &'a [(&'a str, &'a str)],
    /// Whether cookies are sent and kept: `credentials: "include"`, else `"omit"`.
    pub credentials: bool,
    /// The body, if there is one.
    pub body: Option<&'a str>,
}

impl<'a> Fetch<'a> {
    /// A call with this method and nothing else.
    pub const fn new(method: &'a str, path: &'a str) -> Self {
        Self { method, path, headers: &[], credentials: false, body: None }
    }

    fn to_json(&self) -> Value {
        let Self { method, path, headers, credentials, body } = self;
        json!({ "method": method, "path": path, "headers": headers, "credentials": credentials, "body": body })
    }
}

/// What the page's script got.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// A response.
    Answered {
        /// The status.
        status: u16,
        /// The headers that the script may read.
        headers: BTreeMap<String, String>,
        /// The body.
        body: String,
    },
    /// The browser refused, or there was no response: the text of the `TypeError`. It does not say why, so that
    /// a page can't tell.
    Refused(String),
}

impl Outcome {
    fn from_json(json: &Value) -> Self {
        if let Some(error) = json["error"].as_str() {
            return Self::Refused(error.to_owned());
        }
        let header = |(name, value): (&String, &Value)| (name.clone(), value.as_str().unwrap().to_owned());
        Self::Answered {
            status: u16::try_from(json["status"].as_u64().unwrap()).unwrap(),
            headers: json["headers"].as_object().unwrap().iter().map(header).collect(),
            body: json["body"].as_str().unwrap().to_owned(),
        }
    }

    /// The status of what has to be a response.
    pub fn status(&self) -> u16 {
        match self {
            Self::Answered { status, .. } => *status,
            Self::Refused(error) => panic!("refused: {error}"),
        }
    }

    /// The body of what has to be a response.
    pub fn body(&self) -> &str {
        match self {
            Self::Answered { body, .. } => body,
            Self::Refused(error) => panic!("refused: {error}"),
        }
    }

    /// A header of what has to be a response, if the script may read it.
    pub fn header(&self, name: &str) -> Option<&str> {
        match self {
            Self::Answered { headers, .. } => headers.get(name).map(String::as_str),
            Self::Refused(error) => panic!("refused: {error}"),
        }
    }

    /// Whether there was nothing for the script to read.
    pub fn is_refused(&self) -> bool {
        matches!(self, Self::Refused(_))
    }
}

/// A page that has not been opened yet, for a target that has to know its origin beforehand.
pub struct Opener {
    site: Site,
    /// Where the browser thinks that the page is, if that is somewhere else.
    elsewhere: Option<String>,
    report: oneshot::Receiver<Value>,
    script: Arc<Mutex<String>>,
}

impl Opener {
    /// Reserves an origin.
    pub async fn new() -> Self {
        let (sender, report) = oneshot::channel();
        let sender = Mutex::new(Some(sender));
        let script = Arc::new(Mutex::new(String::new()));
        let page = Arc::clone(&script);
        let site = Site::start(move |request| match (request.method(), request.uri().path()) {
            (&Method::GET, "/") => {
                let html = page.lock().unwrap().clone();
                Response::builder().header("content-type", "text/html; charset=utf-8").body(html.into()).unwrap()
            }
            (&Method::POST, "/report") => {
                let report = serde_json::from_slice(request.body()).unwrap();
                if let Some(sender) = sender.lock().unwrap().take() {
                    // The test may have given up.
                    let _ = sender.send(report);
                }
                status(StatusCode::NO_CONTENT)
            }
            // A browser asks for an icon.
            _ => status(StatusCode::NOT_FOUND),
        });
        Self { site: site.await, elsewhere: None, report, script }
    }

    /// Takes this origin, of a scheme, a host and a port: the browser is told to find it here.
    pub async fn at(origin: &str) -> Self {
        Self { elsewhere: Some(origin.to_owned()), ..Self::new().await }
    }

    /// The origin of the page.
    pub fn origin(&self) -> String {
        self.elsewhere.clone().unwrap_or_else(|| self.site.origin())
    }

    /// Opens the page, which makes the calls one after the other; what came of each.
    pub async fn fetches(self, target: &str, fetches: &[Fetch<'_>]) -> Vec<Outcome> {
        let calls: Vec<Value> = fetches.iter().map(Fetch::to_json).collect();
        // JSON is JavaScript, but for `<`, which could end the script.
        let calls = json!({ "target": target, "calls": calls }).to_string().replace('<', "\\u003c");
        *self.script.lock().unwrap() = PAGE.replace("{calls}", &calls);

        let profile = tempfile::tempdir().unwrap();
        let mut command = Command::new(browser());
        command
            .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"])
            // Nothing but the page: no updates, no lists from elsewhere.
            .args(["--disable-background-networking", "--disable-component-update", "--disable-sync"])
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .args(
                self.elsewhere
                    .as_ref()
                    .and_then(|origin| origin.split_once("://"))
                    .map(|(_, host)| format!("--host-resolver-rules=MAP {host} {}", self.site.address())),
            )
            .arg(self.origin())
            // Settings of the user's have no say, and none are written.
            .env("HOME", profile.path())
            .process_group(0)
            .stdin(Stdio::null())
            .stdout(Stdio::null());
        let mut browser = Browser(Process::spawn(command));
        // If the browser ends first, the wait is over at once.
        let report = tokio::select! {
            biased;
            report = within("the page's report", self.report) => report.unwrap(),
            status = browser.0.wait() => panic!("the browser ended without a report: {status}"),
        };
        // All of it has to be gone before the profile is removed.
        browser.0.kill_group();
        browser.0.end().await;
        report.as_array().unwrap().iter().map(Outcome::from_json).collect()
    }
}

/// A browser that ends with this value. Debian's binary is a script, and the browser itself a child of it, with
/// children of its own: they are killed as a group.
struct Browser(Process);

impl Drop for Browser {
    fn drop(&mut self) {
        self.0.kill_group();
    }
}

/// Opens a page in a browser, which calls `fetch` for the target, one call after the other; what came of each.
pub async fn fetches(target: &str, fetches: &[Fetch<'_>]) -> Vec<Outcome> {
    Opener::new().await.fetches(target, fetches).await
}

const PAGE: &str = r#"<!doctype html>
<title>fetch</title>
<script>
    const { target, calls } = {calls};
    async function outcome({ method, path, headers, credentials, body }) {
        try {
            const options = { method, headers, credentials: credentials ? "include" : "omit", cache: "no-store" };
            const response = await fetch(target + path, body === null ? options : { ...options, body });
            const text = await response.text();
            return { status: response.status, headers: Object.fromEntries(response.headers), body: text };
        } catch (error) {
            return { error: String(error) };
        }
    }
    async function run() {
        const outcomes = [];
        for (const call of calls) {
            outcomes.push(await outcome(call));
        }
        await fetch("/report", { method: "POST", body: JSON.stringify(outcomes) });
    }
    run();
</script>
"#;

fn status(status: StatusCode) -> Response<Bytes> {
    Response::builder().status(status).body(Bytes::new()).unwrap()
}

fn browser() -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = BROWSERS.iter().find_map(|name| {
        let mut candidates = std::env::split_paths(&path).map(|folder| folder.join(name));
        candidates.find(|candidate| candidate.is_file())
    });
    found.unwrap_or_else(|| panic!("no browser: install one of {}", BROWSERS.join(", ")))
}
