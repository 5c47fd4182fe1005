//! Metrics in CloudWatch's embedded format, written as lines by themselves.
//!
//! [`recorder`] keeps what the facade `metrics` is told, [`own`] adds what lambkin knows of an invocation, [`emf`] makes
//! documents of both, and [`collector`] writes them at the end of each invocation. [`section`] is how an app asks for it:
//! without the section nothing is kept, and nothing written.
//!
//! The crate `metrics_cloudwatch_embedded` does the first and the third, too. It keeps at most 100 values of a histogram
//! and drops those after them, refuses a metric with too many labels, puts more than 100 metrics into a document that
//! CloudWatch then ignores, and writes each gauge for ever; so this one is lambkin's own.

#[cfg(feature = "metrics")]
mod collector;
#[cfg(feature = "metrics")]
mod emf;
#[cfg(feature = "metrics")]
mod limits;
#[cfg(feature = "metrics")]
mod own;
#[cfg(feature = "metrics")]
mod recorder;
pub(crate) mod section;
#[cfg(all(test, feature = "metrics"))]
mod tests;
#[cfg(feature = "metrics")]
mod values;

#[cfg(feature = "metrics")]
pub(crate) use collector::{Collector, Sink, carried, count, install, report, rest, within};
