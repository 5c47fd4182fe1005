//! Filters of what is polled.

use super::*;

type Filters = Field<Vec<Field<String>>>;

fn filters(all: &[&str]) -> Filters {
    known(all.iter().map(|filter| known_text(filter)).collect())
}

/// A queue's handler with these filters, and a mapping with those.
fn of_queue(wanted: &[&str], found: Filters) -> Vec<&'static str> {
    let wanted = serde_json::to_string(wanted).unwrap();
    let mut of = orders();
    of.mappings[0].filters = found;
    codes(&manifest(&SQS.replace(": 10}", &format!(r#": 10, "filters": {wanted}}}"#))), &of)
}

const ORDER: &str = r#"{"body":{"type":["order","gift"],"paid":[true]}}"#;
const PING: &str = r#"{"body":["ping"]}"#;

#[test]
fn what_passes_is_what_the_attribute_says() {
    let same = r#"{ "body": { "paid": [ true ], "type": [ "gift", "order" ] } }"#;
    let cases: [(&[&str], Filters, &[&str]); 14] = [
        (&[], Field::Absent, &[]),
        // Nobody said that what is not taken may be deleted.
        (&[], filters(&[ORDER]), &["LC220"]),
        (&[], Field::Unknown(place("Resources.M.Filters")), &["LC220"]),
        (&[ORDER], filters(&[ORDER]), &[]),
        (&[ORDER], filters(&[same]), &[]),
        (&[ORDER, PING], filters(&[PING, same]), &[]),
        (&[ORDER], Field::Absent, &["LC222"]),
        (&[ORDER], filters(&[ORDER, PING]), &["LC222"]),
        (&[ORDER, PING], filters(&[ORDER]), &["LC221"]),
        (&[ORDER], filters(&[PING]), &["LC221"]),
        (&[ORDER], filters(&[r#"{"body":{"type":["order"],"paid":[true]}}"#]), &["LC221"]),
        (&[ORDER], Field::Unknown(place("Resources.M.Filters")), &[]),
        (&[ORDER], known(vec![Field::Unknown(place("Resources.M.Filters"))]), &[]),
        (&[ORDER, PING], known(vec![known_text(ORDER), Field::Unknown(place("Resources.M.Filters"))]), &[]),
    ];
    for (wanted, found, expected) in cases {
        let shown = format!("{wanted:?} {found:?}");
        assert_eq!(of_queue(wanted, found), expected, "{shown}");
    }
}

#[test]
fn what_lambda_refuses_is_found_whatever_the_attribute_says() {
    for wrong in ["", "order", "[1]", r#"{"body": "ping"}"#, r#"{"body": {"a": []}}"#] {
        assert_eq!(of_queue(&[ORDER], filters(&[wrong])), ["LC223"], "{wrong}");
        assert_eq!(of_queue(&[], filters(&[wrong])), ["LC223"], "{wrong}");
        // The others are not compared: what is meant by the wrong one is not known.
        assert_eq!(of_queue(&[ORDER], filters(&[PING, wrong])), ["LC223"], "{wrong}");
    }
    let many: Vec<String> = (0..11).map(|number| format!(r#"{{"body":["{number}"]}}"#)).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    assert_eq!(of_queue(&many[..10], filters(&many[..10])), [""; 0]);
    assert_eq!(of_queue(&many, filters(&many)), ["LC223"]);
}

#[test]
fn a_stream_keeps_what_a_filter_passes_over() {
    let of = |settings: &str, found| {
        let mut mapping = mapping("fulfil", Polled::Kinesis, text("arn:aws:kinesis:eu-west-1:1:stream/s"));
        mapping.starting_position = known_text("LATEST");
        mapping.maximum_retry_attempts = known(5);
        mapping.on_failure = known(text("arn:aws:sns:eu-west-1:1:t"));
        mapping.filters = found;
        let observed = Observed { functions: vec![function("fulfil")], mappings: vec![mapping], ..Observed::default() };
        let stream = r#""stream": "arn:aws:kinesis:eu-west-1:1:stream/s", "maximum_retry_attempts": 5"#;
        let rest = format!(
            r#""report_batch_item_failures": true, "trigger": {{"source": "kinesis", "settings": {{{stream}{settings}}}}}"#
        );
        codes(&with(&rest), &observed)
    };
    let filter = r#"{"data": {"a": [1]}}"#;
    assert_eq!(of("", filters(&[filter])), [""; 0]);
    assert_eq!(of("", Field::Unknown(place(""))), [""; 0]);
    let wanted = r#", "filters": ["{\"data\":{\"a\":[1]}}"]"#;
    assert_eq!(of(wanted, filters(&[filter])), [""; 0]);
    assert_eq!(of(wanted, Field::Absent), ["LC222"]);
    assert_eq!(of(wanted, filters(&[r#"{"data": {"a": ["1"]}}"#])), ["LC221"]);
}
