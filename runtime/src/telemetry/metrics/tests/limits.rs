//! What CloudWatch does not take as it was recorded.

use metrics::{Unit, counter, describe_gauge, describe_histogram, gauge, histogram, with_local_recorder};
use proptest::prelude::*;

use super::{all, collector, of_invocation, sum, written};

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
