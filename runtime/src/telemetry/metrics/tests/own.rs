//! What lambkin measures itself.

use std::collections::BTreeMap;
use std::time::Duration;

use metrics::{counter, with_local_recorder};

use super::{NONE, SPEC, TICK, all, collector, context, of_invocation, read, sum};
use crate::batch::response::Summary;
use crate::call::Call;
use crate::context::Context;
use crate::error::InvocationError;
use crate::telemetry::invocation::Seen;

#[test]
fn an_invocation_is_measured() {
    let collector = collector();
    let [document] = &of_invocation(&collector, |seen| {
        seen.is_cold = true;
        seen.records = Some(Summary { records: 10, failed: 1, unprocessed: 2, discarded: 3 });
    })[..] else {
        panic!("one document")
    };
    assert_eq!(document.namespace, "Shop");
    let dimensions = BTreeMap::from(
        [("FunctionName", "orders-prod"), ("Handler", "fulfil")].map(|(k, v)| (k.to_owned(), v.to_owned())),
    );
    assert!(document.metrics.keys().all(|metric| metric.dimensions == dimensions), "{document:?}");
    let expected = [
        ("Invocations", 1.0),
        ("Errors", 0.0),
        ("ColdStart", 1.0),
        ("RecordsDone", 4.0),
        ("RecordsFailed", 1.0),
        ("RecordsUnprocessed", 2.0),
        ("RecordsDiscarded", 3.0),
        ("Duration", 12.345),
    ];
    for (name, value) in expected {
        assert_eq!(document.values(name), [value], "{name}");
    }
    let [peak, share] = ["PeakMemory", "MemoryUtilization"].map(|name| sum(std::slice::from_ref(document), name));
    assert!(peak > 0.5 && (share - peak / 256.0 * 100.0).abs() < 0.1, "{peak} {share}");
    // A deadline that nobody knows leaves no time.
    assert_eq!(document.values("RemainingTime"), NONE);
    let unit =
        |name: &str| document.metrics.keys().find(|metric| metric.name == name).and_then(|metric| metric.unit.clone());
    assert_eq!(unit("Duration").as_deref(), Some("Milliseconds"));
    assert_eq!(unit("PeakMemory").as_deref(), Some("Megabytes"));
    assert_eq!(unit("RecordsDone").as_deref(), Some("Count"));
    assert_eq!((&document.json["requestId"], &document.json["functionVersion"]), (&"r-1".into(), &"7".into()));
    assert_eq!(document.json.get("error_type"), None);
}

#[test]
fn the_only_record_is_the_invocation_unless_it_is_discarded() {
    let call = Call::new(&TICK, b"", Context::new(context(0)), None);
    let written = |discarded: usize| {
        let records = Some(Summary { records: 1, discarded, ..Summary::default() });
        let seen = Seen { call: &call, is_cold: false, duration: Duration::ZERO, result: Ok(4), records };
        let documents = read(&collector().of_invocation(&seen));
        ["RecordsDone", "RecordsDiscarded"].map(|name| all(&documents, name))
    };
    assert_eq!((written(0), written(1)), ([vec![], vec![]], [vec![], vec![1.0]]));
}

#[test]
fn an_error_is_counted_and_named() {
    let error = InvocationError::new("StoreDown", "no");
    let [document] = &of_invocation(&collector(), |seen| seen.result = Err(Box::leak(Box::new(error))))[..] else {
        panic!("one document")
    };
    assert_eq!((document.values("Errors"), document.values("ColdStart")), (vec![1.0], vec![0.0]));
    assert_eq!(document.json["error_type"], "StoreDown");
    assert_eq!(document.values("RecordsDone"), NONE, "no source of records");
}

#[test]
fn the_time_that_was_left_is_known_where_the_deadline_is() {
    let spec = &SPEC;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    runtime.block_on(async {
        let cx = Context::with_deadline(context(0), Some(Duration::from_millis(1_500)));
        let call = Call::new(spec, b"", cx, None);
        let seen = Seen { call: &call, is_cold: false, duration: Duration::ZERO, result: Ok(2), records: None };
        let documents = read(&collector().of_invocation(&seen));
        assert_eq!(all(&documents, "RemainingTime"), [1_500.0]);
        assert_eq!(all(&documents, "MemoryUtilization"), NONE, "the size is not known");
    });
}

#[test]
fn a_level_keeps_lambda_from_dropping_documents() {
    let mut collector = collector();
    collector.set_level(Some("JSON"), Some("warn"));
    with_local_recorder(collector.registry(), || counter!("Orders").increment(1));
    let [document] = &read(&collector.rest())[..] else { panic!("one document") };
    assert_eq!(document.json["level"], "WARN");
    let timestamp = document.json["timestamp"].as_str().unwrap_or_default();
    assert!(humantime::parse_rfc3339(timestamp).is_ok(), "{timestamp}");
    for (format, least) in
        [(None, Some("WARN")), (Some("JSON"), Some("INFO")), (Some("JSON"), None), (Some("Text"), Some("ERROR"))]
    {
        collector.set_level(format, least);
        with_local_recorder(collector.registry(), || counter!("Orders").increment(1));
        assert!(
            read(&collector.rest()).iter().all(|document| document.json.get("level").is_none()),
            "{format:?} {least:?}"
        );
    }
}
