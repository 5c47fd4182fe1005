//! Numbers in lines, and functions of templates that are made by hand.

use proptest::prelude::*;

use super::*;

fn with(line: &str) -> Option<String> {
    with_number(line, 1, 20).map(|(new, _)| new)
}

#[test]
fn only_the_digits_change() {
    for (line, expected) in [
        ("      ReservedConcurrentExecutions: 5", "      ReservedConcurrentExecutions: 20"),
        ("  ReservedConcurrentExecutions:  5  # five\r\n", "  ReservedConcurrentExecutions:  20  # five\r\n"),
        ("  \"ReservedConcurrentExecutions\": 5,", "  \"ReservedConcurrentExecutions\": 20,"),
        (
            "{Handler: api5, ReservedConcurrentExecutions: 5, Timeout: 5}",
            "{Handler: api5, ReservedConcurrentExecutions: 20, Timeout: 5}",
        ),
        ("    reservedConcurrency: 100", "    reservedConcurrency: 20"),
        ("  reserved_concurrent_executions   = 5 # was 7", "  reserved_concurrent_executions   = 20 # was 7"),
    ] {
        assert_eq!(with(line).as_deref(), Some(expected), "{line}");
    }
}

#[test]
fn what_is_no_plain_number_is_left_alone() {
    for line in [
        "ReservedConcurrentExecutions: !Ref Reserved",
        "ReservedConcurrentExecutions: \"5\"",
        "ReservedConcurrentExecutions:",
        "ReservedConcurrentExecutions: 5x",
        "ReservedConcurrentExecutions: 5 + 5",
        "ReservedConcurrentExecutions: -1",
        "reserved_concurrent_executions = var.reserved",
        "reserved_concurrent_executions = 5 * var.reserved",
        "reserved_concurrent_executions = -1",
        "reservedConcurrency: ${self:custom.reserved}",
        "reservedConcurrency: 5#",
        "a: {ReservedConcurrentExecutions: 5}, b: {ReservedConcurrentExecutions: 6}",
        "Timeout: 5",
        "",
    ] {
        assert_eq!(with(line), None, "{line}");
    }
    assert!(with_number("a", 0, 1).is_none() && with_number("a", 9, 1).is_none());
}

proptest! {
    #[test]
    fn other_lines_stay_byte_for_byte(before in "[^\r]{0,30}", after: String, old in 0..1000_u32, number: u32) {
        let before = if before.is_empty() { before } else { before + "\n" };
        let line = before.matches('\n').count() + 1;
        let file = |number: u32| format!("{before}  ReservedConcurrentExecutions: {number} # é\n{after}");
        let (new, was) = with_number(&file(old), line, number).unwrap();
        prop_assert_eq!(new, file(number));
        prop_assert_eq!(was, old.to_string());
    }

    #[test]
    fn no_line_makes_it_panic(line: String, tail: String) {
        let _ = with_number(&line, 1, 7);
        let _ = with_number(&format!("ReservedConcurrentExecutions{line}:{tail}"), 1, 7);
    }
}
