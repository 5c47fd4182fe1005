//! Kafka, schedules, and functions that share a source.

use super::{SQS, allowed, mapping, planned};
use crate::template::args::Format;
use crate::template::model::{Deployment, Scope, Source};

#[test]
fn kafka_is_provisioned_where_single_records_are_reported() {
    let kafka = |settings: &str, reports: bool| {
        let trigger = format!(r#"{{"source": "kafka", "settings": {{"topic": "t", {settings}}}}}"#);
        planned(&[&format!(r#""report_batch_item_failures": {reports}, "trigger": {trigger}"#)], &[])
    };
    let pollers = |of: &Deployment| mapping(&of.functions[0]).pollers.map(|pollers| (pollers.minimum, pollers.maximum));
    assert_eq!(pollers(&kafka(r#""cluster": "c""#, false)), None);
    let of = kafka(r#""cluster": "c""#, true);
    assert_eq!(pollers(&of), Some((Some(1), None)));
    assert!(of.functions[0].notes.iter().any(|note| note.contains("provisioned mode")));
    assert_eq!(pollers(&kafka(r#""cluster": "c", "maximum_pollers": 5"#, true)), Some((None, Some(5))));
    assert_eq!(pollers(&kafka(r#""cluster": "c", "maximum_retry_attempts": 1"#, false)), Some((Some(1), None)));

    let of = kafka(r#""cluster": "arn:aws:kafka:r:1:cluster/c/u", "consumer_group": "g""#, true);
    assert!(matches!(mapping(&of.functions[0]).source, Source::Msk { .. }));
    let allowed = allowed(&of.functions[0]);
    assert!(
        allowed[2].ends_with("on arn:aws:kafka:r:1:topic/c/u/t") && allowed[3].ends_with("group/c/u/g"),
        "{allowed:?}"
    );
    assert!(kafka(r#""cluster": "c""#, true).functions[0].permissions.iter().any(|permission| {
        matches!(&permission.on, Scope::Resources(on) if on[0].to_string().ends_with(":topic/c/*/t"))
    }));
    let of = kafka(r#""batch_size": 1"#, true);
    assert!(of.parameters.iter().any(|parameter| parameter.id == "F0BootstrapServers" && parameter.is_list));
}

#[test]
fn stages_of_one_account_do_not_share_a_schedule() {
    let schedule = r#""trigger": {"source": "schedule", "settings": {"expression": "rate(1 hour)"}}"#;
    let of = planned(&[schedule], &[]);
    let name = "Type: ScheduleV2\n          Properties:\n            Name:\n              Fn::Sub: \"pfunctions-${Stage}-f0\"\n";
    let sam = super::rendered(&of, Format::Sam);
    assert!(sam.contains(name), "{sam}");
}

#[test]
fn functions_of_one_source_are_said_to_share_it() {
    let of = planned(&[SQS, SQS], &[]);
    assert!(
        of.functions[0].notes.is_empty() && of.functions[1].notes[0].contains("`f0`"),
        "{:?}",
        of.functions[1].notes
    );
    let s3 = |settings: &str| format!(r#""trigger": {{"source": "s3", "settings": {{"bucket": "b", {settings}}}}}"#);
    for (one, two, is_refused) in [
        (r#""prefix": "in/""#, r#""prefix": "in/a""#, true),
        (r#""prefix": "in/""#, r#""prefix": "out/""#, false),
        (r#""suffix": ".png""#, r#""prefix": "in/""#, true),
        (r#""suffix": ".png""#, r#""suffix": ".jpg""#, false),
        (r#""events": ["s3:ObjectRemoved:*"]"#, r#""prefix": "in/""#, false),
        (r#""events": ["s3:ObjectCreated:Put"]"#, r#""prefix": "in/""#, true),
    ] {
        let of = planned(&[&s3(one), &s3(two)], &[]);
        assert_eq!(of.functions[1].notes.iter().any(|note| note.starts_with("S3 refuses")), is_refused, "{one} {two}");
    }
}
