//! What is recorded arrives, once, in documents that CloudWatch takes.

use std::collections::BTreeMap;
use std::sync::{Arc, Barrier};
use std::time::Duration;

use lambkin_peers::emf::{Document, Metric};
use metrics::{
    Unit, counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram, with_local_recorder,
};
use proptest::prelude::*;

use super::collector::Collector;
use super::section::{Feature, Metrics};
use crate::batch::response::Summary;
use crate::call::Call;
use crate::context::Context;
use crate::error::InvocationError;
use crate::spec::FunctionSpec;
use crate::telemetry::invocation::Seen;

const NONE: [f64; 0] = [];

static SPEC: FunctionSpec = FunctionSpec::new("fulfil", "orders", "sqs");

fn collector() -> Collector {
    Collector::new(Metrics::of::<Feature>("Shop"))
}

static TICK: FunctionSpec = FunctionSpec::new("tick", "orders", "schedule");

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
fn what_is_recorded_is_written_with_lambkins_own() {
    let collector = collector();
    with_local_recorder(collector.registry(), || {
        describe_counter!("Orders", Unit::Count, "placed orders");
        describe_histogram!("Latency", Unit::Milliseconds, "of the shop");
        counter!("Orders").increment(2);
        counter!("Orders").increment(3);
        histogram!("Latency").record(1.5);
        histogram!("Latency").record(2);
        histogram!("Latency").record(2);
        gauge!("Queue").set(7.0);
        counter!("Paid", "Currency" => "EUR", "By" => "card").increment(1);
        counter!("Paid", "By" => "card", "Currency" => "EUR").increment(1);
        counter!("Paid", "Currency" => "USD").increment(4);
        gauge!("Fee", "Currency" => "EUR", "By" => "card").set(8);
        gauge!("Fee", "Currency" => "CHF", "Currency" => "USD").set(9);
    });
    let documents = of_invocation(&collector, |_| {});
    assert_eq!(documents.len(), 3, "one for each set of dimensions");
    let [own] = &documents.iter().filter(|document| !document.values("Invocations").is_empty()).collect::<Vec<_>>()[..]
    else {
        panic!("lambkin's own are in one document")
    };
    assert_eq!(
        (own.values("Orders"), own.values("Latency"), own.values("Queue")),
        (vec![5.0], vec![1.5, 2.0, 2.0], vec![7.0])
    );
    let find = |name: &str, value: &str| -> Vec<(&Metric, &Vec<f64>)> {
        let metrics = documents.iter().flat_map(|document| &document.metrics);
        metrics.filter(|(metric, _)| metric.dimensions.get(name).is_some_and(|found| found == value)).collect()
    };
    let [(fee, _), (paid, values)] = &find("Currency", "EUR")[..] else {
        panic!("the order of labels makes no metric")
    };
    assert_eq!((fee.name.as_str(), &fee.dimensions), ("Fee", &paid.dimensions));
    assert_eq!((paid.name.as_str(), *values, paid.dimensions.len()), ("Paid", &vec![2.0], 4));
    let of_dollars: Vec<_> =
        find("Currency", "USD").iter().map(|(metric, values)| (metric.name.clone(), (*values).clone())).collect();
    assert_eq!(of_dollars, [("Fee".to_owned(), vec![9.0]), ("Paid".to_owned(), vec![4.0])]);
    // What is written is written.
    let again = of_invocation(&collector, |_| {});
    assert_eq!((again.len(), all(&again, "Orders"), all(&again, "Queue")), (1, vec![], vec![]));
}

#[test]
fn a_counter_is_written_as_its_growth() {
    let collector = collector();
    let flush = |record: &dyn Fn()| {
        with_local_recorder(collector.registry(), record);
        all(&read(&collector.rest()), "Seen")
    };
    assert_eq!(flush(&|| counter!("Seen").absolute(100)), [100.0]);
    assert_eq!(flush(&|| counter!("Seen").absolute(130)), [30.0]);
    // Older totals come late, and are none.
    assert_eq!(flush(&|| counter!("Seen").absolute(120)), NONE);
    assert_eq!(flush(&|| counter!("Seen").absolute(131)), [1.0]);
    assert_eq!(flush(&|| ()), NONE);
    assert_eq!(flush(&|| counter!("Seen").increment(2)), [2.0]);
}

#[test]
fn a_gauge_is_written_when_it_was_told_something() {
    let collector = collector();
    let flush = |record: &dyn Fn()| {
        with_local_recorder(collector.registry(), record);
        all(&read(&collector.rest()), "Open")
    };
    assert_eq!(flush(&|| gauge!("Open").increment(2)), [2.0]);
    assert_eq!(flush(&|| ()), NONE);
    // It knows what it was.
    assert_eq!(flush(&|| gauge!("Open").decrement(1)), [1.0]);
    assert_eq!(flush(&|| gauge!("Open").set(1)), [1.0]);
}

#[test]
fn a_handle_that_is_kept_counts_on() {
    let collector = collector();
    let (kept, times) = with_local_recorder(collector.registry(), || (counter!("Kept"), histogram!("Times")));
    for round in 1..4_u32 {
        kept.increment(1);
        times.record(round);
        with_local_recorder(collector.registry(), || counter!("Kept").increment(1));
        let documents = read(&collector.rest());
        assert_eq!((all(&documents, "Kept"), all(&documents, "Times")), (vec![2.0], vec![f64::from(round)]));
    }
}

#[test]
fn what_nobody_holds_on_to_is_forgotten() {
    let collector = collector();
    for round in 0..50 {
        with_local_recorder(collector.registry(), || {
            counter!("Calls", "Id" => round.to_string()).increment(1);
            histogram!("Times", "Id" => round.to_string()).record(1);
        });
        collector.rest();
    }
    assert_eq!(collector.registry().len(), 0);
}

#[test]
fn more_than_a_hundred_metrics_take_several_documents() {
    let documents = written(|| (0..250).for_each(|number| counter!(format!("m{number}")).increment(number + 1)));
    let sizes: Vec<usize> = documents.iter().map(|document| document.metrics.len()).collect();
    assert_eq!(sizes, [100, 100, 50]);
    for number in 0..250_u32 {
        assert_eq!(all(&documents, &format!("m{number}")), [f64::from(number + 1)]);
    }
}

#[test]
fn more_than_a_hundred_values_take_several_documents() {
    let documents = written(|| {
        counter!("Before").increment(1);
        (0..250_u32).for_each(|value| histogram!("Times").record(value));
        counter!("Zuletzt").increment(1);
    });
    assert_eq!(documents.len(), 3);
    assert_eq!(all(&documents, "Times"), (0..250).map(f64::from).collect::<Vec<_>>());
    // Others are where there is room first.
    assert_eq!(documents.first().map(|document| document.metrics.len()), Some(3));
}

#[test]
fn a_value_that_was_there_a_million_times_is_written_once() {
    let documents = written(|| {
        histogram!("Times").record_many(0.5, 1_000_000);
        histogram!("Times").record_many(2, 3);
        histogram!("Times").record_many(9, 0);
    });
    assert_eq!(documents.len(), 1);
    let values = all(&documents, "Times");
    assert_eq!((values.len(), sum(&documents, "Times")), (1_000_003, 500_006.0));
}

#[test]
fn labels_that_are_too_many_are_properties() {
    let labels: Vec<(String, String)> = (0..40).map(|number| (format!("l{number:02}"), format!("v{number}"))).collect();
    let collector = collector();
    with_local_recorder(collector.registry(), || counter!("Wide", &labels).increment(1));
    let [_, document] = &of_invocation(&collector, |_| {})[..] else { panic!("one besides lambkin's own") };
    let metric = document.metrics.keys().next().unwrap();
    assert_eq!((metric.dimensions.len(), metric.dimensions.contains_key("l27")), (30, true));
    assert!(!metric.dimensions.contains_key("l28"));
    for (name, value) in &labels {
        assert_eq!(document.json[name], value.as_str());
    }
}

#[test]
fn a_label_that_is_no_dimension_is_a_property() {
    let long = "x".repeat(5_000);
    let documents = written(|| {
        counter!("Odd", "Empty" => "", "Ünicode" => "v", "City" => "Zürich", "Long" => long, "Fine" => "yes")
            .increment(1);
    });
    let [document] = &documents[..] else { panic!("one document") };
    let metric = document.metrics.keys().next().unwrap();
    assert_eq!(metric.dimensions.keys().collect::<Vec<_>>(), ["Fine"]);
    assert_eq!((&document.json["City"], &document.json["Empty"]), (&"Zürich".into(), &"".into()));
    assert_eq!(document.json["Long"].as_str().map(str::len), Some(1024));
}

#[test]
fn metrics_that_differ_in_a_property_alone_do_not_share_a_document() {
    let documents = written(|| {
        counter!("Odd", "City" => "Zürich").increment(1);
        counter!("Odd", "City" => "Köln").increment(2);
    });
    assert_eq!((documents.len(), sum(&documents, "Odd")), (2, 3.0));
}

#[test]
fn a_name_that_is_taken_is_another() {
    let collector = collector();
    with_local_recorder(collector.registry(), || {
        counter!("Handler").increment(1);
        counter!("requestId").increment(2);
        counter!("_aws").increment(3);
        counter!("Size", "Size" => "large", "_aws" => "x", "Handler" => "mine").increment(4);
        // Lambkin's own are in the document, and these are the same metric to CloudWatch.
        counter!("Invocations").increment(5);
        gauge!("Both").set(6);
        counter!("Both").increment(7);
    });
    let documents = of_invocation(&collector, |_| {});
    for (name, value) in
        [("Handler_", 1.0), ("requestId_", 2.0), ("_aws_", 3.0), ("Size_", 4.0), ("Invocations", 6.0), ("Both", 13.0)]
    {
        assert_eq!(sum(&documents, name), value, "{name}");
    }
    let mine = documents.iter().flat_map(|document| document.metrics.keys()).find(|metric| metric.name == "Size_");
    assert_eq!(mine.and_then(|metric| metric.dimensions.get("Handler")).map(String::as_str), Some("mine"));
}

#[test]
fn what_is_no_value_or_has_no_name_keeps_nothing_else_from_being_written() {
    let documents = written(|| {
        gauge!("Nan").set(f64::NAN);
        gauge!("Inf").set(f64::INFINITY);
        histogram!("Some").record(f64::NEG_INFINITY);
        histogram!("Some").record(1);
        counter!("").increment(1);
        counter!("n".repeat(400)).increment(1);
        counter!("quo\"te\n").increment(1);
    });
    let [document] = &documents[..] else { panic!("one document") };
    assert_eq!((document.metrics.len(), document.values("Some")), (3, vec![1.0]));
    assert_eq!((document.values(&"n".repeat(255)), document.values("quo\"te\n")), (vec![1.0], vec![1.0]));
    assert_eq!(written(|| gauge!("Nan").set(f64::NAN)).len(), 0, "a document has metrics");
}

#[test]
fn a_document_is_not_larger_than_a_log_event_may_be() {
    let documents = written(|| {
        for metric in 0..300_u32 {
            for value in 0..100_u32 {
                histogram!(format!("{metric}{}", "é".repeat(250))).record(f64::from(value) * 12_345.678_901_234);
            }
        }
    });
    let lengths: Vec<usize> = documents.iter().map(|document| document.json.to_string().len()).collect();
    assert!(lengths.len() > 3 && lengths.iter().all(|length| *length <= 256 * 1024), "{lengths:?}");
    assert_eq!(documents.iter().map(|document| document.metrics.len()).sum::<usize>(), 300);
}

#[test]
fn a_unit_is_cloudwatchs() {
    let documents = written(|| {
        describe_gauge!("Rate", Unit::MegabitsPerSecond, "");
        describe_histogram!("Tiny", Unit::Nanoseconds, "");
        gauge!("Rate").set(1);
        histogram!("Tiny").record(2_500);
        histogram!("Plain").record(1);
    });
    let [document] = &documents[..] else { panic!("one document") };
    let units: Vec<_> = document.metrics.keys().map(|metric| (metric.name.as_str(), metric.unit.as_deref())).collect();
    assert_eq!(units, [("Plain", None), ("Rate", Some("Megabits/Second")), ("Tiny", Some("Microseconds"))]);
    assert_eq!(document.values("Tiny"), [2.5]);
}

/// Several invocations at once: whoever writes takes what there is, and what there is nobody takes twice.
#[test]
fn nothing_is_lost_or_doubled_between_invocations() {
    const THREADS: u32 = 4;
    const ROUNDS: u32 = 300;
    let collector = collector();
    let start = Barrier::new(THREADS as usize);
    let documents: Vec<Document> = std::thread::scope(|scope| {
        let invocation = || {
            start.wait();
            let mut documents = Vec::new();
            for round in 0..ROUNDS {
                with_local_recorder(collector.registry(), || {
                    counter!("Orders").increment(1);
                    counter!("ByRound", "Round" => (round % 7).to_string()).increment(2);
                    histogram!("Times").record(round);
                });
                documents.extend(of_invocation(&collector, |_| {}));
            }
            documents
        };
        let threads: Vec<_> = (0..THREADS).map(|_| scope.spawn(invocation)).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    let total = f64::from(THREADS * ROUNDS);
    assert_eq!(sum(&documents, "Orders"), total);
    assert_eq!(sum(&documents, "ByRound"), 2.0 * total);
    assert_eq!(sum(&documents, "Times"), f64::from(THREADS) * f64::from(ROUNDS * (ROUNDS - 1) / 2));
    assert_eq!(sum(&documents, "Invocations"), total);
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

proptest! {
    /// Whatever names, labels and values there are, the documents are in order, and the counts are right.
    #[test]
    fn documents_are_in_order_whatever_is_recorded(
        records in proptest::collection::vec(
            ("[a-cF_:é\" ]{0,3}|FunctionName|_aws|Duration", "[x-z :é]{0,3}|Handler|requestId|_aws", "[a-c é\n]{0,3}", 1_u64..5, any::<f64>()),
            0..40,
        )
    ) {
        let collector = collector();
        with_local_recorder(collector.registry(), || {
            for (name, label, value, count, sample) in &records {
                let labels = vec![(label.clone(), value.clone())];
                counter!(name.clone(), &labels).increment(*count);
                counter!("Total").increment(*count);
                histogram!(name.clone(), &labels).record(*sample);
                gauge!("Last", &labels).set(*sample);
            }
        });
        let documents = of_invocation(&collector, |_| {});
        let total: u64 = records.iter().map(|(_, _, _, count, _)| count).sum();
        prop_assert_eq!(sum(&documents, "Total"), total as f64);
        prop_assert_eq!(sum(&documents, "Invocations"), 1.0);
    }
}
