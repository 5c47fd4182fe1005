//! Times in front of log lines.

/// The first time in a text, in milliseconds since 1970: `2026-03-01T10:00:00.123Z`, with a space for the `T`, with
/// an offset, or as 13 digits. Without an offset it is UTC, as in CloudWatch.
pub(crate) fn find(text: &str) -> Option<i64> {
    let mut rest = text;
    while !rest.is_empty() {
        if let Some(time) = at_start(rest) {
            return Some(time);
        }
        // On to the next place at which a number begins.
        let number = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        let next = rest.get(number..)?.find(|c: char| c.is_ascii_digit())?;
        rest = rest.get(number + next..)?;
    }
    None
}

fn at_start(text: &str) -> Option<i64> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    if digits == 13 {
        return text.get(..13)?.parse().ok();
    }
    let number = |range: std::ops::Range<usize>| -> Option<i64> {
        let digits = text.get(range)?;
        if digits.bytes().all(|byte| byte.is_ascii_digit()) { digits.parse().ok() } else { None }
    };
    let is = |place: usize, any_of: &[u8]| text.as_bytes().get(place).is_some_and(|byte| any_of.contains(byte));
    let shaped = is(4, b"-") && is(7, b"-") && is(10, b"T ") && is(13, b":") && is(16, b":");
    if digits != 4 || !shaped {
        return None;
    }
    let (year, month, day) = (number(0..4)?, number(5..7)?, number(8..10)?);
    let (hour, minute, second) = (number(11..13)?, number(14..16)?, number(17..19)?);
    let valid = (1..=12).contains(&month) && (1..=31).contains(&day) && hour < 24 && minute < 60 && second < 61;
    if !valid {
        return None;
    }
    let (millis, rest) = fraction(text.get(19..)?);
    let seconds = days(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second;
    Some((seconds - offset(rest)) * 1_000 + millis)
}

/// `.123456` as milliseconds, and what follows.
fn fraction(text: &str) -> (i64, &str) {
    let Some(digits) = text.strip_prefix('.').or_else(|| text.strip_prefix(',')) else {
        return (0, text);
    };
    let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
    let (digits, rest) = digits.split_at_checked(end).unwrap_or((digits, ""));
    let three: String = digits.chars().chain("000".chars()).take(3).collect();
    (three.parse().unwrap_or(0), rest)
}

/// `+02:00` as seconds.
fn offset(text: &str) -> i64 {
    let mut characters = text.chars();
    let sign = match characters.next() {
        Some('+') => 1,
        Some('-') => -1,
        _ => return 0,
    };
    let digits: Vec<i64> =
        characters.filter(|c| *c != ':').map_while(|c| c.to_digit(10)).take(4).map(i64::from).collect();
    match digits[..] {
        [h, ours, m, inutes] => sign * ((h * 10 + ours) * 3_600 + (m * 10 + inutes) * 60),
        _ => 0,
    }
}

/// Days since 1970 in the Gregorian calendar. Years begin in March here, so that a leap day is the last of its year.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month > 2 { year } else { year - 1 };
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    year * 365 + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + of_year - 719_468
}

/// A time for people: `2026-03-01T10:00:00Z`.
pub(crate) fn iso(millis: i64) -> String {
    let seconds = millis.div_euclid(1_000);
    let (day, of_day) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    // A day's year is at least this one, whether leap years come before or after it, and is looked for from there.
    let mut year = 1970 + day.div_euclid(if day < 0 { 365 } else { 366 });
    while days(year + 1, 1, 1) <= day {
        year += 1;
    }
    let month = (1..=12).rev().find(|month| days(year, *month, 1) <= day).unwrap_or(1);
    let date = day - days(year, month, 1) + 1;
    let (hour, minute, second) = (of_day / 3_600, of_day / 60 % 60, of_day % 60);
    format!("{year:04}-{month:02}-{date:02}T{hour:02}:{minute:02}:{second:02}Z")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn times_are_found_in_the_ways_they_are_written() {
        let ten = Some(1_772_359_200_000);
        assert_eq!(find("2026-03-01T10:00:00Z"), ten);
        assert_eq!(find("2026-03-01T10:00:00.000000+00:00 2026/03/01/[$LATEST]af"), ten);
        assert_eq!(find("2026-03-01T12:00:00+02:00"), ten);
        assert_eq!(find("2026-03-01T05:30:00-0430"), ten);
        assert_eq!(find("2026-03-01 10:00:00.000,\""), ten);
        assert_eq!(find("2026/03/01/[$LATEST]af37 2026-03-01T10:00:00Z"), ten);
        assert_eq!(find("1772359200000\t"), ten);
        assert_eq!(find("2026-03-01T10:00:00.1234Z"), ten.map(|ten| ten + 123));
        assert_eq!(find("1970-01-01T00:00:00Z"), Some(0));
        assert_eq!(find("2024-02-29T00:00:00Z"), Some(1_709_164_800_000));
    }

    #[test]
    fn other_numbers_are_no_times() {
        for none in
            ["", "12", "2026-03-01", "2026-13-01T10:00:00Z", "2026-03-01T25:00:00Z", "20260-03-01T10:00:00Z", "éé1"]
        {
            assert_eq!(find(none), None, "{none}");
        }
    }

    proptest! {
        #[test]
        fn a_time_that_is_written_is_found_again(seconds in -62_167_219_200_i64..253_402_300_800) {
            prop_assert_eq!(find(&iso(seconds * 1_000)), Some(seconds * 1_000));
        }
    }
}
