//! How far back CloudWatch is asked, and in what steps.

use std::fmt;
use std::str::FromStr;

const MINUTE: u32 = 60;
const HOUR: u32 = 60 * MINUTE;
const DAY: u32 = 24 * HOUR;

/// A time before now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Period {
    seconds: u32,
}

impl Period {
    /// CloudWatch keeps hours for 455 days, <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_concepts.html>.
    const LONGEST: Self = Self { seconds: 455 * DAY };

    pub(crate) fn seconds(self) -> u32 {
        self.seconds
    }

    pub(crate) fn half(self) -> Self {
        Self { seconds: self.seconds / 2 }
    }

    /// The steps in which metrics are asked for, in seconds. CloudWatch has steps of a minute for 15 days, of five for 63
    /// and of an hour after that (the same page). A maximum over longer steps is the same maximum, so steps are no shorter
    /// than it takes to say when a peak was.
    pub(crate) fn step(self) -> u32 {
        match self.seconds {
            ..=DAY => MINUTE,
            seconds if seconds <= 63 * DAY => 5 * MINUTE,
            _ => HOUR,
        }
    }
}

impl FromStr for Period {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let form = || "write a time such as `30m`, `6h` or `14d`".to_owned();
        let unit = match text.chars().last() {
            Some('m') => MINUTE,
            Some('h') => HOUR,
            Some('d') => DAY,
            _ => return Err(form()),
        };
        let number = text.get(..text.len() - 1).filter(|number| number.bytes().all(|byte| byte.is_ascii_digit()));
        let number: u32 = number.and_then(|number| number.parse().ok()).ok_or_else(form)?;
        let seconds = number.checked_mul(unit).filter(|seconds| *seconds <= Self::LONGEST.seconds);
        match seconds {
            Some(0) => Err("at least a minute".to_owned()),
            Some(seconds) => Ok(Self { seconds }),
            None => Err(format!("CloudWatch keeps metrics for {}", Self::LONGEST)),
        }
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.seconds {
            seconds if seconds % DAY == 0 => write!(f, "{}d", seconds / DAY),
            seconds if seconds % HOUR == 0 => write!(f, "{}h", seconds / HOUR),
            seconds => write!(f, "{}m", seconds / MINUTE),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn period(text: &str) -> Period {
        text.parse().unwrap()
    }

    #[test]
    fn periods_have_a_unit_and_an_end() {
        for text in ["30m", "6h", "14d", "455d"] {
            assert_eq!(period(text).to_string(), text);
        }
        assert_eq!(period("48h").to_string(), "2d");
        assert_eq!(period("14d").half().to_string(), "7d");
        for wrong in ["", "14", "d", "1w", "-1d", "1.5h", "1 d", "é"] {
            assert!(wrong.parse::<Period>().unwrap_err().contains("`14d`"), "{wrong}");
        }
        assert!("456d".parse::<Period>().unwrap_err().contains("455d"));
        assert!("99999999d".parse::<Period>().unwrap_err().contains("455d"));
        assert!("0m".parse::<Period>().is_err());
    }

    #[test]
    fn steps_are_those_that_are_still_kept() {
        for (text, step) in [("30m", 60), ("1d", 60), ("25h", 300), ("14d", 300), ("63d", 300), ("64d", 3600)] {
            assert_eq!(period(text).step(), step, "{text}");
        }
    }
}
