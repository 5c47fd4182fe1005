//! The text format: `REPORT RequestId: … Duration: 12.34 ms Billed Duration: 13 ms …`.

use crate::cost::reports::{Entry, report, timestamp};

const START: &str = "REPORT RequestId:";

/// What a line is. What stands before the report (a time, the name of a stream, a column of an export) is only
/// looked at for a time.
pub(crate) fn entry(line: &str) -> Entry {
    let Some((before, fields)) = line.split_once(START) else {
        return Entry::Other;
    };
    let mut numbers = Numbers::default();
    numbers.read(fields);
    let (Some(duration), Some(billed), Some(memory), Some(used)) =
        (numbers.duration, numbers.billed, numbers.memory, numbers.used)
    else {
        return Entry::Unreadable;
    };
    match report(duration, billed, memory, used, numbers.init.or(numbers.restore)) {
        Some(report) => Entry::Report { report, time: timestamp::find(before) },
        None => Entry::Unreadable,
    }
}

#[derive(Default)]
struct Numbers {
    duration: Option<f64>,
    billed: Option<f64>,
    memory: Option<f64>,
    used: Option<f64>,
    init: Option<f64>,
    restore: Option<f64>,
}

impl Numbers {
    /// Fields are set apart by tabs, in some exports by spaces, in others by the two characters `\t`.
    fn read(&mut self, fields: &str) {
        let fields = fields.replace("\\t", " ").replace("\\n", " ");
        let mut before = ["", ""];
        let mut words = fields.split_whitespace().peekable();
        while let Some(word) = words.next() {
            let field = match (before, word) {
                ([_, "Billed"], "Duration:") => Some(&mut self.billed),
                ([_, "Init"], "Duration:") => Some(&mut self.init),
                // It is in the billed duration already.
                (["Billed", "Restore"], "Duration:") => None,
                ([_, "Restore"], "Duration:") => Some(&mut self.restore),
                (_, "Duration:") => Some(&mut self.duration),
                ([_, "Memory"], "Size:") => Some(&mut self.memory),
                (["Max", "Memory"], "Used:") => Some(&mut self.used),
                _ => None,
            };
            if let Some(field) = field {
                *field = words.peek().and_then(|number| number.parse().ok());
            }
            before = [before[1], word];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(line: &str) -> (u32, u32, u32, u32, Option<u32>) {
        match entry(line) {
            Entry::Report { report, .. } => {
                (report.duration_us, report.billed_ms, report.memory.mb(), report.used_mb, report.init_us)
            }
            other => panic!("{other:?}: {line}"),
        }
    }

    #[test]
    fn a_report_is_read_as_lambda_writes_it() {
        let warm = "REPORT RequestId: 8f50\tDuration: 12.34 ms\tBilled Duration: 13 ms\tMemory Size: 512 MB\tMax Memory Used: 80 MB\t";
        assert_eq!(numbers(warm), (12_340, 13, 512, 80, None));
        let cold = format!("{warm}Init Duration: 123.45 ms\t\nXRAY TraceId: 1-66\tSegmentId: 29\tSampled: true\t");
        assert_eq!(numbers(&cold), (12_340, 13, 512, 80, Some(123_450)));
    }

    #[test]
    fn a_snapshot_that_was_restored_is_a_cold_start() {
        let line = "REPORT RequestId: b771\tDuration: 306.34 ms\tBilled Duration: 610 ms\tMemory Size: 3009 MB\tMax Memory Used: 155 MB\tRestore Duration: 511.25 ms\tBilled Restore Duration: 303 ms\t";
        assert_eq!(numbers(line), (306_340, 610, 3009, 155, Some(511_250)));
        let swapped = line.replace(
            "Restore Duration: 511.25 ms\tBilled Restore Duration: 303 ms",
            "Billed Restore Duration: 303 ms\tRestore Duration: 511.25 ms",
        );
        assert_eq!(numbers(&swapped), numbers(line));
    }

    #[test]
    fn exports_put_things_before_it_and_spaces_into_it() {
        let spaces = "2026-03-01T10:00:00.000Z 2026/03/01/[$LATEST]af REPORT RequestId: 24ad Duration: 127.10 ms Billed Duration: 128 ms Memory Size: 2048 MB Max Memory Used: 212 MB XRAY TraceId: 1-66d9 SegmentId: 29c3 Sampled: true";
        assert_eq!(numbers(spaces), (127_100, 128, 2048, 212, None));
        let Entry::Report { time, .. } = entry(spaces) else { panic!() };
        assert_eq!(time, Some(1_772_359_200_000));
        let escaped = r#""REPORT RequestId: 24ad\tDuration: 127.10 ms\tBilled Duration: 128 ms\tMemory Size: 2048 MB\tMax Memory Used: 212 MB\t\n""#;
        assert_eq!(numbers(escaped), (127_100, 128, 2048, 212, None));
    }

    #[test]
    fn a_line_about_reports_is_no_report() {
        assert_eq!(entry("the REPORT of today"), Entry::Other);
        assert_eq!(entry("REPORT RequestId: 8f50"), Entry::Unreadable);
        assert_eq!(
            entry(
                "REPORT RequestId: 8f50 Duration: soon ms Billed Duration: 1 ms Memory Size: 128 MB Max Memory Used: 1 MB"
            ),
            Entry::Unreadable
        );
        assert_eq!(
            entry(
                "REPORT RequestId: 8f50 Duration: 1 ms Billed Duration: 99999999999 ms Memory Size: 128 MB Max Memory Used: 1 MB"
            ),
            Entry::Unreadable
        );
    }
}
