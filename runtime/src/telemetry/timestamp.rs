//! The time of a log line: `2018-12-17T21:37:29.183Z`.
//!
//! humantime has this too, but brings the standard library's printing of durations into every binary, and
//! panics on a clock before 1970.

use std::fmt;
use std::time::{Duration, SystemTime};

/// A point in time, printed as RFC 3339 in UTC, to the millisecond.
pub(crate) struct Timestamp(pub(crate) SystemTime);

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let since_1970 = match self.0.duration_since(SystemTime::UNIX_EPOCH) {
            Ok(elapsed) => elapsed,
            Err(_) => Duration::ZERO,
        };
        let (seconds, ms) = (since_1970.as_secs(), since_1970.subsec_millis());
        let (year, month, day) = date(seconds / 86_400);
        let (hour, minute, second) = (seconds / 3_600 % 24, seconds / 60 % 60, seconds % 60);
        write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{ms:03}Z")
    }
}

/// The date of a day since 1970, in the Gregorian calendar.
///
/// Years are counted from March, so that the leap day is the last of a year, and in cycles of 400 years,
/// after which the calendar repeats.
pub(crate) fn date(days_since_1970: u64) -> (u64, u64, u64) {
    // 1970-01-01 is the day 719468 since 0000-03-01.
    let days = days_since_1970 + 719_468;
    let (cycle, day_of_cycle) = (days / 146_097, days % 146_097);
    let leap_days = day_of_cycle / 1_460 + day_of_cycle / 146_096 - day_of_cycle / 36_524;
    let year_of_cycle = (day_of_cycle - leap_days) / 365;
    let day_of_year = day_of_cycle - (365 * year_of_cycle + year_of_cycle / 4 - year_of_cycle / 100);
    // Months from March have 153 days in each five.
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = 400 * cycle + year_of_cycle + u64::from(month <= 2);
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn it_is_what_humantime_prints(ms in 0_u64..253_402_300_800_000) {
            let time = SystemTime::UNIX_EPOCH + Duration::from_millis(ms);
            prop_assert_eq!(Timestamp(time).to_string(), humantime::format_rfc3339_millis(time).to_string());
        }
    }

    #[test]
    fn the_edges_of_years_and_months_are_right() {
        let at = |text: &str| Timestamp(humantime::parse_rfc3339(text).unwrap()).to_string();
        for text in [
            "1970-01-01T00:00:00.000Z",
            "2000-02-29T23:59:59.999Z",
            "2000-03-01T00:00:00.000Z",
            "2023-12-31T23:59:59.999Z",
            "2024-02-29T12:00:00.000Z",
            "2100-02-28T23:59:59.000Z",
            "2100-03-01T00:00:00.000Z",
        ] {
            assert_eq!(at(text), text);
        }
        let before = SystemTime::UNIX_EPOCH - Duration::from_secs(1);
        assert_eq!(Timestamp(before).to_string(), "1970-01-01T00:00:00.000Z");
    }
}
