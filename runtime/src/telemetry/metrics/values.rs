//! The values of a metric, as JSON.

use std::collections::BTreeMap;

use metrics::Unit;

use super::limits;
use super::recorder::Told;

/// A metric with more values than this is written with how often each occurred.
///
/// That form, two arrays `Values` and `Counts`, is CloudWatch's own and that of AWS's exporters; the page on the format
/// describes arrays alone. So it is used where those would take more than ten documents.
const LISTED: u64 = 1000;

/// The name that CloudWatch has for a unit, and what a value is to be multiplied with.
pub(super) fn unit(unit: Unit) -> (&'static str, f64) {
    let name = match unit {
        Unit::Count => "Count",
        Unit::Percent => "Percent",
        Unit::Seconds => "Seconds",
        Unit::Milliseconds => "Milliseconds",
        Unit::Microseconds => "Microseconds",
        // There is nothing smaller than a microsecond.
        Unit::Nanoseconds => return ("Microseconds", 1e-3),
        // As all of AWS counts memory, a kilobyte is 1024 bytes.
        Unit::Tebibytes => "Terabytes",
        Unit::Gibibytes => "Gigabytes",
        Unit::Mebibytes => "Megabytes",
        Unit::Kibibytes => "Kilobytes",
        Unit::Bytes => "Bytes",
        Unit::TerabitsPerSecond => "Terabits/Second",
        Unit::GigabitsPerSecond => "Gigabits/Second",
        Unit::MegabitsPerSecond => "Megabits/Second",
        Unit::KilobitsPerSecond => "Kilobits/Second",
        Unit::BitsPerSecond => "Bits/Second",
        Unit::CountPerSecond => "Count/Second",
    };
    (name, 1.0)
}

/// What a metric was told, in pieces of which each is for a document of its own; and whether there was anything among it
/// that is no value for CloudWatch.
pub(super) fn pieces(told: &Told, factor: f64) -> (Vec<String>, bool) {
    match told {
        // A whole number stays exact.
        Told::Count(count) if factor == 1.0 => (vec![count.to_string()], false),
        Told::Count(count) => samples(&[(*count as f64 * factor, 1)]),
        Told::Value(value) => samples(&[(value * factor, 1)]),
        Told::Samples(told) if factor == 1.0 => samples(told),
        Told::Samples(told) => {
            let converted: Vec<(f64, u64)> = told.iter().map(|(value, count)| (value * factor, *count)).collect();
            samples(&converted)
        }
    }
}

fn samples(told: &[(f64, u64)]) -> (Vec<String>, bool) {
    let valid: Vec<(f64, u64)> = told.iter().copied().filter(|(value, _)| limits::is_value(*value)).collect();
    let is_lossy = valid.len() < told.len();
    let total = valid.iter().fold(0_u64, |total, (_, count)| total.saturating_add(*count));
    let pieces = if total <= LISTED { listed(&valid) } else { counted(&valid) };
    (pieces, is_lossy)
}

fn listed(samples: &[(f64, u64)]) -> Vec<String> {
    let repeated = |&(value, count): &(f64, u64)| (0..count).map(move |_| number(value));
    let all: Vec<String> = samples.iter().flat_map(repeated).collect();
    let piece = |values: &[String]| match values {
        [only] => only.clone(),
        several => format!("[{}]", several.join(",")),
    };
    all.chunks(limits::VALUES).map(piece).collect()
}

fn counted(samples: &[(f64, u64)]) -> Vec<String> {
    let mut counts: BTreeMap<u64, u64> = BTreeMap::new();
    for (value, count) in samples {
        let known = counts.entry(value.to_bits()).or_default();
        *known = known.saturating_add(*count);
    }
    let pairs: Vec<(u64, u64)> = counts.into_iter().collect();
    let piece = |pairs: &[(u64, u64)]| {
        let values: Vec<String> = pairs.iter().map(|(bits, _)| number(f64::from_bits(*bits))).collect();
        let counts: Vec<String> = pairs.iter().map(|(_, count)| count.to_string()).collect();
        format!(r#"{{"Values":[{}],"Counts":[{}]}}"#, values.join(","), counts.join(","))
    };
    pairs.chunks(limits::VALUES).map(piece).collect()
}

/// A number of JSON; the value is finite.
fn number(value: f64) -> String {
    // Whole ones as most people write them. Up to here, each of them is exact.
    if value.fract() == 0.0 && value.abs() < 9e15 {
        return (value as i64).to_string();
    }
    serde_json::to_string(&value).unwrap_or_default()
}

#[cfg(test)]
mod unit_tests {
    use super::*;

    fn written(samples: &[(f64, u64)]) -> Vec<String> {
        pieces(&Told::Samples(samples.to_vec()), 1.0).0
    }

    #[test]
    fn a_hundred_values_are_a_piece() {
        assert_eq!(written(&[(1.5, 1)]), ["1.5"]);
        assert_eq!(written(&[(1.5, 2), (-2.0, 1)]), ["[1.5,1.5,-2]"]);
        let sizes = |samples: &[(f64, u64)]| -> Vec<usize> {
            written(samples).iter().map(|piece| piece.split(',').count()).collect()
        };
        assert_eq!(sizes(&[(1.0, 100)]), [100]);
        assert_eq!(sizes(&[(1.0, 101)]), [100, 1]);
        assert_eq!(sizes(&[(1.0, 1000)]), [100; 10]);
    }

    #[test]
    fn many_values_are_counted() {
        assert_eq!(written(&[(1.0, 600), (0.5, 1), (1.0, 400)]), [r#"{"Values":[0.5,1],"Counts":[1,1000]}"#]);
        assert_eq!(written(&[(2.0, u64::MAX), (2.0, 1)]), [format!(r#"{{"Values":[2],"Counts":[{}]}}"#, u64::MAX)]);
        let different: Vec<(f64, u64)> = (0..1050).map(|value| (f64::from(value), 1)).collect();
        assert_eq!(written(&different).len(), 11);
    }

    #[test]
    fn what_is_no_value_is_left_out_and_said() {
        assert_eq!(pieces(&Told::Value(f64::NAN), 1.0), (vec![], true));
        let mixed = Told::Samples(vec![(1.0, 1), (f64::INFINITY, 3), (2.0, 1)]);
        assert_eq!(pieces(&mixed, 1.0), (vec!["[1,2]".to_owned()], true));
    }

    #[test]
    fn a_unit_without_a_name_is_converted() {
        let (name, factor) = unit(Unit::Nanoseconds);
        assert_eq!((name, pieces(&Told::Value(1_500.0), factor).0), ("Microseconds", vec!["1.5".to_owned()]));
        assert_eq!(pieces(&Told::Count(2_000), factor).0, ["2"]);
        assert_eq!(pieces(&Told::Samples(vec![(500.0, 2)]), factor).0, ["[0.5,0.5]"]);
    }

    #[test]
    fn a_count_is_exact() {
        assert_eq!(pieces(&Told::Count(u64::MAX), 1.0).0, [u64::MAX.to_string()]);
        assert_eq!(pieces(&Told::Value(1e300), 1.0).0, [""; 0]);
        assert_eq!(pieces(&Told::Value(1e100), 1.0).0, ["1e+100"]);
    }
}
