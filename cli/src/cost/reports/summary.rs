//! What the reports say, as the answer has it.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde::Serialize;

use crate::cost::bill::{Bill, lambda_lines};
use crate::cost::money::{Usd, plain};
use crate::cost::prices::Prices;
use crate::cost::quantity::{Count, HOURS_OF_MONTH, Memory, Storage};
use crate::cost::reports::{Group, Percentiles, Sample, iso};
use crate::cost::usage::{Architecture, Usage, Workload};
use crate::error::CliError;

/// The reports of a log.
#[derive(Debug, Serialize)]
pub(crate) struct Summary {
    pub(crate) lines: u64,
    pub(crate) reports: u64,
    /// Lines that look like reports and are none.
    pub(crate) unreadable: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) first_unreadable_line: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) first: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) last: Option<String>,
    /// What these invocations cost: at the prices of the first tiers, nothing of it free.
    pub(crate) cost: Usd,
    /// What the same would have cost on arm64, unless it ran there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) cost_on_arm64: Option<Usd>,
    /// How many invocations a month is taken to have.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) month: Option<Month>,
    /// By memory size.
    pub(crate) groups: Vec<GroupSummary>,
}

/// A month, as it is taken to be.
#[derive(Debug, Serialize)]
pub(crate) struct Month {
    #[serde(serialize_with = "plain")]
    pub(crate) invocations: Decimal,
    /// `invocations` if the number was given, `time-span` if the time between the reports tells it.
    pub(crate) by: &'static str,
}

/// The reports of one memory size.
#[derive(Debug, Serialize)]
pub(crate) struct GroupSummary {
    pub(crate) memory_mb: u32,
    pub(crate) reports: u64,
    pub(crate) billed_ms: u64,
    pub(crate) cost: Usd,
    pub(crate) duration_ms: Percentiles,
    pub(crate) used_mb: Percentiles,
    pub(crate) cold_starts: u64,
    pub(crate) cold_start_share: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) init_ms: Option<Percentiles>,
    /// The most that was used and the headroom, in steps of 64 MB.
    pub(crate) right_sized_memory_mb: u32,
}

impl Summary {
    pub(crate) fn of(
        sample: &Sample,
        month: Option<Month>,
        architecture: Architecture,
        headroom: Decimal,
        prices: &Prices,
    ) -> Result<Self, CliError> {
        let cost = |groups: &[Group], architecture| -> Result<Usd, CliError> {
            let workloads = groups.iter().map(|group| workload(group, group.reports().into(), Storage::INCLUDED));
            let usage = workloads.map(|workload| workload.usage()).fold(Usage::default(), |all, usage| all + usage);
            Ok(Bill::of(lambda_lines(&usage, architecture, false, prices)?).total)
        };
        let group = |group: &Group| -> Result<GroupSummary, CliError> {
            let share = Decimal::from(group.cold_starts()) / Decimal::from(group.reports());
            Ok(GroupSummary {
                memory_mb: group.memory.mb(),
                reports: group.reports(),
                billed_ms: group.billed_ms(),
                cost: cost(std::slice::from_ref(group), architecture)?,
                duration_ms: group.durations_ms(),
                used_mb: group.used_mb(),
                cold_starts: group.cold_starts(),
                cold_start_share: share.round_dp(6).to_f64().unwrap_or_default(),
                init_ms: group.inits_ms(),
                right_sized_memory_mb: group.right_size(headroom).mb(),
            })
        };
        let (first, last) = sample.span.map(|(first, last)| (iso(first), iso(last))).unzip();
        let elsewhere = (architecture != Architecture::Arm64).then(|| cost(&sample.groups, Architecture::Arm64));
        Ok(Self {
            lines: sample.lines,
            reports: sample.reports,
            unreadable: sample.unreadable,
            first_unreadable_line: sample.first_unreadable,
            first,
            last,
            cost: cost(&sample.groups, architecture)?,
            cost_on_arm64: elsewhere.transpose()?,
            month,
            groups: sample.groups.iter().map(group).collect::<Result<_, _>>()?,
        })
    }
}

impl Month {
    /// `None` if neither a number is given nor the reports' times tell it.
    pub(crate) fn of(sample: &Sample, invocations: Option<Count>) -> Result<Option<Self>, CliError> {
        if let Some(invocations) = invocations {
            return Ok(Some(Self { invocations: invocations.get(), by: "invocations" }));
        }
        let Some((first, last)) = sample.span else {
            return Ok(None);
        };
        // Without the times of some, it is not known how much of the span they are spread over.
        if last == first || sample.timed != sample.reports {
            return Ok(None);
        }
        let month_ms = Decimal::from(HOURS_OF_MONTH) * Decimal::from(3_600_000);
        // As many intervals lie between them as there are reports, less one.
        let in_month = Decimal::from(sample.reports - 1) * month_ms / Decimal::from(last - first);
        match Count::new(in_month.round()) {
            Some(count) => Ok(Some(Self { invocations: count.get(), by: "time-span" })),
            None => Err(CliError::new(
                "the reports are so close together that a month would have more than 1,000,000,000,000 invocations: \
                 give `--invocations`",
            )),
        }
    }

    /// The month of each memory size, in the proportions of the sample.
    pub(crate) fn workloads(&self, sample: &Sample, storage: Storage) -> Vec<Workload> {
        let of_month = |group: &Group| proportion(self.invocations, group.reports().into(), sample.reports.into());
        sample.groups.iter().map(|group| workload(group, of_month(group), storage)).collect()
    }
}

/// The least memory for each group.
pub(crate) fn right_sizes(sample: &Sample, headroom: Decimal) -> Vec<Option<Memory>> {
    sample.groups.iter().map(|group| Some(group.right_size(headroom))).collect()
}

/// So many invocations as those that a group has seen.
fn workload(group: &Group, invocations: Decimal, storage: Storage) -> Workload {
    let (billed, handler) = (Decimal::from(group.billed_ms()), group.handler_ms());
    let of_all = |ms: Decimal| proportion(ms, invocations, group.reports().into());
    Workload {
        invocations,
        handler_ms: of_all(handler),
        init_ms: of_all(billed - handler),
        memory: group.memory,
        storage,
        provisioned: None,
    }
}

/// `number × part ÷ whole`; multiplied first, which keeps it exact, unless that would be too large.
fn proportion(number: Decimal, part: Decimal, whole: Decimal) -> Decimal {
    if whole.is_zero() {
        return Decimal::ZERO;
    }
    number.checked_mul(part).map_or_else(|| number / whole * part, |product| product / whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Sample {
        let line = |time: &str, memory: u32, billed: u32| {
            format!(
                "{time} REPORT RequestId: 1\tDuration: {billed} ms\tBilled Duration: {billed} ms\t\
                 Memory Size: {memory} MB\tMax Memory Used: 100 MB\n"
            )
        };
        let log = [
            line("2026-03-01T00:00:00Z", 1024, 1000),
            line("2026-03-01T00:30:00Z", 1024, 3000),
            line("2026-03-01T01:00:00Z", 512, 2000),
        ];
        Sample::from_log(log.concat().as_bytes()).unwrap()
    }

    #[test]
    fn a_month_is_told_by_the_time_between_the_reports() {
        // Two intervals in an hour, for 730 hours.
        let month = Month::of(&sample(), None).unwrap().unwrap();
        assert_eq!((month.invocations, month.by), (1460.into(), "time-span"));
        let given = Month::of(&sample(), Some("9000".parse().unwrap())).unwrap().unwrap();
        let workloads = given.workloads(&sample(), Storage::INCLUDED);
        let numbers: Vec<(u32, Decimal, Decimal)> =
            workloads.iter().map(|work| (work.memory.mb(), work.invocations, work.handler_ms)).collect();
        assert_eq!(numbers, [(512, 3000.into(), 6_000_000.into()), (1024, 6000.into(), 12_000_000.into())]);
    }

    #[test]
    fn without_times_there_is_no_month() {
        let line =
            "REPORT RequestId: 1 Duration: 1 ms Billed Duration: 1 ms Memory Size: 128 MB Max Memory Used: 9 MB\n";
        let untimed = Sample::from_log(line.repeat(2).as_bytes()).unwrap();
        assert!(Month::of(&untimed, None).unwrap().is_none());
        let some = Sample::from_log(format!("2026-03-01T00:00:00Z {line}2026-03-01T01:00:00Z {line}{line}").as_bytes());
        assert!(Month::of(&some.unwrap(), None).unwrap().is_none());
    }

    #[test]
    fn the_sample_has_a_cost_of_its_own() {
        let prices = Prices::load(None, None).unwrap();
        let summary = Summary::of(&sample(), None, Architecture::X86, Decimal::ZERO, &prices).unwrap();
        // 3 × $0.0000002 + (4 s × 1 GB + 2 s × 0.5 GB) × $0.0000166667
        assert_eq!(summary.cost.0.normalize().to_string(), "0.0000839335");
        // 3 × $0.0000002 + 5 GB-s × $0.0000133334
        assert_eq!(summary.cost_on_arm64.unwrap().0.normalize().to_string(), "0.000067267");
        assert_eq!(summary.groups.len(), 2);
    }
}
