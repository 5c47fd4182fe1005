//! What a month uses: requests, GB-seconds and the rest, out of how often a function runs and for how long.

use std::ops::Add;

use rust_decimal::Decimal;
use serde::Serialize;

use crate::cost::quantity::{LONGEST_MS, Memory, Storage};

/// The instruction set that a function is built for; the prices differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, clap::ValueEnum)]
pub(crate) enum Architecture {
    /// Intel and AMD
    #[value(name = "x86_64", alias = "x86", alias = "x86-64")]
    #[serde(rename = "x86_64")]
    X86,
    /// Graviton
    #[value(name = "arm64", alias = "arm", alias = "aarch64")]
    #[serde(rename = "arm64")]
    Arm64,
}

impl Architecture {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::X86 => "x86_64",
            Self::Arm64 => "arm64",
        }
    }
}

/// A month of one function.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Workload {
    pub(crate) invocations: Decimal,
    /// The billed milliseconds of all handlers together.
    pub(crate) handler_ms: Decimal,
    /// The billed milliseconds of all initialisations together.
    pub(crate) init_ms: Decimal,
    pub(crate) memory: Memory,
    pub(crate) storage: Storage,
    pub(crate) provisioned: Option<Provisioned>,
}

/// Environments that are kept ready.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Provisioned {
    pub(crate) environments: u32,
    /// The seconds of a month in which they are.
    pub(crate) seconds: Decimal,
    /// The share of the invocations that are meant for them.
    pub(crate) share: Decimal,
}

/// How durations are taken to change with memory, and with it the vCPUs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scaling {
    /// Not at all: the function waits for others.
    Constant,
    /// In proportion to its part of a vCPU, up to a whole one: the function is one thread that computes, while it
    /// initialises too.
    CpuBound,
}

/// What a month uses, as AWS meters it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Usage {
    pub(crate) requests: Decimal,
    pub(crate) on_demand_gb_seconds: Decimal,
    pub(crate) storage_gb_seconds: Decimal,
    pub(crate) provisioned_capacity_gb_seconds: Decimal,
    pub(crate) provisioned_duration_gb_seconds: Decimal,
}

impl Workload {
    pub(crate) fn usage(&self) -> Usage {
        let provisioned_ms = self.provisioned_ms();
        let billed_ms = self.handler_ms + self.init_ms;
        let capacity_ms = self.provisioned.map_or(Decimal::ZERO, |provisioned| provisioned.capacity_ms());
        let memory = Decimal::from(self.memory.mb());
        Usage {
            requests: self.invocations,
            on_demand_gb_seconds: gb_seconds(memory, billed_ms - provisioned_ms),
            storage_gb_seconds: gb_seconds(self.storage.paid().into(), billed_ms),
            provisioned_capacity_gb_seconds: gb_seconds(memory, capacity_ms),
            provisioned_duration_gb_seconds: gb_seconds(memory, provisioned_ms),
        }
    }

    /// What of the handlers runs in environments that are kept ready. An environment runs one handler at a time, so
    /// that is at most the time for which they are; what is more runs, and is billed, on demand.
    pub(crate) fn provisioned_ms(&self) -> Decimal {
        self.provisioned
            .map_or(Decimal::ZERO, |provisioned| (self.handler_ms * provisioned.share).min(provisioned.capacity_ms()))
    }

    /// The mean duration of a handler.
    pub(crate) fn mean_ms(&self) -> Decimal {
        if self.invocations.is_zero() { Decimal::ZERO } else { self.handler_ms / self.invocations }
    }

    /// The same work with another memory; `None` where the handler would run into Lambda's limit of 15 minutes.
    pub(crate) fn with_memory(&self, memory: Memory, scaling: Scaling) -> Option<Self> {
        let mut scaled = Self { memory, ..*self };
        if scaling == Scaling::CpuBound {
            let [before, after] = [self.memory, memory].map(|memory| memory.min(Memory::ONE_VCPU).mb());
            if before != after {
                let slower = |ms: Decimal| ms * Decimal::from(before) / Decimal::from(after);
                scaled.handler_ms = slower(self.mean_ms()).ceil() * self.invocations;
                scaled.init_ms = slower(self.init_ms);
            }
        }
        (scaled.mean_ms() <= LONGEST_MS).then_some(scaled)
    }
}

impl Provisioned {
    /// The milliseconds for which all the environments together are ready.
    pub(crate) fn capacity_ms(&self) -> Decimal {
        Decimal::from(self.environments) * self.seconds * Decimal::ONE_THOUSAND
    }
}

impl Add for Usage {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            requests: self.requests + other.requests,
            on_demand_gb_seconds: self.on_demand_gb_seconds + other.on_demand_gb_seconds,
            storage_gb_seconds: self.storage_gb_seconds + other.storage_gb_seconds,
            provisioned_capacity_gb_seconds: self.provisioned_capacity_gb_seconds
                + other.provisioned_capacity_gb_seconds,
            provisioned_duration_gb_seconds: self.provisioned_duration_gb_seconds
                + other.provisioned_duration_gb_seconds,
        }
    }
}

/// Exact: 1,024,000 has no prime factors but 2 and 5.
pub(crate) fn gb_seconds(megabytes: Decimal, milliseconds: Decimal) -> Decimal {
    megabytes * milliseconds / Decimal::from(1_024_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn workload(memory: &str, duration_ms: u64) -> Workload {
        Workload {
            invocations: 1_000.into(),
            handler_ms: Decimal::from(1_000 * duration_ms),
            init_ms: Decimal::ZERO,
            memory: memory.parse().unwrap(),
            storage: Storage::INCLUDED,
            provisioned: None,
        }
    }

    #[test]
    fn gb_seconds_are_exact() {
        // 1,000 × 1.5 s × 0.5 GB
        assert_eq!(workload("512", 1500).usage().on_demand_gb_seconds, Decimal::from(750));
        // 1 ms of 129 MB: 0.1259765625 GB × 0.001 s
        assert_eq!(gb_seconds(129.into(), 1.into()).to_string(), "0.0001259765625");
    }

    #[test]
    fn storage_is_paid_beyond_what_is_included_and_for_init_too() {
        let mut work = workload("128", 1000);
        work.init_ms = Decimal::from(1_000_000);
        assert_eq!(work.usage().storage_gb_seconds, Decimal::ZERO);
        work.storage = "1536".parse().unwrap();
        // 2,000 s × 1 GB
        assert_eq!(work.usage().storage_gb_seconds, Decimal::from(2_000));
    }

    #[test]
    fn environments_that_are_kept_ready_serve_what_fits_into_them() {
        let mut work = workload("1024", 1000);
        work.provisioned = Some(Provisioned { environments: 1, seconds: 3600.into(), share: Decimal::ONE });
        let usage = work.usage();
        assert_eq!(usage.provisioned_capacity_gb_seconds, Decimal::from(3600));
        assert_eq!((usage.provisioned_duration_gb_seconds, usage.on_demand_gb_seconds), (1_000.into(), 0.into()));
        work.provisioned = Some(Provisioned { environments: 1, seconds: 300.into(), share: Decimal::ONE });
        let usage = work.usage();
        assert_eq!((usage.provisioned_duration_gb_seconds, usage.on_demand_gb_seconds), (300.into(), 700.into()));
    }

    #[test]
    fn a_thread_gains_by_memory_up_to_one_vcpu() {
        let work = workload("512", 1500);
        let mean = |memory: &str, scaling| {
            work.with_memory(memory.parse().unwrap(), scaling).map(|work| work.mean_ms().normalize().to_string())
        };
        assert_eq!(mean("1024", Scaling::Constant).as_deref(), Some("1500"));
        assert_eq!(mean("1024", Scaling::CpuBound).as_deref(), Some("750"));
        assert_eq!(mean("128", Scaling::CpuBound).as_deref(), Some("6000"));
        // 1500 × 512 / 1769 = 434.1…, and each millisecond that was begun is billed.
        assert_eq!(mean("1769", Scaling::CpuBound).as_deref(), Some("435"));
        assert_eq!(mean("10240", Scaling::CpuBound).as_deref(), Some("435"));
        let mut cold = work;
        cold.init_ms = Decimal::from(1_000);
        let halved = cold.with_memory("256".parse().unwrap(), Scaling::CpuBound).unwrap();
        assert_eq!((halved.handler_ms, halved.init_ms), (3_000_000.into(), 2_000.into()));
        assert!(workload("1024", 800_000).with_memory("128".parse().unwrap(), Scaling::CpuBound).is_none());
    }
}
