//! What HTTP routing costs: the same 24 routes with lambkin and by hand with axum on `lambda_http`, the same events, and the
//! bare runtime for comparison. Instructions are counted by valgrind. The handlers' own repeat exactly, those of the runtime's
//! two threads within some per cent, so it is the ratio that says something; beside them are the bytes of the
//! stripped binaries, and the time from their start to their first question for an event.
//!
//! `cargo run -p lambkin-bench --bin http`, with a number for more rounds than 5 through the requests.
//!
//! The binaries are `benches/http/*`, and the requests `benches/http/events`. Each is answered by each binary before anything is
//! measured: a difference in the status or the body ends the program.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a benchmark prints, and ends where something is wrong"
)]

mod callgrind;
mod events;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use lambkin_e2e::binaries::{built, cargo};
use lambkin_e2e::{Event, Posted, Setup};
use serde_json::Value;

use crate::events::{FrontEnd, Request, requests};

const ROUTES: usize = 24;
const ROUNDS: usize = 5;
/// The longer of two runs has so many times the rounds of the other.
const TIMES: usize = 10;
const STARTS: usize = 15;

/// A binary that is measured.
struct Subject {
    name: &'static str,
    binary: PathBuf,
}

/// What a handler of routes answers, however it spells it.
#[derive(Debug, PartialEq)]
struct Answer {
    status: u64,
    body: Value,
}

impl Answer {
    fn of(posted: &Posted) -> Self {
        let response = posted.response();
        let member = |name: &str| response.get(name).cloned().unwrap_or_default();
        let text = member("body").as_str().unwrap_or_default().to_owned();
        assert_ne!(member("isBase64Encoded"), Value::Bool(true), "all bodies are texts: {response}");
        let body = serde_json::from_str(&text).unwrap_or(Value::String(text));
        Self { status: member("statusCode").as_u64().unwrap(), body }
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    let Some(valgrind) = callgrind::valgrind() else {
        eprintln!("valgrind is missing: it counts the instructions, and without them there is nothing to compare");
        return ExitCode::FAILURE;
    };
    let rounds = std::env::args().nth(1).map_or(ROUNDS, |rounds| rounds.parse().unwrap());
    let requests = requests();
    let routes: BTreeSet<&str> = requests.iter().map(|request| request.route.as_str()).collect();
    assert_eq!(routes.len(), ROUTES, "the requests are for these routes: {routes:?}");

    let subjects = subjects();
    if let Err(difference) = compare(&subjects, &requests).await {
        eprintln!("{difference}");
        return ExitCode::FAILURE;
    }
    let events: usize = requests.len();
    println!(
        "instructions of an event, mean of {} ({events} requests over {ROUTES} routes):",
        rounds * (TIMES - 1) * events
    );
    count(&valgrind, &subjects, &requests, rounds).await;
    println!();
    start(&subjects).await;
    ExitCode::SUCCESS
}

/// What there is to measure, built for deployment; the first is the bare runtime.
fn subjects() -> Vec<Subject> {
    let metadata: Value = serde_json::from_str(&cargo(&["metadata", "--no-deps", "--format-version=1"])).unwrap();
    let packages = metadata.get("packages").and_then(Value::as_array).unwrap();
    let packages: BTreeSet<&str> = packages.iter().filter_map(|package| package.get("name")?.as_str()).collect();
    let mut subjects = Vec::new();
    for name in ["bare", "axum", "lambkin"] {
        let package = format!("lambkin-bench-http-{name}");
        if !packages.contains(package.as_str()) {
            println!("{name} is missing: `{package}` is not in the workspace");
            continue;
        }
        // One by one: together each would get the features that the others need.
        subjects.push(Subject { name, binary: built(&["--release", "-p", &package], &package) });
    }
    subjects
}

/// What all of them run with.
fn setup(binary: &Path) -> Setup {
    Setup::new(binary)
        .with("AWS_LAMBDA_LOG_LEVEL", "ERROR")
        .with("RUST_LOG", "error")
        // A REST API's stage is no part of the routes; `lambda_http` puts it there unless it is told not to.
        .with("AWS_LAMBDA_HTTP_IGNORE_STAGE_IN_PATH", "true")
}

/// Whether all of them answer each request as it says, and alike.
async fn compare(subjects: &[Subject], requests: &[Request]) -> Result<(), String> {
    let routed: Vec<&Subject> = subjects.iter().filter(|subject| subject.name != "bare").collect();
    let mut lambdas = Vec::new();
    for subject in routed {
        lambdas.push((subject.name, setup(&subject.binary).start().await));
    }
    for front_end in FrontEnd::ALL {
        for request in requests {
            let event = front_end.event(request);
            let mut first: Option<(&str, Answer)> = None;
            for (name, lambda) in &mut lambdas {
                let answer = Answer::of(&lambda.serve(Event::raw(event.clone())).await);
                let of = format!("{} behind {}", request.route, front_end.name());
                if answer.status != u64::from(request.status) {
                    return Err(format!("{of} must be {}, and {name} answers {answer:?}\n{event}", request.status));
                }
                match &first {
                    Some((other, expected)) if *expected != answer => {
                        return Err(format!("{of}: {other} answers {expected:?}, {name} {answer:?}\n{event}"));
                    }
                    Some(_) => {}
                    None => first = Some((name, answer)),
                }
            }
        }
    }
    Ok(())
}

/// Counts instructions, and prints them.
async fn count(valgrind: &Path, subjects: &[Subject], requests: &[Request], rounds: usize) {
    print!("{:<16} {:>8}", "", "bytes");
    for subject in subjects {
        print!(" {:>9}", subject.name);
    }
    for subject in subjects.iter().skip(1) {
        print!(" {:>13}", format!("{} - bare", subject.name));
    }
    println!(" {:>12}", "lambkin/axum");

    let mut sums = vec![0.0; subjects.len()];
    for front_end in FrontEnd::ALL {
        let events: Vec<String> = requests.iter().map(|request| front_end.event(request)).collect();
        let mut counts = Vec::new();
        for (subject, sum) in subjects.iter().zip(&mut sums) {
            // One thread of tokio's: with more, how often they wake each other is chance.
            let setup = setup(&subject.binary).with("TOKIO_WORKER_THREADS", "1");
            let short = callgrind::instructions(valgrind, &setup, &events, rounds).await;
            let long = callgrind::instructions(valgrind, &setup, &events, rounds * TIMES).await;
            let count = (long as f64 - short as f64) / (rounds * (TIMES - 1) * events.len()) as f64;
            *sum += count / FrontEnd::ALL.len() as f64;
            counts.push(count);
        }
        let bytes = events.iter().map(String::len).sum::<usize>() / events.len();
        row(front_end.name(), &bytes.to_string(), subjects, &counts);
    }
    row("mean", "", subjects, &sums);
}

fn row(name: &str, bytes: &str, subjects: &[Subject], counts: &[f64]) {
    let above = |count: &f64| count - counts.first().unwrap();
    let of = |name: &str| {
        subjects.iter().zip(counts).find(|(subject, _)| subject.name == name).map(|(_, count)| above(count))
    };
    print!("{name:<16} {bytes:>8}");
    counts.iter().for_each(|count| print!(" {count:>9.0}"));
    counts.iter().skip(1).for_each(|count| print!(" {:>13.0}", above(count)));
    match of("lambkin").zip(of("axum")) {
        Some((lambkin, axum)) => println!(" {:>12.3}", lambkin / axum),
        None => println!(" {:>12}", "-"),
    }
}

/// Measures sizes and starts, and prints them.
async fn start(subjects: &[Subject]) {
    let mut times = vec![Vec::new(); subjects.len()];
    for _ in 0..STARTS {
        // In turns, so that what else the machine does strikes them all.
        for (subject, times) in subjects.iter().zip(&mut times) {
            let start = Instant::now();
            let mut lambda = setup(&subject.binary).start().await;
            lambda.api.asked(1).await;
            times.push(start.elapsed());
        }
    }
    println!("{:<16} {:>12} {:>14}", "", "binary", "start");
    for (subject, times) in subjects.iter().zip(&mut times) {
        let bytes = std::fs::metadata(&subject.binary).unwrap().len();
        times.sort_unstable();
        let median = times.get(STARTS / 2).map_or(0.0, Duration::as_secs_f64) * 1000.0;
        println!("{:<16} {:>6} bytes {:>11.2} ms", subject.name, bytes, median);
    }
    println!("start: from its start to its first question for an event, median of {STARTS}");
}
