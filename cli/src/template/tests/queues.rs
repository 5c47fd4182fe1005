//! Queues, their dead letters, and what is reported of them.

use super::{SQS, mapping, planned};
use crate::template::args::Format;
use crate::template::text::Kind;

#[test]
fn a_queue_outlasts_six_timeouts_and_the_window() {
    let of = planned(&[SQS], &[]);
    assert_eq!(of.queues.len(), 1);
    let queue = &of.queues[0];
    assert_eq!((queue.visibility_timeout, queue.max_receive_count, queue.is_fifo), (200, 5, false));
    assert_eq!(queue.name.to_string(), "orders-{stage}");
    assert_eq!(queue.dead_letters.to_string(), "orders-dead-letters-{stage}");
    // Without a timeout, Lambda's own counts.
    let of =
        planned(&[r#""trigger": {"source": "sqs", "settings": {"queue": "a.fifo", "max_receive_count": 9}}"#], &[]);
    let queue = &of.queues[0];
    assert_eq!((queue.visibility_timeout, queue.max_receive_count, queue.is_fifo), (18, 9, true));
    assert_eq!(queue.dead_letters.to_string(), "a-dead-letters-{stage}.fifo");
}

#[test]
fn no_number_is_too_large() {
    let of = planned(
        &[r#""timeout": 4294967295, "trigger": {"source": "sqs", "settings": {"queue": "a", "window": 9}}"#],
        &[],
    );
    assert_eq!(of.queues[0].visibility_timeout, u32::MAX);
}

#[test]
fn two_functions_of_one_queue_share_it_and_the_longer_one_counts() {
    let slow = SQS.replace("30", "100");
    let of = planned(&[SQS, &slow], &["--stage=prod"]);
    assert_eq!(of.queues.len(), 1);
    assert_eq!(of.queues[0].visibility_timeout, 620);
    assert_eq!(of.queues[0].name.known(), Some("orders-prod"));
}

#[test]
fn failures_are_reported_where_the_manifest_says_so() {
    let of = planned(&[SQS, &SQS.replace("true", "false")], &[]);
    assert!(mapping(&of.functions[0]).reports_failures);
    assert!(!mapping(&of.functions[1]).reports_failures);
}

#[test]
fn dead_letters_that_a_function_takes_are_one_queue() {
    let other = r#""trigger": {"source": "sqs", "settings": {"queue": "orders-dead-letters"}}"#;
    for functions in [[SQS, other], [other, SQS]] {
        let of = planned(&functions, &[]);
        let named = |name: &str| of.queues.iter().find(|queue| queue.name.to_string() == name).unwrap();
        let (orders, dead) = (named("orders-{stage}"), named("orders-dead-letters-{stage}"));
        assert_eq!(orders.dead_letter_queue(), Kind::Queue.of(&dead.id));
        for (format, name, kept) in [
            (Format::CloudFormation, "Fn::Sub: \"orders-dead-letters-${Stage}\"", "MessageRetentionPeriod: 1209600"),
            (Format::Terraform, "= \"orders-dead-letters-${var.stage}\"", "message_retention_seconds  = 1209600"),
        ] {
            let written = super::rendered(&of, format);
            assert_eq!(written.matches(name).count(), 1, "{written}");
            assert!(written.contains(kept), "{written}");
        }
    }
}

#[test]
fn a_count_that_one_function_of_a_queue_says_holds_for_the_others() {
    let counted = r#""trigger": {"source": "sqs", "settings": {"queue": "orders", "max_receive_count": 2}}"#;
    for functions in [[SQS, counted], [counted, SQS]] {
        assert_eq!(planned(&functions, &[]).queues[0].max_receive_count, 2);
    }
}

#[test]
fn less_reserved_than_a_queue_invokes_is_said() {
    let at_most_ten = r#""trigger": {"source": "sqs", "settings": {"queue": "orders", "maximum_concurrency": 10}}"#;
    let notes = |option: &str| planned(&[at_most_ten], &[option]).functions[0].notes.clone();
    assert!(notes("--reserved-concurrency=f0=9")[0].contains("reserve 10 or more"));
    assert!(notes("--reserved-concurrency=f0=10").is_empty() && notes("--reserved-concurrency=f0=0").is_empty());
}
