//! What the section `metrics` of `main!` becomes.
//!
//! Compiled without the feature too, so that its lack is one error with words of its own.

use serde::Serialize;

/// The section `metrics`: metrics are asked for, in this namespace of CloudWatch's.
#[doc(hidden)]
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Metrics {
    pub(crate) namespace: &'static str,
}

impl Metrics {
    /// That of an app; `F` is [`Feature`].
    pub const fn of<F: Recorded>(namespace: &'static str) -> Self {
        Self { namespace }
    }
}

/// Whether lambkin was compiled with what records metrics.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "the section `metrics` needs lambkin's feature `metrics`",
    label = "nothing would record them",
    note = "lambkin::E135: enable it in Cargo.toml, `lambkin = {{ …, features = [\"metrics\"] }}`, or leave the section out"
)]
pub trait Recorded {}

/// lambkin's features.
#[doc(hidden)]
pub struct Feature;

#[cfg(feature = "metrics")]
impl Recorded for Feature {}
