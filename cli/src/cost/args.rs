//! What `cargo lambkin cost` can be told.

use std::path::PathBuf;

use crate::cost::front_end::FrontEnd;
use crate::cost::quantity::{Count, Hours, Memory, Millis, Payload, Share, Storage};
use crate::cost::usage::{Architecture, Scaling};
use crate::manifest::load::From;

/// Reckons the bill of a month from a function's settings, or from the reports in its log.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cargo lambkin cost --invocations 100M --memory 512 --duration 1500ms
  cargo lambkin cost --invocations 2M --duration 300ms --handler fulfil
  cargo lambkin cost --invocations 5M --memory 1GB --duration 80ms --front-end http-api --arch arm64
  aws logs tail /aws/lambda/orders --since 1d | cargo lambkin cost --reports -")]
pub(crate) struct Args {
    /// Invocations a month: `100000000`, `100_000_000` or `100M`
    #[arg(long, value_name = "COUNT", required_unless_present = "reports")]
    pub(crate) invocations: Option<Count>,
    /// The function's memory: `512`, `512MB` or `1GB`; without it that of a handler of the crate in the current
    /// directory, which is built and asked
    #[arg(long, value_name = "SIZE", conflicts_with_all = ["reports", "From"])]
    pub(crate) memory: Option<Memory>,
    /// The mean duration of an invocation: `1500ms`, `1.5s`; rounded up to a millisecond, as Lambda does
    #[arg(long, value_name = "TIME", required_unless_present = "reports", conflicts_with = "reports")]
    pub(crate) duration: Option<Millis>,
    /// What the function is built for
    #[arg(long, value_enum, default_value_t = Architecture::X86)]
    pub(crate) arch: Architecture,
    /// The size of `/tmp`; the first 512 MB are included
    #[arg(long, value_name = "SIZE", default_value = "512MB")]
    pub(crate) ephemeral_storage: Storage,

    /// The region whose prices are taken [default: us-east-1]
    #[arg(long, help_heading = "Prices")]
    pub(crate) region: Option<String>,
    /// Your own table of prices instead of a built-in one (TOML, as in docs/cost.md)
    #[arg(long, value_name = "FILE", help_heading = "Prices")]
    pub(crate) prices: Option<PathBuf>,
    /// Leave out the free tier: another function of the account uses it up
    #[arg(long, help_heading = "Prices")]
    pub(crate) no_free_tier: bool,

    /// The share of the invocations that start cold: `1%` or `0.01`
    #[arg(
        long,
        value_name = "SHARE",
        requires = "init_duration",
        conflicts_with = "reports",
        help_heading = "Cold starts"
    )]
    pub(crate) cold_start_share: Option<Share>,
    /// How long a cold start initialises; it is billed
    #[arg(
        long,
        value_name = "TIME",
        requires = "cold_start_share",
        conflicts_with = "reports",
        help_heading = "Cold starts"
    )]
    pub(crate) init_duration: Option<Millis>,
    /// Environments that are kept ready
    #[arg(long, value_name = "COUNT", conflicts_with = "reports", help_heading = "Cold starts",
        value_parser = clap::value_parser!(u32).range(0..=1_000_000))]
    pub(crate) provisioned_concurrency: Option<u32>,
    /// The hours of a month in which they are
    #[arg(
        long,
        value_name = "HOURS",
        requires = "provisioned_concurrency",
        default_value = "730",
        help_heading = "Cold starts"
    )]
    pub(crate) provisioned_hours: Hours,
    /// The share of the invocations that they serve, as far as they can
    #[arg(
        long,
        value_name = "SHARE",
        requires = "provisioned_concurrency",
        default_value = "100%",
        help_heading = "Cold starts"
    )]
    pub(crate) provisioned_share: Share,

    /// What HTTP requests come through
    #[arg(long, value_enum, help_heading = "HTTP")]
    pub(crate) front_end: Option<FrontEnd>,
    /// The mean size of a request: `800B`, `4KB`
    #[arg(long, value_name = "SIZE", requires = "front_end", help_heading = "HTTP")]
    pub(crate) request_size: Option<Payload>,
    /// The mean size of a response
    #[arg(long, value_name = "SIZE", requires = "front_end", help_heading = "HTTP")]
    pub(crate) response_size: Option<Payload>,

    /// A log with Lambda's reports, text or JSON; `-` for standard input. With `--invocations` its mean is taken for
    /// so many in a month, else the time between its first and last report tells how many there are
    #[arg(long, value_name = "FILE", conflicts_with = "From", help_heading = "What really ran")]
    pub(crate) reports: Option<PathBuf>,
    /// What to leave free above the most memory that was used
    #[arg(long, value_name = "SHARE", requires = "reports", default_value = "20%", help_heading = "What really ran")]
    pub(crate) headroom: Share,

    /// How the duration is taken to change with memory
    #[arg(long, value_enum, default_value_t = Assumption::Both, help_heading = "Other memory sizes")]
    pub(crate) scaling: Assumption,
    /// Write a chart of the cost over memory as SVG
    #[arg(long, value_name = "FILE", help_heading = "Other memory sizes")]
    pub(crate) plot: Option<PathBuf>,

    /// The handler whose memory is taken, where the crate has several
    #[arg(long, value_name = "NAME", conflicts_with_all = ["memory", "reports"], help_heading = "The crate")]
    pub(crate) handler: Option<String>,
    #[command(flatten)]
    pub(crate) from: From,
}

/// What is assumed of a duration when memory changes. Only a measurement tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Assumption {
    /// Show both extremes; the truth lies between
    Both,
    /// It stays as it is: the function waits for others
    Constant,
    /// It is one thread that computes: with half the memory it takes twice as long, up to one vCPU at 1769 MB
    CpuBound,
}

impl Assumption {
    pub(crate) fn scalings(self) -> &'static [Scaling] {
        match self {
            Self::Both => &[Scaling::Constant, Scaling::CpuBound],
            Self::Constant => &[Scaling::Constant],
            Self::CpuBound => &[Scaling::CpuBound],
        }
    }
}
