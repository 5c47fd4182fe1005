//! Lines that are kept for the case that something goes wrong.

use std::collections::VecDeque;

use tracing::span::Id;

/// A line that may be written later.
struct Kept {
    /// The record that it is about.
    record: Option<Id>,
    line: String,
}

/// The last lines of an invocation, up to so many bytes.
pub(crate) struct Buffer {
    most: usize,
    bytes: usize,
    lines: VecDeque<Kept>,
    /// How many lines there was no room for, by the record that they are about.
    dropped: Vec<(Option<Id>, usize)>,
}

impl Buffer {
    /// A buffer for so many bytes; it takes nothing until there is a line.
    pub(crate) fn new(most: usize) -> Self {
        Self { most, bytes: 0, lines: VecDeque::new(), dropped: Vec::new() }
    }

    /// Keeps a line; the oldest ones go where there is no room. One that is longer than all there is does not drive out
    /// the others.
    pub(crate) fn keep(&mut self, record: Option<Id>, line: String) {
        if line.len() > self.most {
            return self.drop_one(record);
        }
        self.bytes += line.len();
        self.lines.push_back(Kept { record, line });
        while self.bytes > self.most
            && let Some(oldest) = self.lines.pop_front()
        {
            self.bytes -= oldest.line.len();
            self.drop_one(oldest.record);
        }
    }

    fn drop_one(&mut self, record: Option<Id>) {
        // The records that run now are among the last.
        match self.dropped.iter_mut().rev().find(|(other, _)| *other == record) {
            Some((_, lines)) => *lines += 1,
            None => self.dropped.push((record, 1)),
        }
    }

    /// The lines about this record and those about none; all of them, if no record is named. And how many of these had
    /// gone before.
    pub(crate) fn take(&mut self, record: Option<&Id>) -> (String, usize) {
        let mut taken = String::new();
        let is_its = |other: &Option<Id>| record.is_none() || other.is_none() || other.as_ref() == record;
        self.lines.retain(|kept| {
            let is_its = is_its(&kept.record);
            if is_its {
                taken.push_str(&kept.line);
            }
            !is_its
        });
        self.bytes = self.lines.iter().map(|kept| kept.line.len()).sum();
        let mut dropped = 0;
        self.dropped.retain(|(other, lines)| {
            let is_its = is_its(other);
            if is_its {
                dropped += lines;
            }
            !is_its
        });
        (taken, dropped)
    }
}

/// `64KB`, `1 MB`, `20480`: a number of bytes, of which a thousand and twenty-four make the next unit.
pub(crate) fn parse_bytes(text: &str) -> Option<usize> {
    let text = text.trim().to_ascii_uppercase();
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at_checked(digits)?;
    let factor = match unit.trim() {
        "" | "B" => 1,
        "K" | "KB" | "KIB" => 1024,
        "M" | "MB" | "MIB" => 1024 * 1024,
        _ => return None,
    };
    number.parse::<usize>().ok()?.checked_mul(factor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_lines_go_first() {
        let mut buffer = Buffer::new(10);
        for line in ["one\n", "two\n", "three\n"] {
            buffer.keep(None, line.to_owned());
        }
        assert_eq!(buffer.take(None), ("two\nthree\n".to_owned(), 1));
        assert_eq!(buffer.take(None), (String::new(), 0));
        buffer.keep(None, "a line that is too long\n".to_owned());
        assert_eq!(buffer.take(None), (String::new(), 1));
    }

    #[test]
    fn a_line_that_never_fits_takes_no_other_one_along() {
        let mut buffer = Buffer::new(10);
        buffer.keep(None, "one\n".to_owned());
        buffer.keep(None, "a line that is too long\n".to_owned());
        buffer.keep(None, "two\n".to_owned());
        assert_eq!(buffer.take(None), ("one\ntwo\n".to_owned(), 1));
    }

    #[test]
    fn a_records_lines_come_with_those_of_none() {
        let (one, two) = (Id::from_u64(1), Id::from_u64(2));
        let mut buffer = Buffer::new(100);
        buffer.keep(None, "before\n".to_owned());
        buffer.keep(Some(one.clone()), "of one\n".to_owned());
        buffer.keep(Some(two), "of two\n".to_owned());
        assert_eq!(buffer.take(Some(&one)).0, "before\nof one\n");
        assert_eq!(buffer.take(None).0, "of two\n");
    }

    #[test]
    fn a_record_is_told_of_its_own_lines_that_had_to_go() {
        let (one, two) = (Id::from_u64(1), Id::from_u64(2));
        let mut buffer = Buffer::new(10);
        for (record, line) in [(None, "none\n"), (Some(&one), "one\n"), (Some(&one), "one\n"), (Some(&two), "two\n")] {
            buffer.keep(record.cloned(), line.to_owned());
        }
        // That of none, and one of the first one's.
        assert_eq!(buffer.take(Some(&two)), ("two\n".to_owned(), 1));
        assert_eq!(buffer.take(Some(&two)), (String::new(), 0));
        buffer.keep(Some(two), "much too long\n".to_owned());
        assert_eq!(buffer.take(Some(&one)), ("one\n".to_owned(), 1));
        assert_eq!(buffer.take(None), (String::new(), 1));
    }

    #[test]
    fn sizes_have_units() {
        for (text, bytes) in [("20480", 20_480), ("64KB", 65_536), (" 1 mb ", 1_048_576), ("0", 0), ("3kib", 3_072)] {
            assert_eq!(parse_bytes(text), Some(bytes), "{text}");
        }
        for odd in ["", "KB", "-1", "1.5MB", "1GB", "99999999999999999999", "99999999999999999KB", "é"] {
            assert_eq!(parse_bytes(odd), None, "{odd}");
        }
    }
}
