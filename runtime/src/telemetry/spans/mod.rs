//! The spans of an invocation and of its records: what their lines in the log, and their traces, have in common.
//!
//! Without the feature `logs` there are none, and nothing of them is linked.

#[cfg(not(feature = "logs"))]
mod off;
#[cfg(feature = "logs")]
mod on;
#[cfg(feature = "logs")]
mod origin;

#[cfg(not(feature = "logs"))]
pub(crate) use off::Spans;
#[cfg(feature = "logs")]
pub(crate) use on::{INVOCATION, RECORD, Spans, TARGET, invocation};
#[cfg(feature = "otel")]
pub(crate) use origin::xray_part;
#[cfg(feature = "logs")]
pub(crate) use origin::{CORRELATION_ID, Origin, XRAY_HEADER};
