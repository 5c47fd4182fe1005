//! What is recorded arrives, once, in documents that CloudWatch takes.

mod limits;
mod own;
mod recorded;

use std::sync::Arc;
use std::time::Duration;

use lambkin_peers::emf::Document;
use metrics::with_local_recorder;

use super::collector::Collector;
use super::section::{Feature, Metrics};
use crate::call::Call;
use crate::context::Context;
use crate::spec::FunctionSpec;
use crate::telemetry::invocation::Seen;

const NONE: [f64; 0] = [];

static SPEC: FunctionSpec = FunctionSpec::new("fulfil", "orders", "sqs");

static TICK: FunctionSpec = FunctionSpec::new("tick", "orders", "schedule");

fn collector() -> Collector {
    Collector::new(Metrics::of::<Feature>("Shop"))
}

fn context(memory: i32) -> lambda_runtime::Context {
    let config = lambda_runtime::Config {
        function_name: "orders-prod".to_owned(),
        version: "7".to_owned(),
        memory,
        ..lambda_runtime::Config::default()
    };
    let mut context = lambda_runtime::Context::default();
    context.request_id = "r-1".to_owned();
    context.env_config = Arc::new(config);
    context
}

/// What an invocation writes, with lambkin's own.
fn of_invocation(collector: &Collector, change: impl FnOnce(&mut Seen<'_>)) -> Vec<Document> {
    let call = Call::new(&SPEC, b"", Context::new(context(256)), None);
    let duration = Duration::from_micros(12_345);
    let mut seen = Seen { call: &call, is_cold: false, duration, result: Ok(2), records: None };
    change(&mut seen);
    read(&collector.of_invocation(&seen))
}

/// What was recorded by this, without lambkin's own.
fn written(record: impl FnOnce()) -> Vec<Document> {
    let collector = collector();
    with_local_recorder(collector.registry(), record);
    read(&collector.rest())
}

fn read(lines: &[String]) -> Vec<Document> {
    lines.iter().map(|line| Document::read(line).unwrap_or_else(|fault| panic!("{fault}: {line}"))).collect()
}

/// All values of a metric, in all documents.
fn all(documents: &[Document], name: &str) -> Vec<f64> {
    documents.iter().flat_map(|document| document.values(name)).collect()
}

fn sum(documents: &[Document], name: &str) -> f64 {
    all(documents, name).iter().sum()
}
