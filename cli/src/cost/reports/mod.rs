//! What really ran: the reports that Lambda writes to the log after each invocation.
//!
//! A log is read line by line, in any of the shapes in which it leaves CloudWatch; of a report only a few numbers
//! are kept.

mod groups;
mod json;
mod summary;
mod text;
mod timestamp;

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use crate::cost::quantity::Memory;
pub(crate) use crate::cost::reports::groups::{Group, Percentiles};
use crate::cost::reports::json::Lines;
pub(crate) use crate::cost::reports::summary::{GroupSummary, Month, Summary, right_sizes};
pub(crate) use crate::cost::reports::timestamp::iso;
use crate::error::CliError;

/// A longer line is no log of Lambda's, whose events end at 256 KB, nor a page of an export (1 MB).
const LONGEST_LINE: u64 = 16 * 1024 * 1024;

/// What one invocation reported.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Report {
    pub(crate) duration_us: u32,
    /// With the initialisation in it, where that is billed.
    pub(crate) billed_ms: u32,
    pub(crate) memory: Memory,
    pub(crate) used_mb: u32,
    /// The initialisation of a cold start, or the restoration of a snapshot.
    pub(crate) init_us: Option<u32>,
}

/// What a line of a log is.
#[derive(Debug, PartialEq)]
pub(crate) enum Entry {
    Report {
        report: Report,
        /// In milliseconds since 1970.
        time: Option<i64>,
    },
    /// A report by its looks, with numbers that Lambda does not write.
    Unreadable,
    /// Anything else.
    Other,
}

/// The reports of a log.
#[derive(Debug, Default)]
pub(crate) struct Sample {
    pub(crate) lines: u64,
    pub(crate) reports: u64,
    pub(crate) unreadable: u64,
    /// The number of the first line that could not be read.
    pub(crate) first_unreadable: Option<u64>,
    /// The first and the last time of a report, in milliseconds since 1970.
    pub(crate) span: Option<(i64, i64)>,
    /// How many reports had a time.
    pub(crate) timed: u64,
    pub(crate) groups: Vec<Group>,
}

impl Sample {
    /// Reads a file, or standard input for `-`.
    pub(crate) fn read(path: &Path) -> Result<Self, CliError> {
        let sample = if path.as_os_str() == "-" {
            Self::from_log(io::stdin().lock())
        } else {
            File::open(path).and_then(|file| Self::from_log(BufReader::new(file)))
        };
        let sample = sample.map_err(|error| CliError::file(path, &error))?;
        if sample.reports == 0 {
            return Err(CliError::new(format!(
                "`{}`: no report of Lambda's among {} lines; a log of a function has lines that begin with \
                 `REPORT RequestId:`, or JSON of the type `platform.report` (log level INFO of the system log)",
                path.display(),
                sample.lines
            )));
        }
        Ok(sample)
    }

    pub(crate) fn from_log(mut log: impl BufRead) -> io::Result<Self> {
        let mut sample = Self::default();
        let mut lines = Lines::default();
        let mut line = Vec::new();
        loop {
            line.clear();
            if (&mut log).take(LONGEST_LINE).read_until(b'\n', &mut line)? == 0 {
                break;
            }
            sample.lines += 1;
            lines.entries(&String::from_utf8_lossy(&line), &mut |entry| sample.add(entry));
        }
        sample.groups.sort_by_key(|group| group.memory);
        sample.groups.iter_mut().for_each(Group::sort);
        Ok(sample)
    }

    fn add(&mut self, entry: Entry) {
        match entry {
            Entry::Other => {}
            Entry::Unreadable => {
                self.unreadable += 1;
                self.first_unreadable.get_or_insert(self.lines);
            }
            Entry::Report { report, time } => {
                self.reports += 1;
                if let Some(time) = time {
                    self.timed += 1;
                    let (first, last) = self.span.unwrap_or((time, time));
                    self.span = Some((first.min(time), last.max(time)));
                }
                match self.groups.iter_mut().find(|group| group.memory == report.memory) {
                    Some(group) => group.add(&report),
                    None => self.groups.push(Group::of(&report)),
                }
            }
        }
    }
}

/// A report out of its numbers, if they are numbers that Lambda writes.
fn report(duration_ms: f64, billed_ms: f64, memory_mb: f64, used_mb: f64, init_ms: Option<f64>) -> Option<Report> {
    let micros = |ms: f64| whole(ms * 1000.0, f64::from(u32::MAX));
    let init_us = match init_ms {
        Some(init) => Some(micros(init)?),
        None => None,
    };
    Some(Report {
        duration_us: micros(duration_ms)?,
        // 15 minutes each for the handler and for the initialisation, and room for neither to end on time.
        billed_ms: whole(billed_ms, 2_000_000.0)?,
        memory: Memory::new(whole(memory_mb, f64::from(Memory::MOST))?)?,
        used_mb: whole(used_mb, f64::from(4 * Memory::MOST))?,
        init_us,
    })
}

fn whole(number: f64, most: f64) -> Option<u32> {
    let rounded = number.round();
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "held between 0 and u32::MAX before")]
    (rounded >= 0.0 && rounded <= most).then_some(rounded as u32)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const WARM: &str = "REPORT RequestId: 8f50\tDuration: 12.34 ms\tBilled Duration: 13 ms\tMemory Size: 512 MB\tMax Memory Used: 80 MB\t\n";

    fn sample(log: &str) -> Sample {
        Sample::from_log(log.as_bytes()).unwrap()
    }

    #[test]
    fn reports_are_told_from_all_else_and_grouped_by_memory() {
        let small = WARM.replace("512 MB", "128 MB");
        let broken = WARM.replace("512 MB", "4 MB");
        let sample = sample(&format!("START RequestId: 8f50\nhello\n{WARM}{WARM}{small}{broken}END RequestId: 8f50\n"));
        assert_eq!((sample.lines, sample.reports, sample.unreadable), (7, 3, 1));
        assert_eq!(sample.first_unreadable, Some(6));
        let groups: Vec<(u32, u64)> = sample.groups.iter().map(|group| (group.memory.mb(), group.reports())).collect();
        assert_eq!(groups, [(128, 1), (512, 2)]);
    }

    #[test]
    fn the_time_span_is_that_of_the_reports() {
        let sample = sample(&format!(
            "2026-01-01T00:00:00Z hello\n2026-01-01T01:00:00.000Z {WARM}2026-01-01T03:30:00.500Z {WARM}{WARM}"
        ));
        let (first, last) = sample.span.unwrap();
        assert_eq!(last - first, 9_000_500);
        assert_eq!((sample.timed, sample.reports), (2, 3));
    }

    #[test]
    fn bytes_that_are_no_text_are_lines_too() {
        let mut log = vec![0xff, 0xfe, b'\n'];
        log.extend_from_slice(WARM.as_bytes());
        let sample = Sample::from_log(&log[..]).unwrap();
        assert_eq!((sample.lines, sample.reports), (2, 1));
    }

    proptest! {
        #[test]
        fn nothing_that_stands_in_a_log_makes_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
            let sample = Sample::from_log(&bytes[..]).unwrap();
            prop_assert!(sample.reports <= sample.lines);
        }

        /// Lines made of the words of a report are closer to the parser's heart than bytes are.
        #[test]
        fn no_order_of_a_report_s_words_makes_it_panic(
            words in prop::collection::vec(
                prop::sample::select(vec![
                    "REPORT", "RequestId:", "Duration:", "Billed", "Init", "Restore", "Memory", "Size:", "Max", "Used:",
                    "12.34", "-1", "1e308", "NaN", "18446744073709551616", "ms", "MB", "\t", "\\t", "\\", "\"", "{", "}",
                    "{\"type\":\"platform.report\",\"record\":{\"metrics\":{\"durationMs\":", "\"message\":", "[", "é",
                    "2026-01-01T00:00:00Z", "9999-99-99T99:99:99", "1767225600000", "{\"events\":[{\"message\":\"",
                ]),
                0..30,
            ),
            glue in prop::sample::select(vec!["", " ", "\t", "\n"]),
        ) {
            let log = words.join(glue);
            let sample = Sample::from_log(log.as_bytes()).unwrap();
            prop_assert!(sample.groups.iter().map(Group::reports).sum::<u64>() == sample.reports);
        }
    }
}
