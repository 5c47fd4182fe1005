//! The same month with other memory sizes.

use rust_decimal::prelude::ToPrimitive;
use serde::Serialize;

use crate::cost::money::Usd;
use crate::cost::quantity::Memory;
use crate::cost::scenario::Scenario;
use crate::cost::usage::Scaling;
use crate::error::CliError;

const SIZES: [u32; 12] = [128, 256, 512, 1024, 1536, 1769, 2048, 3072, 4096, 6144, 8192, 10_240];

/// What one function would cost at each size.
#[derive(Debug, Serialize)]
pub(crate) struct WhatIf {
    /// The memory that it has.
    pub(crate) memory_mb: u32,
    pub(crate) sizes: Vec<Size>,
}

#[derive(Debug, Serialize)]
pub(crate) struct Size {
    pub(crate) memory_mb: u32,
    pub(crate) vcpus: f64,
    pub(crate) current: bool,
    /// If the duration stays as it is. Absent if it was not asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) constant: Option<Outcome>,
    /// If the handler is one thread that computes. Absent if it was not asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) cpu_bound: Option<Outcome>,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub(crate) enum Outcome {
    Runs {
        /// The mean duration of an invocation.
        duration_ms: f64,
        /// The whole bill of the month.
        total: Usd,
    },
    /// It would run into Lambda's limit of 15 minutes.
    TooLong { too_long: bool },
}

impl WhatIf {
    pub(crate) fn of(scenario: &Scenario<'_>, place: usize, scalings: &[Scaling]) -> Result<Self, CliError> {
        let current = scenario.workloads.get(place).map_or(Memory::ONE_VCPU, |workload| workload.memory);
        let mut memories: Vec<Memory> = SIZES.into_iter().filter_map(Memory::new).chain([current]).collect();
        memories.sort_unstable();
        memories.dedup();
        let size = |memory: Memory| {
            let asked = |scaling: Scaling| {
                let asked = scalings.contains(&scaling).then(|| outcome(scenario, place, memory, scaling));
                asked.transpose()
            };
            Ok(Size {
                memory_mb: memory.mb(),
                vcpus: memory.vcpus().round_dp(2).to_f64().unwrap_or_default(),
                current: memory == current,
                constant: asked(Scaling::Constant)?,
                cpu_bound: asked(Scaling::CpuBound)?,
            })
        };
        Ok(Self { memory_mb: current.mb(), sizes: memories.into_iter().map(size).collect::<Result<_, CliError>>()? })
    }
}

pub(crate) fn outcome(
    scenario: &Scenario<'_>,
    place: usize,
    memory: Memory,
    scaling: Scaling,
) -> Result<Outcome, CliError> {
    let Some(changed) = scenario.with_memory(place, memory, scaling) else {
        return Ok(Outcome::TooLong { too_long: true });
    };
    let mean = changed.workloads.get(place).map_or_else(Default::default, |workload| workload.mean_ms());
    Ok(Outcome::Runs { duration_ms: mean.round_dp(3).to_f64().unwrap_or_default(), total: changed.total()? })
}
