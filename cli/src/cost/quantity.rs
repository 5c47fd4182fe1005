//! Sizes, times, counts and shares as people write them, held against Lambda's limits.

use std::fmt;
use std::str::FromStr;

use rust_decimal::Decimal;
use serde::Serialize;

/// More invocations than any account has in a month, and few enough for exact arithmetic.
const MOST_INVOCATIONS: Decimal = Decimal::from_parts(0xD4A5_1000, 0xE8, 0, false, 0);
/// Lambda ends an invocation after 15 minutes.
pub(crate) const LONGEST_MS: Decimal = Decimal::from_parts(900_000, 0, 0, false, 0);

/// A function's memory, in MB of 1024 KB as Lambda counts them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub(crate) struct Memory(u32);

impl Memory {
    /// The memory at which a function has one vCPU to itself; with less it gets a part of one.
    pub(crate) const ONE_VCPU: Self = Self(1769);
    pub(crate) const LEAST: u32 = 128;
    pub(crate) const MOST: u32 = 10_240;

    /// `None` is what Lambda refuses.
    pub(crate) fn new(mb: u32) -> Option<Self> {
        (Self::LEAST..=Self::MOST).contains(&mb).then_some(Self(mb))
    }

    pub(crate) fn mb(self) -> u32 {
        self.0
    }

    /// The vCPUs that Lambda gives along with it.
    pub(crate) fn vcpus(self) -> Decimal {
        Decimal::from(self.0) / Decimal::from(Self::ONE_VCPU.0)
    }
}

impl FromStr for Memory {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mb = megabytes(text)?;
        Self::new(mb).ok_or_else(|| format!("Lambda gives a function {} to {} MB of memory", Self::LEAST, Self::MOST))
    }
}

impl fmt::Display for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{} MB", self.0))
    }
}

/// A function's space in `/tmp`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Storage(u32);

impl Storage {
    /// What every function has and nobody pays for.
    pub(crate) const INCLUDED: Self = Self(512);
    const MOST: u32 = 10_240;

    pub(crate) fn mb(self) -> u32 {
        self.0
    }

    /// The megabytes that are paid for.
    pub(crate) fn paid(self) -> u32 {
        self.0.saturating_sub(Self::INCLUDED.0)
    }
}

impl FromStr for Storage {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mb = megabytes(text)?;
        if (Self::INCLUDED.0..=Self::MOST).contains(&mb) {
            return Ok(Self(mb));
        }
        Err(format!("Lambda gives a function {} to {} MB of ephemeral storage", Self::INCLUDED.0, Self::MOST))
    }
}

/// `512`, `512MB` or `1.5GB`, a GB being 1024 MB as Lambda has it.
fn megabytes(text: &str) -> Result<u32, String> {
    let (number, unit) = split(text);
    let factor = match unit.to_ascii_lowercase().as_str() {
        "" | "m" | "mb" | "mib" => 1,
        "g" | "gb" | "gib" => 1024,
        _ => return Err("write a size such as `512`, `512MB` or `1.5GB`".to_owned()),
    };
    let mb = decimal(number).and_then(|number| number.checked_mul(factor.into()));
    let mb = mb.ok_or("write a size such as `512`, `512MB` or `1.5GB`")?;
    if !mb.fract().is_zero() {
        return Err("Lambda counts in whole megabytes".to_owned());
    }
    u32::try_from(mb).map_err(|_| "that is more than Lambda has".to_owned())
}

/// A time, in milliseconds; not yet rounded up as Lambda does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Millis(Decimal);

impl Millis {
    /// As Lambda bills it: every millisecond that was begun.
    pub(crate) fn billed(self) -> Decimal {
        self.0.ceil()
    }
}

impl FromStr for Millis {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let form = "write a duration with its unit, such as `1500ms`, `1.5s` or `2m`";
        let (number, unit) = split(text);
        let number = decimal(number).ok_or(form)?;
        let thousand = Decimal::ONE_THOUSAND;
        let millis = match unit.to_ascii_lowercase().as_str() {
            "us" | "µs" => Some(number / thousand),
            "ms" => Some(number),
            "s" | "sec" => number.checked_mul(thousand),
            "m" | "min" => number.checked_mul(thousand * Decimal::from(60)),
            _ => return Err(form.to_owned()),
        };
        match millis {
            Some(millis) if millis <= LONGEST_MS => Ok(Self(millis)),
            _ => Err("Lambda ends an invocation after 900 s (15 minutes)".to_owned()),
        }
    }
}

/// A number of invocations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Count(Decimal);

impl Count {
    pub(crate) fn get(self) -> Decimal {
        self.0
    }

    /// Held against the same limit as what is written by hand.
    pub(crate) fn new(count: Decimal) -> Option<Self> {
        (count >= Decimal::ZERO && count <= MOST_INVOCATIONS).then_some(Self(count))
    }
}

impl FromStr for Count {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let form = "write a whole number such as `100000000`, `100_000_000` or `100M`";
        let plain: String = text.chars().filter(|c| !matches!(c, '_' | ',')).collect();
        let (number, unit) = split(&plain);
        let factor: u64 = match unit {
            "" => 1,
            "k" | "K" => 1_000,
            "m" | "M" => 1_000_000,
            "b" | "B" | "G" => 1_000_000_000,
            _ => return Err(form.to_owned()),
        };
        let count = decimal(number).and_then(|number| number.checked_mul(factor.into())).ok_or(form)?;
        if !count.fract().is_zero() {
            return Err(form.to_owned());
        }
        Self::new(count).ok_or_else(|| "more than 1,000,000,000,000 invocations a month are not reckoned".to_owned())
    }
}

/// A part of a whole: `0.01` or `1%`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Share(Decimal);

impl Share {
    pub(crate) fn get(self) -> Decimal {
        self.0
    }
}

impl FromStr for Share {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (number, unit) = split(text);
        let share = match unit {
            "" => decimal(number),
            "%" => decimal(number).map(|number| number / Decimal::ONE_HUNDRED),
            _ => None,
        };
        let share = share.filter(|share| *share <= Decimal::ONE);
        share.map(Self).ok_or_else(|| "write a share such as `1%` or `0.01`, at most the whole".to_owned())
    }
}

/// The size of a request or a response, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Payload(Decimal);

impl Payload {
    pub(crate) fn bytes(self) -> Decimal {
        self.0
    }
}

impl FromStr for Payload {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let form = "write a size with its unit, such as `800B`, `4KB` or `1.5MB`";
        let (number, unit) = split(text);
        let factor: u32 = match unit.to_ascii_lowercase().as_str() {
            "b" => 1,
            "k" | "kb" | "kib" => 1024,
            "m" | "mb" | "mib" => 1024 * 1024,
            _ => return Err(form.to_owned()),
        };
        let bytes = decimal(number).and_then(|number| number.checked_mul(factor.into())).ok_or(form)?;
        // The most that Lambda streams; nothing in front of it carries more.
        let most = Decimal::from(200 * 1024 * 1024);
        if bytes > most {
            Err("no front end of Lambda carries more than 200MB".to_owned())
        } else {
            Ok(Self(bytes.ceil()))
        }
    }
}

/// The hours of a month, as AWS's own calculator has them.
pub(crate) const HOURS_OF_MONTH: u32 = 730;

/// The hours of a month in which provisioned concurrency is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Hours(Decimal);

impl Hours {
    /// Rounded up to five minutes, as Lambda bills it.
    pub(crate) fn billed_seconds(self) -> Decimal {
        let five_minutes = Decimal::from(300);
        ((self.0 * Decimal::from(3600)) / five_minutes).ceil() * five_minutes
    }
}

impl FromStr for Hours {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (number, unit) = split(text);
        let hours = decimal(number).filter(|hours| *hours <= HOURS_OF_MONTH.into() && matches!(unit, "" | "h"));
        hours.map(Self).ok_or_else(|| format!("write the hours of a month, `0` to `{HOURS_OF_MONTH}`"))
    }
}

/// `1.5 GB` as `1.5` and `GB`.
fn split(text: &str) -> (&str, &str) {
    let text = text.trim();
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at_checked(end).unwrap_or((text, ""));
    (number, unit.trim())
}

/// A number without a sign, short enough to reckon with.
fn decimal(text: &str) -> Option<Decimal> {
    if text.len() > 20 || text.starts_with('.') { None } else { Decimal::from_str(text).ok() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mb(text: &str) -> Result<u32, String> {
        text.parse::<Memory>().map(Memory::mb)
    }

    #[test]
    fn sizes_are_read_leniently_and_held_against_the_limits() {
        assert_eq!(mb("512"), Ok(512));
        assert_eq!(mb("512MB"), Ok(512));
        assert_eq!(mb(" 512 mb "), Ok(512));
        assert_eq!(mb("1GB"), Ok(1024));
        assert_eq!(mb("1.5GiB"), Ok(1536));
        assert_eq!(mb("10240"), Ok(10_240));
        for outside in ["127", "10241", "11GB"] {
            assert!(mb(outside).unwrap_err().contains("128 to 10240 MB"), "{outside}");
        }
        for not_a_size in ["", "much", "512KB", "-512", "5 12", "99999999999999999999999", ".5GB", "1e3"] {
            assert!(mb(not_a_size).unwrap_err().contains("write a size"), "{not_a_size}");
        }
        assert!(mb("512.5").unwrap_err().contains("whole megabytes"));
        assert!("511".parse::<Storage>().unwrap_err().contains("512 to 10240 MB"));
        assert_eq!("2GB".parse::<Storage>().map(Storage::paid), Ok(1536));
    }

    #[test]
    fn times_need_a_unit_and_are_billed_by_the_millisecond_begun() {
        let billed = |text: &str| text.parse::<Millis>().map(|time| time.billed().to_string());
        assert_eq!(billed("1500ms").as_deref(), Ok("1500"));
        assert_eq!(billed("1.5s").as_deref(), Ok("1500"));
        assert_eq!(billed("2m").as_deref(), Ok("120000"));
        assert_eq!(billed("1.2ms").as_deref(), Ok("2"));
        assert_eq!(billed("300us").as_deref(), Ok("1"));
        assert_eq!(billed("15min").as_deref(), Ok("900000"));
        assert!(billed("901s").unwrap_err().contains("900 s"));
        assert!(billed("1500").unwrap_err().contains("with its unit"));
        assert!(billed("fast").unwrap_err().contains("with its unit"));
    }

    #[test]
    fn counts_shares_payloads_and_hours_are_read() {
        let count = |text: &str| text.parse::<Count>().map(|count| count.get().to_string());
        assert_eq!(count("100_000_000").as_deref(), Ok("100000000"));
        assert_eq!(count("1.5M").as_deref(), Ok("1500000.0"));
        assert_eq!(count("1,000").as_deref(), Ok("1000"));
        assert!(count("1.5").is_err() && count("-1").is_err() && count("").is_err());
        assert_eq!(MOST_INVOCATIONS, Decimal::from(1_000_000_000_000_u64));
        assert!(count("1000B").is_ok());
        assert!(count("1001B").unwrap_err().contains("not reckoned"));

        assert_eq!("1%".parse::<Share>().map(Share::get), Ok("0.01".parse().unwrap()));
        assert_eq!("0.01".parse::<Share>().map(Share::get), Ok("0.01".parse().unwrap()));
        assert!("1.1".parse::<Share>().is_err() && "101%".parse::<Share>().is_err());

        assert_eq!("4KB".parse::<Payload>().map(Payload::bytes), Ok(4096.into()));
        assert!("4096".parse::<Payload>().unwrap_err().contains("with its unit"));

        assert_eq!("0.01".parse::<Hours>().map(Hours::billed_seconds), Ok(300.into()));
        assert_eq!("730h".parse::<Hours>().map(Hours::billed_seconds), Ok(2_628_000.into()));
        assert!("731".parse::<Hours>().is_err());
    }
}
