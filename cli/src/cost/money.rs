//! US dollars, exact until they are shown.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, Mul, Sub};

use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Serialize, Serializer};

/// An amount in US dollars: a decimal of 28 significant digits, never a float. Nothing is rounded before it is shown;
/// shown to people it is rounded to the cent, half a cent up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Usd(pub(crate) Decimal);

impl Usd {
    pub(crate) const ZERO: Self = Self(Decimal::ZERO);
    /// The least that is worth a word.
    pub(crate) const CENT: Self = Self(Decimal::from_parts(1, 0, 0, false, 2));

    /// To the cent, as a bill has it.
    pub(crate) fn rounded(self) -> Self {
        Self(self.0.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero))
    }
}

impl Add for Usd {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl Sub for Usd {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl Mul<Decimal> for Usd {
    type Output = Self;

    fn mul(self, quantity: Decimal) -> Self {
        Self(self.0 * quantity)
    }
}

impl Sum for Usd {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::ZERO, Add::add)
    }
}

impl fmt::Display for Usd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Something is not nothing.
        if self.0 > Decimal::ZERO && self.rounded() == Self::ZERO {
            return f.pad("< $0.01");
        }
        let sign = if self.rounded() < Self::ZERO { "-" } else { "" };
        f.pad(&format!("{sign}${}", grouped(&format!("{:.2}", self.rounded().0.abs()))))
    }
}

impl Serialize for Usd {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        plain(&self.0, serializer)
    }
}

/// A decimal as JSON has it here: a string with all its digits and no trailing zeros.
pub(crate) fn plain<S: Serializer>(number: &Decimal, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&number.normalize())
}

/// A quantity for people: whole, with its thousands set apart, unless it is so small that this hides it.
pub(crate) fn quantity(number: Decimal) -> String {
    let digits = if number < Decimal::ONE_HUNDRED { 2 } else { 0 };
    let rounded = number.round_dp_with_strategy(digits, RoundingStrategy::MidpointAwayFromZero);
    grouped(&rounded.normalize().to_string())
}

/// `1234567.89` as `1,234,567.89`.
pub(crate) fn grouped(number: &str) -> String {
    let (whole, rest) = number.split_once('.').map_or((number, None), |(whole, rest)| (whole, Some(rest)));
    let mut text = String::new();
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    if let Some(rest) = rest {
        text.push('.');
        text.push_str(rest);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn usd(text: &str) -> Usd {
        Usd(text.parse().unwrap())
    }

    #[test]
    fn amounts_are_shown_to_the_cent() {
        assert_eq!(usd("1243.33582").to_string(), "$1,243.34");
        assert_eq!(usd("0").to_string(), "$0.00");
        assert_eq!(usd("0.005").to_string(), "$0.01");
        assert_eq!(usd("0.0049").to_string(), "< $0.01");
        assert_eq!(usd("-5").to_string(), "-$5.00");
        assert_eq!(usd("1234567890").to_string(), "$1,234,567,890.00");
    }

    #[test]
    fn programs_get_every_digit() {
        assert_eq!(serde_json::to_string(&usd("1243.335820")).unwrap(), "\"1243.33582\"");
        assert_eq!(serde_json::to_string(&usd("0.00")).unwrap(), "\"0\"");
    }

    #[test]
    fn quantities_are_shown_whole_unless_small() {
        assert_eq!(quantity("74600000".parse().unwrap()), "74,600,000");
        assert_eq!(quantity("1234.5".parse().unwrap()), "1,235");
        assert_eq!(quantity("0.1234".parse().unwrap()), "0.12");
    }
}
