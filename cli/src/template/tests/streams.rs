//! Streams: what is read, and what becomes of records that fail.

use super::{SQS, allowed, mapping, planned};
use crate::template::args::Format;

#[test]
fn a_table_s_stream_is_asked_for_unless_its_keys_are_told() {
    let reads = r#""trigger": {"source": "dynamodb", "settings": {"table": "sensors", "view": "KEYS_ONLY"}}"#;
    let of = planned(&[reads], &[]);
    assert_eq!(of.parameters[0].id, "F0StreamArn");
    assert!(of.functions[0].notes[0].contains("`--table sensors=KEY:TYPE`"));
    let of = planned(&[reads], &["--table=sensors=id:S,at:N"]);
    assert_eq!(of.tables[0].stream.as_deref(), Some("KEYS_ONLY"));
    assert!(
        allowed(&of.functions[0])[0].ends_with("on {arn of SensorsTable}/stream/*"),
        "{:?}",
        allowed(&of.functions[0])
    );
    assert_eq!(mapping(&of.functions[0]).starting_position.as_deref(), Some("TRIM_HORIZON"));
}

#[test]
fn a_consumer_reads_through_its_stream() {
    let arn = "arn:aws:kinesis:r:1:stream/s/consumer/c:1";
    let of = planned(&[&format!(r#""trigger": {{"source": "kinesis", "settings": {{"stream": "{arn}"}}}}"#)], &[]);
    let [read, subscribe] = allowed(&of.functions[0]).try_into().unwrap();
    assert!(read.ends_with("on arn:aws:kinesis:r:1:stream/s"), "{read}");
    assert_eq!(subscribe, format!("kinesis:SubscribeToShard on {arn}"));
}

#[test]
fn what_is_given_up_is_told_to_a_queue() {
    let reads = |source: &str, settings: &str| {
        let trigger = format!(r#""trigger": {{"source": "{source}", "settings": {{{settings}}}}}"#);
        planned(&[&trigger, SQS], &["--name=shop"])
    };
    let arn = r#""table": "arn:aws:dynamodb:r:1:table/t/stream/1""#;
    let cluster = r#""topic": "t", "cluster": "arn:aws:kafka:r:1:cluster/c/u""#;
    for (source, settings) in [
        ("kinesis", r#""stream": "s", "maximum_retry_attempts": 0"#.to_owned()),
        ("dynamodb", format!(r#"{arn}, "maximum_record_age": 60"#)),
        ("kafka", format!(r#"{cluster}, "maximum_retry_attempts": 3"#)),
        ("kafka", r#""topic": "t", "maximum_record_age": 60"#.to_owned()),
    ] {
        let of = reads(source, &settings);
        let told = mapping(&of.functions[0]).on_failure.as_ref().map(ToString::to_string);
        assert_eq!(told.as_deref(), Some("{arn of F0FailuresQueue}"), "{source}");
        let queues: Vec<String> = of.failure_queues.iter().map(|queue| queue.name.to_string()).collect();
        assert_eq!(queues, ["shop-f0-failures-{stage}"], "{source}");
        let sends = "sqs:SendMessage on {arn of F0FailuresQueue}".to_owned();
        assert!(allowed(&of.functions[0]).contains(&sends), "{source}");
        assert!(mapping(&of.functions[1]).on_failure.is_none() && !allowed(&of.functions[1]).contains(&sends));
        // From within a VPC, SQS has to be reached.
        let is_noted = of.functions[0].notes.iter().any(|note| note.contains("VPC endpoint for SQS"));
        assert_eq!(is_noted, settings.contains("cluster"), "{source}");
    }
    // A record that is retried until it expires is not given up.
    for (source, settings) in [("kinesis", r#""stream": "s""#), ("dynamodb", arn), ("kafka", cluster)] {
        let of = reads(source, settings);
        assert!(mapping(&of.functions[0]).on_failure.is_none() && of.failure_queues.is_empty(), "{source}");
    }
}

#[test]
fn a_queue_of_failures_is_no_other_queue() {
    let reads = r#""trigger": {"source": "kinesis", "settings": {"stream": "s", "maximum_retry_attempts": 1}}"#;
    let of = planned(&[reads, r#""trigger": {"source": "sqs", "settings": {"queue": "f0-failures"}}"#], &[]);
    assert_eq!((of.failure_queues[0].id.as_str(), of.queues[0].id.as_str()), ("F0Failures", "F0Failures2"));
}

#[test]
fn retries_without_end_are_written_out() {
    let reads = |settings: &str| {
        let trigger = format!(r#""trigger": {{"source": "kinesis", "settings": {{"stream": "s"{settings}}}}}"#);
        planned(&[&trigger], &[])
    };
    let attempts = |settings: &str| mapping(&reads(settings).functions[0]).maximum_retry_attempts;
    assert_eq!(attempts(""), Some(-1));
    assert_eq!(attempts(r#", "maximum_retry_attempts": 0"#), Some(0));
    assert_eq!(attempts(r#", "maximum_record_age": 60"#), None);
    let written = super::rendered(&reads(""), Format::Terraform);
    let words: Vec<&str> = written.split_whitespace().collect();
    assert!(words.join(" ").contains("shard until it expires. maximum_retry_attempts = -1"), "{written}");
}
