//! What would make the month cheaper. Each piece of advice is the bill reckoned again with one change, so its saving
//! is real; without one there is no advice.

use rust_decimal::Decimal;
use serde::Serialize;

use crate::cost::front_end::FrontEnd;
use crate::cost::money::Usd;
use crate::cost::quantity::{Memory, Storage};
use crate::cost::scenario::Scenario;
use crate::cost::usage::{Architecture, Scaling, Workload};

/// One change, why, and what it saves in a month.
#[derive(Debug, Serialize)]
pub(crate) struct Advice {
    /// A name for programs, that stays.
    pub(crate) id: &'static str,
    pub(crate) change: String,
    pub(crate) reason: String,
    pub(crate) saving: Usd,
}

/// All advice, the most worth first. `needed` is the least memory that each workload needs, where that is known.
pub(crate) fn advice(scenario: &Scenario<'_>, needed: &[Option<Memory>], scalings: &[Scaling]) -> Vec<Advice> {
    let Ok(now) = scenario.total() else {
        return Vec::new();
    };
    let mut all = Vec::new();
    all.extend(arm64(scenario, now));
    all.extend(front_ends(scenario, now));
    all.extend(without_provisioned(scenario, now));
    all.extend(less_storage(scenario, now));
    all.extend(less_memory(scenario, now, needed, scalings));
    all.sort_by_key(|advice| std::cmp::Reverse(advice.saving));
    all
}

/// What a change saves, if it is worth a cent. A change whose price is not known saves nothing.
fn saving(now: Usd, changed: &Scenario<'_>) -> Option<Usd> {
    let saving = now - changed.total().ok()?;
    (saving >= Usd::CENT).then_some(saving)
}

fn arm64(scenario: &Scenario<'_>, now: Usd) -> Option<Advice> {
    if scenario.architecture == Architecture::Arm64 {
        return None;
    }
    let saving = saving(now, &Scenario { architecture: Architecture::Arm64, ..scenario.clone() })?;
    let [x86, arm] = [Architecture::X86, Architecture::Arm64]
        .map(|architecture| scenario.prices.lambda.compute(architecture).gb_second.first().0);
    let less = if x86.is_zero() { Decimal::ZERO } else { (x86 - arm) / x86 * Decimal::ONE_HUNDRED };
    Some(Advice {
        id: "arm64",
        change: "build for arm64".to_owned(),
        reason: format!(
            "a GB-second costs {} % less there; if the code is as fast on it, which to measure",
            less.round()
        ),
        saving,
    })
}

fn front_ends(scenario: &Scenario<'_>, now: Usd) -> Vec<Advice> {
    let Some(front_end) = scenario.front_end else {
        return Vec::new();
    };
    let others = [
        (FrontEnd::HttpApi, "it asks for less per request; it has no API keys, caching or validation of requests"),
        (
            FrontEnd::Alb,
            "at this rate its hours and capacity cost less than a price per request; responses end at 1 MB",
        ),
        (
            FrontEnd::FunctionUrl,
            "it costs nothing on top of Lambda; it has no authorizers, routes or domain of its own",
        ),
    ];
    let other = |(other, reason): (FrontEnd, &str)| {
        if other == front_end {
            return None;
        }
        let saving = saving(now, &Scenario { front_end: Some(other), ..scenario.clone() })?;
        let change = format!("{} instead of {}", other.one(), front_end.one());
        Some(Advice { id: "front-end", change, reason: reason.to_owned(), saving })
    };
    others.into_iter().filter_map(other).collect()
}

fn without_provisioned(scenario: &Scenario<'_>, now: Usd) -> Option<Advice> {
    let mut changed = scenario.clone();
    let (mut ready, mut busy) = (Decimal::ZERO, Decimal::ZERO);
    for workload in &mut changed.workloads {
        busy += workload.provisioned_ms();
        ready += workload.provisioned.take().map_or(Decimal::ZERO, |provisioned| provisioned.capacity_ms());
    }
    if ready.is_zero() {
        return None;
    }
    let saving = saving(now, &changed)?;
    let busy = (busy / ready * Decimal::ONE_HUNDRED).round();
    Some(Advice {
        id: "provisioned-concurrency",
        change: "no provisioned concurrency".to_owned(),
        reason: format!("the environments are busy for {busy} % of the time they are paid for; cold starts come back"),
        saving,
    })
}

fn less_storage(scenario: &Scenario<'_>, now: Usd) -> Option<Advice> {
    let mut changed = scenario.clone();
    for workload in &mut changed.workloads {
        workload.storage = Storage::INCLUDED;
    }
    Some(Advice {
        id: "ephemeral-storage",
        change: "512 MB of ephemeral storage".to_owned(),
        reason: "they are included; if `/tmp` holds no more".to_owned(),
        saving: saving(now, &changed)?,
    })
}

/// Less memory, where it saves under each of the assumptions on the duration: the least of the savings counts.
fn less_memory(scenario: &Scenario<'_>, now: Usd, needed: &[Option<Memory>], scalings: &[Scaling]) -> Vec<Advice> {
    let least_saving = |place: usize, memory: Memory| {
        let savings = scalings.iter().map(|scaling| saving(now, &scenario.with_memory(place, memory, *scaling)?));
        savings.collect::<Option<Vec<Usd>>>()?.into_iter().min()
    };
    let one = |(place, workload): (usize, &Workload)| {
        let needed = needed.get(place).copied().flatten();
        let candidates = [needed, Some(needed.map_or(Memory::ONE_VCPU, |needed| needed.max(Memory::ONE_VCPU)))];
        let smaller = candidates.into_iter().flatten().filter(|memory| *memory < workload.memory);
        let (memory, saving) = smaller
            .filter_map(|memory| Some((memory, least_saving(place, memory)?)))
            .max_by_key(|(_, saving)| *saving)?;
        let reason = match needed {
            Some(needed) if needed == memory => format!(
                "it holds the most that was used and the headroom{}; the CPU shrinks with memory, so measure",
                if memory >= Memory::ONE_VCPU { ", with a vCPU to itself" } else { "" }
            ),
            _ => "one thread has a vCPU to itself at 1769 MB, and more only helps code that runs on several".to_owned(),
        };
        Some(Advice {
            id: "memory",
            change: format!("{memory} of memory instead of {}", workload.memory),
            reason,
            saving,
        })
    };
    scenario.workloads.iter().enumerate().filter_map(one).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::cost::prices::Prices;
    use crate::cost::usage::Provisioned;

    const BOTH: &[Scaling] = &[Scaling::Constant, Scaling::CpuBound];

    fn scenario(prices: &Prices, invocations: u64, memory: u32) -> Scenario<'_> {
        let invocations = Decimal::from(invocations);
        let workload = Workload {
            invocations,
            handler_ms: invocations * Decimal::from(100),
            init_ms: Decimal::ZERO,
            memory: Memory::new(memory).unwrap(),
            storage: Storage::INCLUDED,
            provisioned: None,
        };
        Scenario {
            prices,
            architecture: Architecture::X86,
            workloads: vec![workload],
            front_end: None,
            request_bytes: Decimal::ZERO,
            response_bytes: Decimal::ZERO,
            free_tier: true,
        }
    }

    fn ids(scenario: &Scenario<'_>, needed: Option<u32>, scalings: &[Scaling]) -> Vec<&'static str> {
        let needed = [needed.and_then(Memory::new)];
        advice(scenario, &needed, scalings).iter().map(|advice| advice.id).collect()
    }

    #[test]
    fn what_is_free_cannot_be_cheaper() {
        let prices = Prices::load(None, None).unwrap();
        assert_eq!(ids(&scenario(&prices, 1_000_000, 2048), None, BOTH), [""; 0]);
    }

    #[test]
    fn memory_is_advised_where_it_saves_under_each_assumption() {
        let prices = Prices::load(None, None).unwrap();
        let below_one_vcpu = scenario(&prices, 100_000_000, 1024);
        assert_eq!(ids(&below_one_vcpu, Some(256), BOTH), ["arm64"]);
        assert_eq!(ids(&below_one_vcpu, Some(256), &[Scaling::Constant]), ["memory", "arm64"]);
        let above = scenario(&prices, 100_000_000, 4096);
        let advised = advice(&above, &[Memory::new(256)], BOTH);
        assert_eq!(advised[0].change, "1769 MB of memory instead of 4096 MB");
        // 100 M × 0.1 s × (4096 − 1769) MB / 1024 × $0.0000166667
        assert_eq!(advised[0].saving.rounded().to_string(), "$378.74");
    }

    #[test]
    fn idle_environments_and_dear_front_ends_are_told() {
        let prices = Prices::load(None, None).unwrap();
        let mut idle = scenario(&prices, 1_000_000, 1024);
        idle.workloads[0].provisioned =
            Some(Provisioned { environments: 10, seconds: Decimal::from(730 * 3600), share: Decimal::ONE });
        let advised = advice(&idle, &[], BOTH);
        assert_eq!(advised[0].id, "provisioned-concurrency");
        assert!(advised[0].reason.contains("busy for 0 %"), "{}", advised[0].reason);

        let mut rest = scenario(&prices, 10_000_000, 128);
        rest.front_end = Some(FrontEnd::RestApi);
        let changes: Vec<String> = advice(&rest, &[], BOTH).into_iter().map(|advice| advice.change).collect();
        assert_eq!(changes[0], "a function URL instead of a REST API");
        assert!(changes.contains(&"an HTTP API instead of a REST API".to_owned()), "{changes:?}");
    }

    proptest! {
        #[test]
        fn a_saving_is_never_less_than_a_cent_nor_more_than_the_bill(
            invocations in 0_u64..1_000_000_000,
            memory in 128_u32..10_240,
            needed in prop::option::of(128_u32..10_240),
            environments in 0_u32..50,
            front_end in prop::sample::select(vec![None, Some(FrontEnd::RestApi), Some(FrontEnd::Alb)]),
        ) {
            let prices = Prices::load(None, None).unwrap();
            let mut scenario = scenario(&prices, invocations, memory);
            scenario.front_end = front_end;
            let seconds = Decimal::from(730 * 3600);
            scenario.workloads[0].provisioned =
                (environments > 0).then_some(Provisioned { environments, seconds, share: Decimal::ONE });
            let total = scenario.total().unwrap();
            for advice in advice(&scenario, &[needed.and_then(Memory::new)], BOTH) {
                prop_assert!(advice.saving >= Usd::CENT && advice.saving <= total, "{advice:?}");
            }
        }
    }
}
