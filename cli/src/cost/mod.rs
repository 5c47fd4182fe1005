//! `cargo lambkin cost`: the bill of a month.
//!
//! `args` is what can be asked, `scenario` a month with everything its `bill` depends on: the `usage`, at the `prices`
//! of a region, behind a `front_end`. The scenario is reckoned again with changes for `what_if` and `advice`.
//! `handler` finds the settings of one in its
//! crate, `reports` makes one out of a log; `text` and `plot` show the `estimate`.

mod advice;
mod args;
mod bill;
mod estimate;
mod front_end;
mod handler;
mod money;
mod plot;
mod prices;
pub(crate) mod quantity;
mod reports;
mod scenario;
mod text;
mod tiers;
mod usage;
mod what_if;

pub(crate) use crate::cost::args::Args;
use crate::cost::estimate::Estimate;
use crate::error::CliError;

/// Reckons, and writes the chart if there is to be one.
pub(crate) fn run(args: &Args) -> Result<Estimate, CliError> {
    estimate::estimate(args)
}
