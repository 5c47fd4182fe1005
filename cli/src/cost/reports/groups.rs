//! Reports of one memory size, together.

use rust_decimal::Decimal;
use serde::Serialize;

use crate::cost::quantity::Memory;
use crate::cost::reports::Report;

/// All reports of one memory size. Durations are kept, each in four bytes, for the percentiles; of memory, which has
/// few values, how often each was seen.
#[derive(Debug)]
pub(crate) struct Group {
    pub(crate) memory: Memory,
    durations_us: Vec<u32>,
    inits_us: Vec<u32>,
    /// How often each number of megabytes was used.
    used_mb: std::collections::BTreeMap<u32, u64>,
    billed_ms: u64,
}

/// The values under which a part of all lies, by nearest rank: each is one that was seen.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub(crate) struct Percentiles {
    pub(crate) p50: f64,
    pub(crate) p90: f64,
    pub(crate) p95: f64,
    pub(crate) p99: f64,
    pub(crate) max: f64,
}

impl Group {
    pub(crate) fn of(report: &Report) -> Self {
        let mut group = Self {
            memory: report.memory,
            durations_us: Vec::new(),
            inits_us: Vec::new(),
            used_mb: std::collections::BTreeMap::new(),
            billed_ms: 0,
        };
        group.add(report);
        group
    }

    pub(crate) fn add(&mut self, report: &Report) {
        self.durations_us.push(report.duration_us);
        self.inits_us.extend(report.init_us);
        *self.used_mb.entry(report.used_mb).or_default() += 1;
        self.billed_ms += u64::from(report.billed_ms);
    }

    pub(crate) fn sort(&mut self) {
        self.durations_us.sort_unstable();
        self.inits_us.sort_unstable();
    }

    pub(crate) fn reports(&self) -> u64 {
        self.durations_us.len() as u64
    }

    pub(crate) fn cold_starts(&self) -> u64 {
        self.inits_us.len() as u64
    }

    pub(crate) fn billed_ms(&self) -> u64 {
        self.billed_ms
    }

    /// The part of the billed time that is the handlers'; the rest is initialisation, and rounding.
    pub(crate) fn handler_ms(&self) -> Decimal {
        let micros: u64 = self.durations_us.iter().map(|micros| u64::from(*micros)).sum();
        // A handler that was stopped at its timeout may report more than is billed.
        (Decimal::from(micros) / Decimal::ONE_THOUSAND).min(self.billed_ms.into())
    }

    pub(crate) fn durations_ms(&self) -> Percentiles {
        Percentiles::of(self.reports(), |rank| millis(&self.durations_us, rank))
    }

    /// `None` without a cold start.
    pub(crate) fn inits_ms(&self) -> Option<Percentiles> {
        let count = self.cold_starts();
        (count > 0).then(|| Percentiles::of(count, |rank| millis(&self.inits_us, rank)))
    }

    pub(crate) fn used_mb(&self) -> Percentiles {
        Percentiles::of(self.reports(), |rank| {
            let mut seen = 0;
            let at_rank = self.used_mb.iter().find(|(_, count)| {
                seen += **count;
                seen > rank
            });
            at_rank.map_or(0.0, |(mb, _)| f64::from(*mb))
        })
    }

    pub(crate) fn most_used_mb(&self) -> u32 {
        self.used_mb.last_key_value().map_or(0, |(mb, _)| *mb)
    }

    /// The memory that holds the most that was used and some headroom, in steps of 64 MB.
    pub(crate) fn right_size(&self, headroom: Decimal) -> Memory {
        let step = Decimal::from(64);
        let needed = Decimal::from(self.most_used_mb()) * (Decimal::ONE + headroom);
        let stepped = (needed / step).ceil() * step;
        let mb = u32::try_from(stepped).unwrap_or(Memory::MOST).clamp(Memory::LEAST, Memory::MOST);
        Memory::new(mb).unwrap_or(self.memory)
    }
}

fn millis(sorted_us: &[u32], rank: u64) -> f64 {
    let micros = usize::try_from(rank).ok().and_then(|rank| sorted_us.get(rank));
    micros.map_or(0.0, |micros| f64::from(*micros) / 1000.0)
}

impl Percentiles {
    /// `at` is the value at a rank, from 0, among the sorted values.
    fn of(count: u64, at: impl Fn(u64) -> f64) -> Self {
        let nearest = |percent: u64| at((count * percent).div_ceil(100).saturating_sub(1));
        Self { p50: nearest(50), p90: nearest(90), p95: nearest(95), p99: nearest(99), max: nearest(100) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(duration_us: u32, used_mb: u32, init_us: Option<u32>) -> Report {
        Report { duration_us, billed_ms: duration_us.div_ceil(1000), memory: "512".parse().unwrap(), used_mb, init_us }
    }

    fn group(reports: impl IntoIterator<Item = Report>) -> Group {
        let mut reports = reports.into_iter();
        let mut group = Group::of(&reports.next().unwrap());
        reports.for_each(|report| group.add(&report));
        group.sort();
        group
    }

    #[test]
    fn percentiles_are_by_nearest_rank() {
        let hundred = group((1..=100).rev().map(|n| report(n * 1000, n, None)));
        let expected = Percentiles { p50: 50.0, p90: 90.0, p95: 95.0, p99: 99.0, max: 100.0 };
        assert_eq!(hundred.durations_ms(), expected);
        assert_eq!(hundred.used_mb(), expected);
        assert_eq!(hundred.inits_ms(), None);
        let one = group([report(1500, 80, Some(99_500))]);
        assert_eq!(one.durations_ms(), Percentiles { p50: 1.5, p90: 1.5, p95: 1.5, p99: 1.5, max: 1.5 });
        assert_eq!(one.inits_ms().map(|inits| inits.p50), Some(99.5));
    }

    #[test]
    fn the_right_size_holds_the_most_that_was_used_and_headroom() {
        let right = |used: u32, headroom: &str| {
            group([report(1000, used, None), report(1000, 1, None)]).right_size(headroom.parse().unwrap()).mb()
        };
        assert_eq!(right(80, "0.2"), 128);
        assert_eq!(right(107, "0.2"), 192);
        assert_eq!(right(160, "0.2"), 192);
        assert_eq!(right(161, "0.2"), 256);
        assert_eq!(right(20_000, "0.2"), 10_240);
    }

    #[test]
    fn no_more_of_the_billed_time_is_the_handlers_than_was_billed() {
        let mut timed_out = report(3_017_000, 80, None);
        timed_out.billed_ms = 3_000;
        assert_eq!(group([timed_out]).handler_ms(), Decimal::from(3_000));
        assert_eq!(group([report(1_500, 80, None)]).handler_ms(), Decimal::new(15, 1));
    }
}
