//! Everything a bill depends on, to be changed and reckoned again.

use rust_decimal::Decimal;

use crate::cost::bill::{Bill, lambda_lines};
use crate::cost::front_end::{FrontEnd, Traffic};
use crate::cost::money::Usd;
use crate::cost::prices::Prices;
use crate::cost::quantity::Memory;
use crate::cost::usage::{Architecture, Scaling, Usage, Workload};
use crate::error::CliError;

/// A month, and where it is spent.
#[derive(Clone, Debug)]
pub(crate) struct Scenario<'a> {
    pub(crate) prices: &'a Prices,
    pub(crate) architecture: Architecture,
    /// One function, or one for each memory size in a log.
    pub(crate) workloads: Vec<Workload>,
    pub(crate) front_end: Option<FrontEnd>,
    pub(crate) request_bytes: Decimal,
    pub(crate) response_bytes: Decimal,
    pub(crate) free_tier: bool,
}

impl Scenario<'_> {
    pub(crate) fn usage(&self) -> Usage {
        self.workloads.iter().map(Workload::usage).fold(Usage::default(), |all, usage| all + usage)
    }

    pub(crate) fn bill(&self) -> Result<Bill, CliError> {
        let mut lines = lambda_lines(&self.usage(), self.architecture, self.free_tier, self.prices)?;
        if let Some(front_end) = self.front_end {
            lines.extend(front_end.lines(&self.traffic(), self.prices)?);
        }
        Ok(Bill::of(lines))
    }

    pub(crate) fn total(&self) -> Result<Usd, CliError> {
        self.bill().map(|bill| bill.total)
    }

    /// The same with another memory for one of the functions; `None` where it would run for too long.
    pub(crate) fn with_memory(&self, place: usize, memory: Memory, scaling: Scaling) -> Option<Self> {
        let mut changed = self.clone();
        let workload = changed.workloads.get_mut(place)?;
        *workload = workload.with_memory(memory, scaling)?;
        Some(changed)
    }

    fn traffic(&self) -> Traffic {
        let requests: Decimal = self.workloads.iter().map(|workload| workload.invocations).sum();
        let handler_ms: Decimal = self.workloads.iter().map(|workload| workload.handler_ms).sum();
        let mean_ms = if requests.is_zero() { Decimal::ZERO } else { handler_ms / requests };
        Traffic { requests, request_bytes: self.request_bytes, response_bytes: self.response_bytes, mean_ms }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::cost::quantity::Storage;
    use crate::cost::usage::Provisioned;

    /// The numbers of a scenario: invocations, duration, memory, cold starts in 10,000, their duration, storage.
    type Numbers = (u64, u32, u32, u32, u32, u32);

    fn total(
        (invocations, duration, memory, cold, init, storage): Numbers,
        environments: u32,
        architecture: Architecture,
        front_end: Option<FrontEnd>,
        free_tier: bool,
    ) -> Usd {
        let prices = Prices::load(None, None).unwrap();
        let invocations = Decimal::from(invocations);
        let workload = Workload {
            invocations,
            handler_ms: invocations * Decimal::from(duration),
            init_ms: invocations * Decimal::from(cold) / Decimal::from(10_000) * Decimal::from(init),
            memory: Memory::new(memory).unwrap(),
            storage: storage.to_string().parse::<Storage>().unwrap(),
            provisioned: (environments > 0).then(|| Provisioned {
                environments,
                seconds: Decimal::from(730 * 3600),
                share: Decimal::ONE,
            }),
        };
        let [request_bytes, response_bytes] = [1_000, 5_000].map(Decimal::from);
        let workloads = vec![workload];
        Scenario { prices: &prices, architecture, workloads, front_end, request_bytes, response_bytes, free_tier }
            .total()
            .unwrap()
    }

    fn numbers() -> impl Strategy<Value = Numbers> {
        (0_u64..2_000_000_000, 1_u32..900_000, 128_u32..10_240, 0_u32..10_000, 0_u32..10_000, 512_u32..10_240)
    }

    proptest! {
        /// More of anything never costs less.
        #[test]
        fn the_bill_rises_with_each_input(
            base in numbers(),
            more in numbers(),
            environments in prop::sample::select(vec![0_u32, 0, 3, 500]),
            architecture in prop::sample::select(vec![Architecture::X86, Architecture::Arm64]),
            front_end in prop::sample::select(vec![
                None,
                Some(FrontEnd::FunctionUrl),
                Some(FrontEnd::HttpApi),
                Some(FrontEnd::RestApi),
                Some(FrontEnd::Alb),
            ]),
            free_tier: bool,
        ) {
            let cost = |numbers| total(numbers, environments, architecture, front_end, free_tier);
            let before = cost(base);
            let raised = [
                (base.0.max(more.0), base.1, base.2, base.3, base.4, base.5),
                (base.0, base.1.max(more.1), base.2, base.3, base.4, base.5),
                (base.0, base.1, base.2.max(more.2), base.3, base.4, base.5),
                (base.0, base.1, base.2, base.3.max(more.3), base.4, base.5),
                (base.0, base.1, base.2, base.3, base.4.max(more.4), base.5),
                (base.0, base.1, base.2, base.3, base.4, base.5.max(more.5)),
            ];
            for numbers in raised {
                prop_assert!(cost(numbers) >= before, "{numbers:?}");
            }
            prop_assert!(total(base, environments, architecture, front_end, false) >= before);
            prop_assert!(before >= total(base, environments, architecture, None, free_tier));
        }
    }
}
