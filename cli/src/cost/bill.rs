//! The bill of a month, line by line.

use rust_decimal::Decimal;
use serde::Serialize;

use crate::cost::money::{Usd, plain, quantity};
use crate::cost::prices::{Compute, Lambda, Prices};
use crate::cost::tiers::{Beyond, Slice, Tiers};
use crate::cost::usage::{Architecture, Usage};
use crate::error::CliError;

/// What a month costs.
#[derive(Debug, Serialize)]
pub(crate) struct Bill {
    pub(crate) currency: &'static str,
    pub(crate) lines: Vec<Line>,
    /// The exact sum of the lines.
    pub(crate) total: Usd,
    /// The sum to the cent.
    pub(crate) total_rounded: Usd,
}

/// One line: so much of a thing, at such a price.
#[derive(Debug, Serialize)]
pub(crate) struct Line {
    /// A name for programs, that stays.
    pub(crate) item: &'static str,
    pub(crate) label: String,
    #[serde(serialize_with = "plain")]
    pub(crate) used: Decimal,
    /// What of it the free tier covers.
    #[serde(serialize_with = "plain")]
    pub(crate) free: Decimal,
    #[serde(serialize_with = "plain")]
    pub(crate) billed: Decimal,
    pub(crate) unit: Unit,
    /// The price of one unit.
    pub(crate) price: Usd,
    pub(crate) amount: Usd,
}

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Unit {
    Request,
    GbSecond,
    Hour,
    LcuHour,
}

impl Unit {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Request => "requests",
            Self::GbSecond => "GB-s",
            Self::Hour => "hours",
            Self::LcuHour => "LCU-hours",
        }
    }

    /// A price as people compare it: requests by the million.
    pub(crate) fn price(self, price: Usd) -> String {
        match self {
            Self::Request => {
                let mut million = (price.0 * Decimal::from(1_000_000)).normalize();
                million.rescale(million.scale().max(2));
                format!("${million} / million")
            }
            Self::GbSecond => format!("${} / GB-s", price.0.normalize()),
            Self::Hour => format!("${} / hour", price.0.normalize()),
            Self::LcuHour => format!("${} / LCU-hour", price.0.normalize()),
        }
    }
}

impl Bill {
    pub(crate) fn of(lines: Vec<Line>) -> Self {
        let total = lines.iter().map(|line| line.amount).sum::<Usd>();
        Self { currency: "USD", lines, total, total_rounded: total.rounded() }
    }
}

impl Line {
    pub(crate) fn flat(item: &'static str, label: &str, unit: Unit, used: Decimal, price: Usd) -> Self {
        let amount = price * used;
        Self { item, label: label.to_owned(), used, free: Decimal::ZERO, billed: used, unit, price, amount }
    }

    /// A line for each tier that is reached. What is free comes off before the tiers are counted.
    pub(crate) fn tiered(
        item: &'static str,
        label: &str,
        unit: Unit,
        used: Decimal,
        free: Decimal,
        tiers: &Tiers,
    ) -> Result<Vec<Self>, Beyond> {
        let free = free.min(used);
        let slices = tiers.split(used - free)?;
        if slices.is_empty() {
            let (label, price) = (label.to_owned(), tiers.first());
            return Ok(vec![Self { item, label, used, free, billed: Decimal::ZERO, unit, price, amount: Usd::ZERO }]);
        }
        let one = slices.len() == 1;
        let line = |(place, slice): (usize, Slice)| {
            let free = if place == 0 { free } else { Decimal::ZERO };
            let label = match slice.up_to {
                _ if one => label.to_owned(),
                Some(up_to) if place == 0 => format!("{label}, first {}", round(up_to)),
                Some(up_to) => format!("{label}, next {}", round(up_to - slice.from)),
                None => format!("{label}, over {}", round(slice.from)),
            };
            let (billed, price, amount) = (slice.quantity, slice.price, slice.amount());
            Self { item, label, used: billed + free, free, billed, unit, price, amount }
        };
        Ok(slices.into_iter().enumerate().map(line).collect())
    }
}

/// A tier's bound: `6 billion`, `333 million`.
fn round(bound: Decimal) -> String {
    let [million, billion] = [1_000_000, 1_000_000_000].map(Decimal::from);
    if bound >= billion {
        format!("{} billion", (bound / billion).normalize())
    } else if bound >= million {
        format!("{} million", (bound / million).normalize())
    } else {
        quantity(bound)
    }
}

/// Lambda's lines of the bill.
///
/// The free tier covers requests and on-demand GB-seconds of both architectures. It does not cover ephemeral
/// storage, and nothing at all of a function with provisioned concurrency.
pub(crate) fn lambda_lines(
    usage: &Usage,
    architecture: Architecture,
    free_tier: bool,
    prices: &Prices,
) -> Result<Vec<Line>, CliError> {
    let lambda = &prices.lambda;
    let compute = lambda.compute(architecture);
    let name = architecture.name();
    let provisioned = !usage.provisioned_capacity_gb_seconds.is_zero();
    let covered = free_tier && !provisioned;
    let free = |quantity: u64| if covered { Decimal::from(quantity) } else { Decimal::ZERO };

    let beyond = |beyond: Beyond| {
        let known = quantity(beyond.known_up_to);
        CliError::new(format!("the table of {} knows the price of {name} up to {known} GB-s a month", prices.region))
    };
    let requests = Tiers::flat(lambda.request.0);
    let mut lines =
        Line::tiered("requests", "Requests", Unit::Request, usage.requests, free(lambda.free_tier.requests), &requests)
            .map_err(beyond)?;
    if !provisioned || !usage.on_demand_gb_seconds.is_zero() {
        let label = format!("Compute, {name}");
        let free = free(lambda.free_tier.gb_seconds);
        let used = usage.on_demand_gb_seconds;
        lines.extend(Line::tiered("compute", &label, Unit::GbSecond, used, free, &compute.gb_second).map_err(beyond)?);
    }
    if provisioned {
        let (Some(capacity), Some(duration)) =
            (compute.provisioned_capacity_gb_second, compute.provisioned_duration_gb_second)
        else {
            return Err(CliError::new(format!(
                "the table of {} has no price of provisioned concurrency on {name}: bring one with `--prices FILE`",
                prices.region
            )));
        };
        let (ready, running) = (usage.provisioned_capacity_gb_seconds, usage.provisioned_duration_gb_seconds);
        let parts = [
            ("provisioned-capacity", format!("Provisioned, ready, {name}"), ready, capacity),
            ("provisioned-duration", format!("Provisioned, running, {name}"), running, duration),
        ];
        lines.extend(parts.map(|(item, label, used, price)| Line::flat(item, &label, Unit::GbSecond, used, price.0)));
    }
    if !usage.storage_gb_seconds.is_zero() {
        let (used, price) = (usage.storage_gb_seconds, lambda.storage_gb_second.0);
        lines.push(Line::flat("ephemeral-storage", "Ephemeral storage", Unit::GbSecond, used, price));
    }
    Ok(lines)
}

impl Lambda {
    pub(crate) fn compute(&self, architecture: Architecture) -> &Compute {
        match architecture {
            Architecture::X86 => &self.x86_64,
            Architecture::Arm64 => &self.arm64,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn total(usage: &Usage, architecture: Architecture, free_tier: bool) -> String {
        let prices = Prices::load(None, None).unwrap();
        let bill = Bill::of(lambda_lines(usage, architecture, free_tier, &prices).unwrap());
        bill.total.0.normalize().to_string()
    }

    fn on_demand(requests: u64, gb_seconds: u64) -> Usage {
        Usage { requests: requests.into(), on_demand_gb_seconds: gb_seconds.into(), ..Usage::default() }
    }

    #[test]
    fn the_free_tier_covers_what_it_covers() {
        assert_eq!(total(&on_demand(1_000_000, 400_000), Architecture::X86, true), "0");
        // 1 M × $0.20/M + 400,000 × $0.0000166667
        assert_eq!(total(&on_demand(1_000_000, 400_000), Architecture::X86, false), "6.86668");
        let storage = Usage { storage_gb_seconds: 1_000_000.into(), ..on_demand(1, 1) };
        assert_eq!(total(&storage, Architecture::X86, true), "0.0309");
        // 400,000 × $0.0000166667 + 1,000 × $0.0000041667 + 500 × $0.0000097222 + $0.20
        let provisioned = Usage {
            provisioned_capacity_gb_seconds: 1_000.into(),
            provisioned_duration_gb_seconds: 500.into(),
            ..on_demand(1_000_000, 400_000)
        };
        assert_eq!(total(&provisioned, Architecture::X86, true), "6.8757078");
    }

    #[test]
    fn compute_has_tiers_of_its_own_on_each_architecture() {
        // 6 G × 0.0000166667 + 9 G × 0.000015 + 1 G × 0.0000133334
        assert_eq!(total(&on_demand(0, 16_000_000_000), Architecture::X86, false), "248333.6");
        // 7.5 G × 0.0000133334 + 8.5 G × 0.0000120001
        assert_eq!(total(&on_demand(0, 16_000_000_000), Architecture::Arm64, false), "202001.35");
    }

    #[test]
    fn a_price_that_is_not_known_is_said_not_guessed() {
        let prices = Prices::load(Some("eu-west-1"), None).unwrap();
        let usage = Usage { provisioned_capacity_gb_seconds: 1.into(), ..on_demand(1, 0) };
        let error = lambda_lines(&usage, Architecture::Arm64, true, &prices).unwrap_err().to_string();
        assert!(error.contains("eu-west-1") && error.contains("--prices FILE"), "{error}");
        assert!(lambda_lines(&usage, Architecture::X86, true, &prices).is_ok());
    }

    #[test]
    fn prices_are_shown_with_all_their_digits() {
        let usd = |text: &str| Usd(text.parse().unwrap());
        assert_eq!(Unit::Request.price(usd("0.0000002")), "$0.20 / million");
        assert_eq!(Unit::Request.price(usd("0.0000000025")), "$0.0025 / million");
        assert_eq!(Unit::Request.price(usd("0.000012")), "$12.00 / million");
        assert_eq!(Unit::GbSecond.price(usd("0.0000150000")), "$0.000015 / GB-s");
    }

    #[test]
    fn tiers_are_named() {
        let prices = Prices::load(None, None).unwrap();
        let lines = lambda_lines(&on_demand(0, 16_000_000_000), Architecture::X86, false, &prices).unwrap();
        let labels: Vec<&str> = lines.iter().map(|line| line.label.as_str()).collect();
        assert_eq!(
            labels,
            [
                "Requests",
                "Compute, x86_64, first 6 billion",
                "Compute, x86_64, next 9 billion",
                "Compute, x86_64, over 15 billion"
            ]
        );
    }
}
