//! `rate(value unit)`.

use crate::schedule::piece::{Edit, Fault, Piece};

const RATE: &str = "a rate is a positive whole number and a unit, as in `rate(5 minutes)`";

/// A unit of rates.
struct Unit {
    singular: &'static str,
    plural: &'static str,
    /// What others write for it.
    also: &'static [&'static str],
}

const UNITS: &[Unit] = &[
    Unit { singular: "minute", plural: "minutes", also: &["m", "min", "mins"] },
    Unit { singular: "hour", plural: "hours", also: &["h", "hr", "hrs"] },
    Unit { singular: "day", plural: "days", also: &["d"] },
];

const WEEKS: &[&str] = &["w", "week", "weeks"];

pub(super) fn rate(inside: Piece<'_>) -> Result<(), Fault> {
    match inside.words().as_slice() {
        [value, unit] => rate_unit(*value, rate_value(*value)?, *unit),
        [] => Err(inside.fault("the value and the unit are missing", RATE)),
        [half] => Err(half_a_rate(*half)),
        [.., last] => Err(last.fault("a rate has one value and one unit", RATE)),
    }
}

/// One word where value and unit should be.
fn half_a_rate(half: Piece<'_>) -> Fault {
    let unit = half.text.trim_start_matches(|c: char| c.is_ascii_digit());
    let value = half.text.strip_suffix(unit).unwrap_or_default();
    match (value, unit) {
        (_, "") => half.behind().fault("the unit is missing", RATE),
        ("", unit) => half.fault("the value is missing", RATE).or([half.replaced(format!("1 {unit}"))]),
        (value, unit) => {
            let fault = half.fault("a space is missing between value and unit", RATE);
            fault.or([half.replaced(format!("{value} {unit}"))])
        }
    }
}

fn rate_value(value: Piece<'_>) -> Result<u64, Fault> {
    if !value.is_digits() {
        let unsigned = value.text.strip_prefix('+').map(|text| value.replaced(text));
        return Err(value.fault(format!("`{}` is not a positive whole number", value.text), RATE).or(unsigned));
    }
    match value.text.parse() {
        Ok(0) => Err(value.fault(format!("`{}` is not a positive number", value.text), RATE)),
        Ok(number) => Ok(number),
        Err(_) => Err(value.fault("this number is too large", RATE)),
    }
}

/// Rules refuse `rate(1 hours)` and `rate(5 hour)`; Scheduler does not mind.
fn rate_unit(value: Piece<'_>, number: u64, unit: Piece<'_>) -> Result<(), Fault> {
    let agreeing = |unit: &Unit| if number == 1 { unit.singular } else { unit.plural };
    if let Some(known) = UNITS.iter().find(|known| [known.singular, known.plural].contains(&unit.text)) {
        let right = agreeing(known);
        if unit.text == right {
            return Ok(());
        }
        let what = format!("after `{}`, the unit is `{right}`", value.text);
        let fault = unit.fault(what, "EventBridge rules want the singular after 1, and the plural after more");
        return Err(fault.or([unit.replaced(right)]));
    }
    let fault =
        unit.fault(format!("`{}` is not a unit of rates", unit.text), "units are `minutes`, `hours` and `days`");
    let near = unit.text.to_ascii_lowercase();
    let near = near.as_str();
    let means = |known: &&Unit| [known.singular, known.plural].contains(&near) || known.also.contains(&near);
    if WEEKS.contains(&near) {
        let days = number.saturating_mul(7);
        let rate = Edit { start: value.start, end: unit.end(), text: format!("{days} days") };
        return Err(fault.or([rate]));
    }
    Err(fault.or(UNITS.iter().find(means).map(|known| unit.replaced(agreeing(known)))))
}
